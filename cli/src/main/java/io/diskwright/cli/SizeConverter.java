package io.diskwright.cli;

import io.diskwright.spi.config.Sizes;
import picocli.CommandLine.ITypeConverter;

/** Reads sizes such as {@code 20G}. */
final class SizeConverter implements ITypeConverter<Long> {
  @Override
  public Long convert(String text) throws Exception {
    return Commands.<Long>checked(Sizes::parse).convert(text);
  }
}

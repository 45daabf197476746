package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.util.Map;
import java.util.Optional;

/**
 * A server that asks nobody who they are.
 *
 * @param source the id of the image source
 */
public record OpenServer(String source) implements Service {
  @Override
  public Map<String, String> authorization(Map<String, String> refused, Fetch fetch) {
    return Map.of();
  }

  @Override
  public Optional<DiskException> refusal(int status, Fetch fetch) {
    return Optional.empty();
  }
}

package io.diskwright.core.export;

/**
 * A host whose cache may have an image that its source has no more.
 *
 * @param name how the pool's {@code fallback-command} reaches it, such as {@code host-2} or {@code
 *     diskwright@10.0.0.2}: 1 to 255 letters, digits, {@code .}, {@code _}, {@code :}, {@code @},
 *     or {@code -}, beginning with a letter or digit
 */
public record FallbackHost(String name) {
  /**
   * Checks the name: nothing that a shell or a command takes for something else.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public FallbackHost {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._:@-]{0,254}")) {
      throw new IllegalArgumentException(
          "fallback host (%s) must be 1 to 255 letters, digits, '.', '_', ':', '@' or '-',"
                  .formatted(name)
              + " beginning with a letter or digit");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}

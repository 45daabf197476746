package io.diskwright.core.discovery;

/** What a provider provides. */
public enum ProviderKind {
  /** A kind of storage. */
  BACKEND("backend"),
  /** Where images come from. */
  SOURCE("image source");

  private final String words;

  ProviderKind(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}

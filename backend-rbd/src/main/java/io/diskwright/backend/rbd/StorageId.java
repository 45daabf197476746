package io.diskwright.backend.rbd;

/**
 * What records call an image: its name, by which QEMU opens it, and its id, which tells it from
 * another that somebody has given the same name.
 *
 * @param image the image's name
 * @param id the image's id
 */
record StorageId(String image, String id) {
  /**
   * Reads what {@link #toString} writes.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  static StorageId parse(String text) {
    int hash = text.lastIndexOf('#');
    if (hash <= 0 || hash == text.length() - 1) {
      throw new IllegalArgumentException("storage id (%s) must be IMAGE#ID".formatted(text));
    }
    return new StorageId(text.substring(0, hash), text.substring(hash + 1));
  }

  @Override
  public String toString() {
    return image + '#' + id;
  }
}

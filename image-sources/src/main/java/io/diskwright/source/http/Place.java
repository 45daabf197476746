package io.diskwright.source.http;

/**
 * Where something is asked for.
 *
 * @param url the URL
 * @param redirected whether a server led there; else the asker named it, and it may be private
 */
record Place(HttpUrl url, boolean redirected) {
  static Place asked(HttpUrl url) {
    return new Place(url, false);
  }
}

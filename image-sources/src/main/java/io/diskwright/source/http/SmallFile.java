package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/** Reads a small file whole. */
final class SmallFile {
  private SmallFile() {}

  /** Returns a file's bytes, and one more than {@code most} when it has more. */
  static byte[] read(Requests requests, Place place, int most, Fetch fetch) throws DiskException {
    return requests.patience(false).until(() -> readOnce(requests, place, most, fetch), fetch);
  }

  private static byte[] readOnce(Requests requests, Place place, int most, Fetch fetch)
      throws Setback, DiskException {
    try (Response response = requests.send("GET", place, Map.of(), fetch)) {
      if (response.status() != 200) {
        throw Failures.status(response, fetch.tried());
      }
      byte[] bytes = new byte[most + 1];
      int length = 0;
      while (length < bytes.length) {
        int read = response.read(bytes, length, bytes.length - length);
        if (read < 0) {
          break;
        }
        length += read;
      }
      return Arrays.copyOf(bytes, length);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      fetch.check(); // it may be us who cut the connection
      throw Failures.network(e, place, fetch.tried());
    }
  }
}

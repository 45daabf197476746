package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.io.IOException;
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
    try (Response response = requests.send(Request.of("GET", Map.of()), place, fetch)) {
      if (response.status() != 200) {
        throw requests.refusal(response, fetch);
      }
      return response.readAll(most);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw requests.setback(e, place, fetch);
    }
  }
}

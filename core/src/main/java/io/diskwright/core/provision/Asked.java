package io.diskwright.core.provision;

import io.diskwright.core.source.ImageReference;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the user asked for, in the form in which a record keeps it. */
final class Asked {
  private static final String NOTHING = "nothing";

  private Asked() {}

  /** Returns a request's names and values; found without contacting anything. */
  static SortedMap<String, String> of(ProvisionRequest request) throws DiskException {
    SortedMap<String, String> asked = new TreeMap<>();
    Optional<ImageRequest> image = request.image();
    if (image.isPresent()) {
      asked.put("image", ImageReference.parse(image.get().reference()).toString());
      image.get().format().ifPresent(format -> asked.put("format", format.id()));
      image.get().digest().map(Digest::toString).ifPresent(digest -> asked.put("digest", digest));
      image.get().digestFile().ifPresent(name -> asked.put("digest-file", name));
    }
    request.size().ifPresent(size -> asked.put("size", Long.toString(size)));
    if (request.preallocate()) {
      asked.put("preallocate", "true");
    }
    return asked;
  }

  /** Returns the request to a backend, which keeps what was asked. */
  static DiskRequest diskRequest(ProvisionRequest request, Map<String, String> asked, long size) {
    return DiskRequest.builder(request.name(), size)
        .asked(asked)
        .preallocate(request.preallocate())
        .build();
  }

  /**
   * Fails when a disk is not what is asked for.
   *
   * @throws DiskException with reason {@code ALREADY_EXISTS}, with every difference
   */
  static void requireSame(DiskRecord disk, Map<String, String> asked, String pool)
      throws DiskException {
    List<String> differences = new ArrayList<>();
    TreeSet<String> keys = new TreeSet<>(asked.keySet());
    keys.addAll(disk.asked().keySet());
    for (String key : keys) {
      String now = asked.getOrDefault(key, NOTHING);
      String then = disk.asked().getOrDefault(key, NOTHING);
      if (!now.equals(then)) {
        differences.add(
            "%s: it was made with %s, and %s is asked for now".formatted(key, then, now));
      }
    }
    if (!differences.isEmpty()) {
      throw DiskException.of(Reason.ALREADY_EXISTS, "create disk")
          .pool(pool)
          .resource(disk.name().value())
          .said("it is there and differs: " + String.join("; ", differences))
          .remedy("choose another name, or delete the disk first")
          .build();
    }
  }
}

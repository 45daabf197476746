package io.diskwright.core.provision;

import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.LocationCloning;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.ImageUnacceptableException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.Location;
import io.diskwright.toolkit.source.Redaction;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Makes a disk of a place where its image lies, without copying it, or tells of each place why not;
 * of one request.
 */
final class LocationClones {
  private static final String CLONE = "clone";
  private static final String NO_LOCATION = "the image's source tells no place where it lies";

  private final OpenPool pool;
  private final ProvisionRequest request;
  private final ResolvedImage resolved;
  private final Image image;
  private final Steps steps;
  private final Optional<LocationCloning> cloning;

  LocationClones(OpenPool pool, ProvisionRequest request, ResolvedImage resolved, Steps steps) {
    this.pool = pool;
    this.request = request;
    this.resolved = resolved;
    this.image = resolved.image();
    this.steps = steps;
    this.cloning = pool.backend().facet(LocationCloning.class);
  }

  /** Makes the disk of the first location of which that can be done. */
  Optional<Created> make(Map<String, String> asked, Call call) throws DiskException {
    refuseWithoutLocation();
    for (Location location : image.locations()) {
      if (isPossible(location, call)) {
        Optional<Created> made = make(asked, location, call);
        if (made.isPresent()) {
          return made;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Created> make(Map<String, String> asked, Location location, Call call)
      throws DiskException {
    long size = size().orElseThrow();
    long start = System.nanoTime();
    try {
      Created created =
          cloning
              .orElseThrow()
              .cloneLocation(Asked.diskRequest(request, asked, size), image, location, call);
      steps.add(created.way(), shown(location), created.bytesMoved(), start);
      return Optional.of(created);
    } catch (ImageUnacceptableException e) {
      refuse(location, e.detail());
      return Optional.empty();
    }
  }

  /** Says how the disk would be made, if it can be. */
  Optional<PlannedStep> plan(Call call) throws DiskException {
    refuseWithoutLocation();
    for (Location location : image.locations()) {
      if (isPossible(location, call)) {
        return Optional.of(new PlannedStep(CLONE, shown(location), 0));
      }
    }
    return Optional.empty();
  }

  /** Who may have forgotten to have the source tell them would else see full copies only. */
  private void refuseWithoutLocation() {
    if (image.locations().isEmpty() && resolved.tellsLocations() && cloning.isPresent()) {
      steps.refuse(CLONE, NO_LOCATION);
    }
  }

  private boolean isPossible(Location location, Call call) throws DiskException {
    Answer answer = supports(location, call);
    if (!answer.yes()) {
      refuse(location, answer.reason());
    }
    return answer.yes();
  }

  private Answer supports(Location location, Call call) throws DiskException {
    if (cloning.isEmpty()) {
      return Answer.no("the backend clones no locations");
    }
    Answer answer = pool.backend().supportsClone(image, location, call);
    if (answer.yes() && size().isEmpty()) {
      return Answer.no("the image's virtual size is not known");
    }
    return answer.yes() && isDigestLeftToVerify()
        ? Answer.no("only its bytes can show that it has the digest that was declared")
        : answer;
  }

  private OptionalLong size() {
    return request.size().isPresent() ? request.size() : image.virtualSize();
  }

  /** A clone reads no byte that could prove what the image's source does not say. */
  private boolean isDigestLeftToVerify() {
    ImageRequest asked = request.image().orElseThrow();
    boolean declared = asked.digest().isPresent() || asked.digestFile().isPresent();
    return declared && !image.sourceKnowsDigest();
  }

  private void refuse(Location location, String reason) {
    steps.refuse(CLONE + ' ' + shown(location), reason);
  }

  /** A location may have a password in it. */
  private static String shown(Location location) {
    return Redaction.of(location.toString());
  }
}

package io.diskwright.core.provision;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.Span;
import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The flow on one pool; any thread. */
public final class Provisioner {
  /** What may have failed because another call was faster, who has left no image or space. */
  private static final Set<Reason> MAY_BE_LATE =
      EnumSet.of(Reason.ALREADY_EXISTS, Reason.NOT_FOUND, Reason.NO_SPACE);

  private final OpenPool pool;
  private final ImageUse images;

  /**
   * Makes the flow of a pool.
   *
   * @param pool the pool
   * @param sources where images come from
   */
  public Provisioner(OpenPool pool, ImageSources sources) {
    this.pool = pool;
    this.images = new ImageUse(pool, sources);
  }

  /**
   * Makes the disk that is asked for, or finds it.
   *
   * @param request what is asked
   * @param call deadline, cancellation, progress
   * @return the disk, and what it took
   * @throws DiskException with reason {@code ALREADY_EXISTS} when the name is taken by a disk that
   *     differs, {@code INVALID_REQUEST}, {@code IMAGE_UNACCEPTABLE}, {@code
   *     BASE_LARGER_THAN_SIZE}, {@code NOT_FOUND} (the image), {@code NO_SPACE}, and what storage
   *     and source say
   */
  @SuppressWarnings("try") // the lease is held, not used
  public ProvisionResult provision(ProvisionRequest request, Call call) throws DiskException {
    checkRequest(request);
    Map<String, String> asked = Asked.of(request);
    Optional<ProvisionResult> there = found(request, asked, call);
    if (there.isPresent()) {
      return there.get();
    }
    LockKey key = new LockKey(LockKey.Scope.DISK, request.name().value());
    Optional<Lease> free = pool.locks().tryAcquire(key, LockMode.EXCLUSIVE, call);
    if (free.isPresent()) {
      try (Lease lease = free.get()) {
        return createOrFind(request, asked, call);
      }
    }
    try (Lease lease = pool.locks().acquire(key, LockMode.EXCLUSIVE, call)) {
      there = found(request, asked, call); // whom we have waited for may have made it
      return there.isPresent() ? there.get() : createOrFind(request, asked, call);
    }
  }

  /** Since it was not found, another call or a sweep may have brought the disk there. */
  private ProvisionResult createOrFind(
      ProvisionRequest request, Map<String, String> asked, Call call) throws DiskException {
    try {
      return create(request, asked, call);
    } catch (DiskException e) {
      Optional<ProvisionResult> there =
          MAY_BE_LATE.contains(e.reason()) ? found(request, asked, call) : Optional.empty();
      if (there.isPresent()) {
        return there.get();
      }
      throw e;
    }
  }

  private void checkRequest(ProvisionRequest request) throws DiskException {
    if (request.size().isPresent()) {
      Sizing.requireValid(pool, request.name().value(), request.size().getAsLong());
    }
    if (request.preallocate()) {
      Optional<Preallocation> facet = pool.backend().facet(Preallocation.class);
      Answer answer =
          facet.isPresent()
              ? facet.get().supportsPreallocation()
              : Answer.no("the backend does not offer it");
      if (!answer.yes()) {
        throw DiskException.of(Reason.UNSUPPORTED, "preallocate disk")
            .pool(pool.name().value())
            .resource(request.name().value())
            .said(answer.reason())
            .remedy("ask without preallocation, or choose another pool")
            .build();
      }
    }
  }

  private Optional<DiskRecord> find(ProvisionRequest request, Map<String, String> asked, Call call)
      throws DiskException {
    Optional<DiskRecord> there = pool.backend().find(request.name(), call);
    if (there.isPresent()) {
      Asked.requireSame(there.get(), asked, pool.name().value());
    }
    return there;
  }

  private Optional<ProvisionResult> found(
      ProvisionRequest request, Map<String, String> asked, Call call) throws DiskException {
    Optional<DiskRecord> there = find(request, asked, call);
    try {
      return there.isEmpty()
          ? Optional.empty()
          : Optional.of(new ProvisionResult(disk(there.get(), call), false, List.of(), List.of()));
    } catch (NotFoundException e) { // somebody has deleted it in the meantime
      return Optional.empty();
    }
  }

  private Disk disk(DiskRecord record, Call call) throws DiskException {
    return new Disk(pool.name(), record, pool.backend().attachment(record, call));
  }

  private ProvisionResult create(ProvisionRequest request, Map<String, String> asked, Call call)
      throws DiskException {
    Span span = pool.events().begin(Kind.CREATE, request.name().value());
    try {
      Steps steps = new Steps();
      Optional<ImageRequest> image = request.image();
      Created created =
          image.isPresent()
              ? images.with(
                  image.get(),
                  request.fallbackHost(),
                  call,
                  resolved -> fromImage(request, asked, resolved, steps, call))
              : blank(request, asked, steps, call);
      Disk disk = disk(created.disk(), call);
      span.describe(created.way(), created.bytesMoved(), disk.record().origin());
      span.succeeded();
      return new ProvisionResult(disk, true, steps.done(), steps.refusals());
    } catch (Throwable e) {
      span.failed(e);
      throw e;
    }
  }

  private Created blank(ProvisionRequest request, Map<String, String> asked, Steps steps, Call call)
      throws DiskException {
    long start = System.nanoTime();
    Created created =
        pool.backend()
            .createBlank(Asked.diskRequest(request, asked, request.size().orElseThrow()), call);
    steps.add(created.way(), "a disk that reads as zeros", created.bytesMoved(), start);
    return created;
  }

  private Created fromImage(
      ProvisionRequest request,
      Map<String, String> asked,
      ResolvedImage resolved,
      Steps steps,
      Call call)
      throws DiskException {
    steps.restart();
    BaseCache cache = new BaseCache(pool, resolved, request.size(), steps);
    cache.verifyDeclaredSizes();
    Optional<Created> clone = new LocationClones(pool, request, resolved, steps).make(asked, call);
    if (clone.isPresent()) {
      return clone.get();
    }
    return cache.use(base -> fromBase(request, asked, base, steps, call), call);
  }

  private Created fromBase(
      ProvisionRequest request, Map<String, String> asked, BaseRecord base, Steps steps, Call call)
      throws DiskException {
    long start = System.nanoTime();
    long size = request.size().orElse(base.virtualSize());
    List<Way> ways = pool.backend().ways();
    Created created =
        pool.backend().createImage(Asked.diskRequest(request, asked, size), base, call);
    steps.add(created.way(), "of base " + base.key(), created.bytesMoved(), start);
    for (Way way : ways) {
      if (way.name().equals(created.way())) {
        break;
      }
      steps.refuse(way.name(), way.possible().yes() ? "it did not work" : way.possible().reason());
    }
    return created;
  }

  /**
   * Fills an image's base ahead of use, or finds it; also on a pool that never downloads for a
   * disk.
   *
   * @param request the image
   * @param fallback the host whose cache is asked when the image is gone from its source
   * @param call deadline, cancellation, progress
   * @return the base
   * @throws DiskException as {@link #provision} does, and with reason {@code UNSUPPORTED} when
   *     nothing tells that the image is still the same
   */
  public BaseRecord pull(ImageRequest request, Optional<FallbackHost> fallback, Call call)
      throws DiskException {
    return images.with(request, fallback, call, resolved -> pull(resolved, call));
  }

  private BaseRecord pull(ResolvedImage resolved, Call call) throws DiskException {
    if (resolved.image().validator().isEmpty()) {
      throw DiskException.of(Reason.UNSUPPORTED, "pull image")
          .pool(pool.name().value())
          .resource(resolved.image().toString())
          .said("nothing tells whether it will still be the same, so its base could not be found")
          .remedy("declare its digest")
          .build();
    }
    return BaseCache.ahead(pool, resolved).use(base -> base, call);
  }

  /**
   * Says what {@link #provision} would do; changes and locks nothing.
   *
   * @param request what is asked
   * @param call deadline, cancellation, progress
   * @return what would be done
   * @throws DiskException as {@link #provision} does, as far as that can be told beforehand
   */
  public Plan plan(ProvisionRequest request, Call call) throws DiskException {
    checkRequest(request);
    Map<String, String> asked = Asked.of(request);
    if (find(request, asked, call).isPresent()) {
      return new Plan(List.of(), List.of());
    }
    Optional<ImageRequest> image = request.image();
    if (image.isEmpty()) {
      return new Plan(
          List.of(new PlannedStep("blank", "a disk that reads as zeros", 0)), List.of());
    }
    return images.with(
        image.get(), request.fallbackHost(), call, resolved -> plan(request, resolved, call));
  }

  private Plan plan(ProvisionRequest request, ResolvedImage resolved, Call call)
      throws DiskException {
    Steps refused = new Steps();
    BaseCache cache = new BaseCache(pool, resolved, request.size(), refused);
    cache.verifyDeclaredSizes();
    Optional<PlannedStep> clone = new LocationClones(pool, request, resolved, refused).plan(call);
    if (clone.isPresent()) {
      return new Plan(List.of(clone.get()), refused.refusals());
    }
    return planFromBase(cache, resolved, refused, call);
  }

  private Plan planFromBase(BaseCache cache, ResolvedImage resolved, Steps refused, Call call)
      throws DiskException {
    List<PlannedStep> steps = new ArrayList<>();
    ImageBackend backend = pool.backend();
    Optional<BaseRecord> base = backend.findBase(cache.key(), call);
    long bytes;
    if (base.isPresent()) {
      cache.verifySize(base.get().virtualSize());
      bytes = base.get().length();
    } else {
      bytes = planFill(resolved, cache, steps, call);
    }
    for (Way way : backend.ways()) {
      if (way.possible().yes()) {
        String detail = "of base " + cache.key();
        steps.add(new PlannedStep(way.name(), detail, way.name().equals("copy") ? bytes : 0));
        break;
      }
      refused.refuse(way.name(), way.possible().reason());
    }
    return new Plan(steps, refused.refusals());
  }

  private long planFill(ResolvedImage resolved, BaseCache cache, List<PlannedStep> steps, Call call)
      throws DiskException {
    cache.requireMayFetch();
    if (resolved.fallback().isPresent()) {
      FallbackHost host = resolved.fallback().get();
      var unused = pool.fallbackCommand().prepare(host, pool.name(), resolved.image().toString());
      steps.add(new PlannedStep("copy", "%s of %s".formatted(resolved.image(), host), 0));
      return 0; // how large it is, only that host knows
    }
    try (ImageData data = resolved.open(call)) {
      Verdict verdict = cache.look(data, call);
      long virtualSize = verdict.virtualSize().orElseThrow();
      DiskFormat from = verdict.format().orElseThrow();
      DiskFormat to = BaseFiller.target(from, pool.backend().baseFormats());
      steps.add(
          new PlannedStep(
              from == to ? "copy" : "convert",
              "%s into a %s base".formatted(resolved.image(), to),
              data.size().orElse(virtualSize)));
      return virtualSize;
    }
  }
}

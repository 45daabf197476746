package io.diskwright.core;

import io.diskwright.core.config.Configuration;
import io.diskwright.core.config.ConfigurationLoader;
import io.diskwright.core.config.PoolConfig;
import io.diskwright.core.config.ProcessEnvironment;
import io.diskwright.core.discovery.Providers;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.fill.ImageLook;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.source.ImageReference;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes disks out of images on configured pools; any thread, until it is closed.
 *
 * <p>Pools and image sources are opened when they are first used, and closed with this. After
 * {@link #close}, every other call throws {@link IllegalStateException}.
 *
 * <pre>{@code
 * try (Diskwright diskwright = Diskwright.open(Path.of("/etc/diskwright/diskwright.yaml"))) {
 *   ProvisionResult result =
 *       diskwright.provision(
 *           ProvisionRequest.fromImage(new DiskName("web-1"), "/images/debian.qcow2")
 *               .size(20L << 30)
 *               .build(),
 *           Call.within(Duration.ofMinutes(10)));
 *   System.out.println(result.disk().libvirtDisk("vda"));
 * }
 * }</pre>
 */
public final class Diskwright implements AutoCloseable {
  private final Configuration configuration;
  private final Providers providers;
  private final PoolListener listener;
  private final Map<String, PoolSlot> pools = new LinkedHashMap<>();
  private final OpenSources sources;
  private boolean closed;

  private Diskwright(Configuration configuration, Providers providers, PoolListener listener) {
    this.configuration = configuration;
    this.providers = providers;
    this.listener = listener;
    this.sources = new OpenSources(configuration, providers);
  }

  /**
   * Opens a configuration with the providers of the class path.
   *
   * @param file the configuration
   * @throws DiskException with reason {@code CONFIGURATION} and every problem, when it has any
   */
  public static Diskwright open(Path file) throws DiskException {
    return open(file, PoolListener.NONE);
  }

  /**
   * Opens a configuration with the providers of the class path and a listener.
   *
   * @param file the configuration
   * @param listener who hears what happens on the pools
   * @throws DiskException with reason {@code CONFIGURATION} and every problem, when it has any
   */
  public static Diskwright open(Path file, PoolListener listener) throws DiskException {
    Providers providers = Providers.load();
    return open(
        ConfigurationLoader.of(providers, ProcessEnvironment.current()).withFile(file).load(),
        providers,
        listener);
  }

  /**
   * Opens a configuration that was loaded with the providers of the class path.
   *
   * @param configuration the configuration
   */
  public static Diskwright open(Configuration configuration) {
    return open(configuration, Providers.load());
  }

  /**
   * Opens a configuration.
   *
   * @param configuration the configuration
   * @param providers the providers that it was loaded with
   */
  public static Diskwright open(Configuration configuration, Providers providers) {
    return open(configuration, providers, PoolListener.NONE);
  }

  /**
   * Opens a configuration with a listener.
   *
   * @param configuration the configuration
   * @param providers the providers that it was loaded with
   * @param listener who hears what happens on the pools
   */
  public static Diskwright open(
      Configuration configuration, Providers providers, PoolListener listener) {
    return new Diskwright(configuration, providers, listener);
  }

  /** Returns the configuration. */
  public Configuration configuration() {
    return configuration;
  }

  /** Returns the providers. */
  public Providers providers() {
    return providers;
  }

  /** Returns the default pool's name. */
  public PoolName defaultPoolName() {
    return new PoolName(configuration.defaultPool());
  }

  /**
   * Returns the default pool, opened.
   *
   * @throws DiskException as {@link #pool} does
   */
  public Pool defaultPool() throws DiskException {
    return pool(defaultPoolName());
  }

  /**
   * Returns a pool, opened.
   *
   * @param name its name
   * @throws DiskException with reason {@code NOT_FOUND} when none is configured by this name, or
   *     what its backend said when it was opened
   */
  public Pool pool(PoolName name) throws DiskException {
    PoolSlot slot;
    synchronized (pools) {
      requireOpen();
      slot = pools.computeIfAbsent(name.value(), key -> new PoolSlot());
    }
    return slot.get(() -> open(name)); // one that is slow to open keeps no other waiting
  }

  private Pool open(PoolName name) throws DiskException {
    PoolConfig config = config(name);
    makeBuiltInFolder(config);
    return Pool.open(config, providers.backend(config.backend()), sources, listener);
  }

  private PoolConfig config(PoolName name) throws DiskException {
    PoolConfig config = configuration.pools().get(name.value());
    if (config == null) {
      throw DiskException.of(Reason.NOT_FOUND, "open pool")
          .resource(name.value())
          .said(
              "no such pool is configured; there are "
                  + String.join(", ", configuration.pools().keySet()))
          .remedy("name one of those, or add the pool to " + configuration.origin())
          .build();
    }
    return config;
  }

  private static void makeBuiltInFolder(PoolConfig config) throws DiskException {
    Optional<Path> folder = config.builtInFolder();
    if (folder.isPresent()) {
      try {
        Files.createDirectories(folder.get().getParent());
      } catch (IOException e) {
        throw OsErrors.toFailure(e, "make folder")
            .pool(config.name().value())
            .resource(folder.get().toString())
            .build();
      }
    }
  }

  /**
   * Makes the disk that is asked for, or finds it.
   *
   * @param request what is asked
   * @param call deadline, cancellation, progress
   * @return the disk, and what it took
   * @throws DiskException with reason {@code ALREADY_EXISTS} when the name is taken by a disk that
   *     differs, {@code INVALID_REQUEST}, {@code IMAGE_UNACCEPTABLE}, {@code
   *     BASE_LARGER_THAN_SIZE}, {@code NOT_FOUND} (the pool or the image), {@code NO_SPACE}, and
   *     what storage and source say
   */
  public ProvisionResult provision(ProvisionRequest request, Call call) throws DiskException {
    return poolOf(request).provisioner().provision(request, call);
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
    return poolOf(request).provisioner().plan(request, call);
  }

  private Pool poolOf(ProvisionRequest request) throws DiskException {
    Optional<PoolName> name = request.pool();
    return name.isPresent() ? pool(name.get()) : defaultPool();
  }

  /**
   * Looks at an image without using it.
   *
   * @param request the image
   * @param pool the pool by whose limits it is judged
   * @param call deadline, cancellation, progress
   * @return what it is, and why it would be refused
   * @throws DiskException when it cannot be found or read, or no such pool is configured
   */
  public Verdict inspect(ImageRequest request, PoolName pool, Call call) throws DiskException {
    requireOpen();
    ImageReference reference = ImageReference.parse(request.reference());
    ImageSource source = sources.forScheme(reference.scheme());
    Image image = source.resolve(request.withReference(reference.text()), call);
    Settings common = config(pool).common();
    try (ImageData data = source.open(image, call)) {
      return new ImageLook(image, data, Pool.rules(common), call).look();
    }
  }

  private void requireOpen() {
    synchronized (pools) {
      if (closed) {
        throw new IllegalStateException("diskwright is closed");
      }
    }
  }

  /** Closes every pool and image source; does nothing the second time. */
  @Override
  public void close() throws DiskException {
    List<PoolSlot> open;
    synchronized (pools) {
      closed = true;
      open = List.copyOf(pools.values());
      pools.clear();
    }
    Closing closing = new Closing();
    open.forEach(slot -> closing.close(slot::close));
    closing.close(sources::close);
    closing.throwIfFailed();
  }
}

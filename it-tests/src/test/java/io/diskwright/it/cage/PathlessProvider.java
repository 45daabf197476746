package io.diskwright.it.cage;

import io.diskwright.spi.Answer;
import io.diskwright.spi.Spi;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.error.DiskException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** Backend {@code raw} as a stranger's storage would be whose objects are no files: RBD, say. */
public final class PathlessProvider implements ImageBackendProvider {
  static final String ID = "pathless";
  static final ConfigKey<Boolean> OLD_DATA =
      ConfigKey.flag("old-data", "Whether what is never written reads as old data.")
          .withDefault(false);

  private final ImageBackendProvider raw =
      ServiceLoader.load(ImageBackendProvider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(provider -> provider.id().equals("raw"))
          .findFirst()
          .orElseThrow();

  /** For {@link java.util.ServiceLoader}. */
  public PathlessProvider() {}

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int spiVersion() {
    return Spi.VERSION;
  }

  @Override
  public List<ConfigKey<?>> configKeys() {
    List<ConfigKey<?>> keys = new ArrayList<>(raw.configKeys());
    keys.add(OLD_DATA);
    return keys;
  }

  @Override
  public Answer probe() {
    return raw.probe();
  }

  @Override
  public ImageBackend open(PoolContext context) throws DiskException {
    ImageBackend inner = raw.open(context);
    boolean oldData = context.settings().get(OLD_DATA);
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          try {
            if (method.getName().equals("cache")) {
              Fill fill = (Fill) arguments[1];
              return inner.cache(
                  (BaseRequest) arguments[0],
                  sink -> fill.into(PathlessSink.of(sink, oldData)),
                  (Call) arguments[2]);
            }
            return method.invoke(inner, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        };
    return (ImageBackend)
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {ImageBackend.class}, handler);
  }
}

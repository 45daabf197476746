package io.diskwright.spi;

import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.util.List;

/**
 * What every provider that {@link java.util.ServiceLoader} finds has in common.
 *
 * <p>A provider is dumb: a public no-argument constructor, no I/O, no native class touched, no
 * thread started until it is asked to open something. Every method may be called from any thread. A
 * provider that throws from any of these methods is reported with its jar and left out; it never
 * hides another one.
 */
public interface Provider {
  /**
   * Returns the provider's id, by which configuration selects it.
   *
   * @return a constant that matches {@code [a-z][a-z0-9-]{0,31}}; two providers of one kind with
   *     the same id are an error that names both jars
   */
  String id();

  /**
   * Returns the interface version that the provider was compiled against.
   *
   * @return {@link Spi#VERSION}, written just so
   */
  int spiVersion();

  /**
   * Returns the configuration keys that the provider understands.
   *
   * @return the keys, in the order in which documentation lists them; a key that is not declared
   *     here is refused before anything is opened
   */
  List<ConfigKey<?>> configKeys();

  /**
   * Tells cheaply whether this host can run it.
   *
   * <p>Looks for the tools and libraries that are needed, without contacting any storage.
   *
   * @return yes, or no with what is missing and how to get it
   */
  Answer probe();

  /**
   * Tells whether values go together, each of which is right by itself.
   *
   * <p>Asked when a configuration is checked, before anything is opened; looks at nothing but the
   * values.
   *
   * @param settings the values of {@link #configKeys()}, complete and each read without a problem
   * @return yes, or no with the keys and values that do not go together
   */
  default Answer accepts(Settings settings) {
    return Answer.ofYes();
  }
}

package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.ptr.IntByReference;
import io.diskwright.toolkit.os.Errno;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether this host has librados and librbd, of Ceph 16 or newer.
 *
 * <p>They are loaded when it is asked the first time, and the answer stays: rados-java cannot load
 * them a second time. No class of rados-java is touched where they are missing.
 */
public final class CephLibraries {
  private CephLibraries() {}

  /** Loads them once; its initialization never fails. */
  private static final class Loaded {
    static final @Nullable Librados RADOS;
    static final @Nullable Librbd RBD;
    static final @Nullable String WHY_MISSING;

    static {
      @Nullable Librados rados = null;
      @Nullable Librbd rbd = null;
      @Nullable String whyMissing = null;
      try {
        rados = load("rados", Librados.class, "librados2");
        rbd = load("rbd", Librbd.class, "librbd1");
      } catch (MissingException e) {
        whyMissing = e.getMessage();
      }
      RADOS = rados;
      RBD = rbd;
      WHY_MISSING = whyMissing;
    }
  }

  /** Why a library is missing. */
  private static final class MissingException extends Exception {
    private static final long serialVersionUID = 1L;

    MissingException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Loads one, under the name that rados-java uses too, so that both have the same.
   *
   * @param debianPackage the package that brings it on Debian, Ubuntu and Fedora
   */
  private static <T extends Library> T load(String name, Class<T> type, String debianPackage)
      throws MissingException {
    Map<String, Object> options = new HashMap<>(Map.of(Library.OPTION_STRING_ENCODING, "UTF-8"));
    try {
      NativeLibrary library = NativeLibrary.getInstance(name, options);
      for (Method method : type.getDeclaredMethods()) {
        requireFunction(library, method.getName());
      }
      return Native.load(name, type, options);
    } catch (LinkageError e) {
      throw new MissingException(
          "lib%s cannot be loaded (%s): install %s".formatted(name, cause(e), debianPackage), e);
    }
  }

  private static void requireFunction(NativeLibrary library, String function)
      throws MissingException {
    try {
      library.getFunction(function);
    } catch (UnsatisfiedLinkError e) {
      throw new MissingException(
          "%s has no %s: install that of Ceph 16 or newer".formatted(library.getFile(), function),
          e);
    }
  }

  /** JNA tells all its attempts, one in a line, below a headline. */
  private static String cause(LinkageError error) {
    List<String> lines =
        String.valueOf(error.getMessage())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    return lines.get(lines.size() > 1 ? 1 : 0);
  }

  /**
   * Returns why they are not here, and what to do; empty when they are.
   *
   * <p>Any thread, any number of times; nothing is thrown for a library that is missing or broken.
   */
  public static Optional<String> whyMissing() {
    return Optional.ofNullable(Loaded.WHY_MISSING);
  }

  /**
   * Returns the version of librados's interface, such as {@code 3.0.0}. It tells no Ceph release.
   *
   * @throws IllegalStateException when {@link #whyMissing} says why there is none
   */
  public static String radosVersion() {
    Object unused = present(Loaded.RADOS);
    int[] version = com.ceph.rados.Rados.getVersion();
    return "%d.%d.%d".formatted(version[0], version[1], version[2]);
  }

  /**
   * Returns the version of librbd's interface, such as {@code 1.16.0} with Ceph 16.
   *
   * @throws IllegalStateException when {@link #whyMissing} says why there is none
   */
  public static String rbdVersion() {
    IntByReference major = new IntByReference();
    IntByReference minor = new IntByReference();
    IntByReference extra = new IntByReference();
    rbd().rbd_version(major, minor, extra);
    return "%d.%d.%d".formatted(major.getValue(), minor.getValue(), extra.getValue());
  }

  /** Fails, as a call would, when they are missing. */
  static void require(String operation, String resource) throws CephException {
    @Nullable String whyMissing = Loaded.WHY_MISSING;
    if (whyMissing != null) {
      throw new CephException(operation, resource, Errno.ELIBACC, whyMissing);
    }
  }

  static Librados rados() {
    return present(Loaded.RADOS);
  }

  static Librbd rbd() {
    return present(Loaded.RBD);
  }

  private static <T> T present(@Nullable T library) {
    if (library == null || Loaded.WHY_MISSING != null) {
      throw new IllegalStateException(String.valueOf(Loaded.WHY_MISSING));
    }
    return library;
  }
}

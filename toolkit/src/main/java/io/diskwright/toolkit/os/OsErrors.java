package io.diskwright.toolkit.os;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Says what the errors of the operating system mean to a caller. */
public final class OsErrors {
  /** Java tells some errors by the C library's text only, in the language of the locale. */
  private static final List<Integer> TOLD_BY_TEXT =
      List.of(
          Errno.ENOENT,
          Errno.EACCES,
          Errno.ENOSPC,
          Errno.EDQUOT,
          Errno.EROFS,
          Errno.EFBIG,
          Errno.EPERM,
          Errno.ENOTDIR,
          Errno.ELOOP,
          Errno.ENAMETOOLONG,
          Errno.EMFILE);

  private OsErrors() {}

  /**
   * Returns the C library's text of an error number.
   *
   * @param errno the number, positive; {@link Errno} names some
   */
  public static String text(int errno) {
    return String.valueOf(Libc.strerror(errno));
  }

  /**
   * Starts the failure that an I/O error is.
   *
   * @param failure what Java or {@link NativeFile} threw; a {@link DiskException} must not be given
   *     here
   * @param tried what was tried, as it would follow "cannot"
   * @return the failure with reason, code, remedy and cause set; the caller adds pool and resource
   */
  public static DiskException.Builder toFailure(IOException failure, String tried) {
    OptionalInt errno = errno(failure);
    Reason reason = errno.isPresent() ? reason(errno.getAsInt()) : Reason.IO_ERROR;
    DiskException.Builder builder =
        DiskException.of(reason, tried).said(said(failure)).cause(failure);
    errno.ifPresent(builder::nativeCode);
    switch (reason) {
      case NO_SPACE ->
          builder.remedy(
              "free space there, raise the quota, or choose another pool, and try again");
      case PERMISSION_DENIED ->
          builder.remedy("check who owns it, and that the file system is writable");
      case IO_ERROR -> builder.remedy("look into the kernel's log for the state of the storage");
      case INVALID_REQUEST -> builder.remedy("ask for a smaller size");
      case NOT_FOUND -> builder.remedy("check the path, and that what it is on is mounted");
      case ALREADY_EXISTS -> builder.remedy("choose another name, or remove what is there");
      case UNAVAILABLE -> builder.remedy("allow this process more open files");
      case IN_USE -> builder.remedy("end what uses it, and try again");
      default -> {}
    }
    return builder;
  }

  /** NIO says of some errors no more than the file's name. */
  private static String said(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure instanceof NoSuchFileException) {
      return "there is no file " + message;
    }
    return failure instanceof AccessDeniedException ? message + ": permission denied" : message;
  }

  private static OptionalInt errno(IOException failure) {
    if (failure instanceof OsException os) {
      return OptionalInt.of(os.errno());
    }
    if (failure instanceof NoSuchFileException) {
      return OptionalInt.of(Errno.ENOENT);
    }
    if (failure instanceof AccessDeniedException) {
      return OptionalInt.of(Errno.EACCES);
    }
    String text = text(failure);
    return TOLD_BY_TEXT.stream()
        .filter(code -> Objects.equals(text, Libc.strerror(code)))
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private static @Nullable String text(IOException failure) {
    if (failure instanceof FileSystemException file) {
      return file.getReason();
    }
    String message = failure.getMessage();
    if (failure instanceof FileNotFoundException && message != null && message.endsWith(")")) {
      return message.substring(message.lastIndexOf('(') + 1, message.length() - 1);
    }
    return message;
  }

  private static Reason reason(int errno) {
    return switch (errno) {
      case Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP -> Reason.NOT_FOUND;
      case Errno.EMFILE -> Reason.UNAVAILABLE;
      case Errno.EEXIST -> Reason.ALREADY_EXISTS;
      case Errno.ENOSPC, Errno.EDQUOT -> Reason.NO_SPACE;
      case Errno.EPERM, Errno.EACCES, Errno.EROFS -> Reason.PERMISSION_DENIED;
      case Errno.EBUSY -> Reason.IN_USE;
      case Errno.EFBIG, Errno.ENAMETOOLONG -> Reason.INVALID_REQUEST;
      default -> Reason.IO_ERROR;
    };
  }
}

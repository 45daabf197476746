package io.diskwright.toolkit.os;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors of the operating system become reasons, whoever threw them. */
class OsErrorsTest {
  private static DiskException of(IOException failure) {
    return OsErrors.toFailure(failure, "test").build();
  }

  @ParameterizedTest
  @CsvSource({
    "2, NOT_FOUND",
    "17, ALREADY_EXISTS",
    "28, NO_SPACE",
    "122, NO_SPACE",
    "1, PERMISSION_DENIED",
    "13, PERMISSION_DENIED",
    "30, PERMISSION_DENIED",
    "16, IN_USE",
    "27, INVALID_REQUEST",
    "5, IO_ERROR",
    "99999, IO_ERROR"
  })
  void theErrorNumberDecides(int errno, Reason reason) {
    OsException cause = new OsException("write", "/some/file", errno);

    DiskException failure = of(cause);

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure.nativeCode()).hasValue(errno);
    assertThat(failure.remedy()).isPresent();
    assertThat(failure).hasCause(cause).hasMessageContaining("/some/file");
  }

  @Test
  void javasOwnExceptionsAreUnderstood() {
    assertThat(of(new NoSuchFileException("f")).reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(of(new AccessDeniedException("f")).reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(of(new FileSystemException("f", null, "No space left on device")).reason())
        .isEqualTo(Reason.NO_SPACE);
    assertThat(of(new FileSystemException("f", null, "Read-only file system")).reason())
        .isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(of(new IOException("No space left on device")).reason()).isEqualTo(Reason.NO_SPACE);
    assertThat(of(new IOException()).reason()).isEqualTo(Reason.IO_ERROR);
  }

  @ParameterizedTest
  @CsvSource({
    "No such file or directory, NOT_FOUND",
    "Permission denied, PERMISSION_DENIED",
    "Too many open files, UNAVAILABLE",
    "No space left on device, NO_SPACE",
    "Input/output error, IO_ERROR"
  })
  void whatJavaCallsNotFoundIsWhatTheSystemSaid(String said, Reason reason) {
    assertThat(of(new FileNotFoundException("/a (b)/c (" + said + ")")).reason()).isEqualTo(reason);
  }
}

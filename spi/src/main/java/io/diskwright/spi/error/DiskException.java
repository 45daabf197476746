package io.diskwright.spi.error;

import java.io.IOException;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A failure that says what was tried, on which pool and resource, what the storage said, and what
 * to do next (promise P11).
 *
 * <p>Made with {@link #of}: the subclass follows from the reason. No secret may be put into any
 * part of it (promise P8). Argument errors of a programmer stay {@link IllegalArgumentException},
 * and use after close stays {@link IllegalStateException}.
 */
public class DiskException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final String tried;
  private final String detail;
  private final @Nullable String pool;
  private final @Nullable String resource;
  private final @Nullable Integer nativeCode;
  private final @Nullable String remedy;

  DiskException(Builder builder) {
    super(builder.message(), builder.cause);
    this.reason = builder.reason;
    this.tried = builder.tried;
    this.detail = builder.said == null ? "" : builder.said;
    this.pool = builder.pool;
    this.resource = builder.resource;
    this.nativeCode = builder.nativeCode;
    this.remedy = builder.remedy;
  }

  /**
   * Starts a failure.
   *
   * @param reason what kind of failure it is
   * @param tried what was tried, as it would follow "cannot", such as "create disk"
   */
  public static Builder of(Reason reason, String tried) {
    return new Builder(reason, tried);
  }

  /**
   * Returns this failure with the pool and the resource, where it does not name them already.
   *
   * @param onPool the pool's name, or null when it has nothing to do with one
   * @param onResource the disk, base, image or file
   */
  public DiskException on(@Nullable String onPool, String onResource) {
    if ((pool != null || onPool == null) && resource != null) {
      return this;
    }
    Builder builder = of(reason, tried);
    builder.pool = pool == null ? onPool : pool;
    builder.resource = resource == null ? onResource : resource;
    builder.said = detail.isEmpty() ? null : detail;
    builder.nativeCode = nativeCode;
    builder.remedy = remedy;
    builder.cause = getCause();
    DiskException placed = builder.build();
    placed.setStackTrace(getStackTrace());
    for (Throwable suppressed : getSuppressed()) {
      placed.addSuppressed(suppressed);
    }
    return placed;
  }

  /** Returns what kind of failure it is. */
  public Reason reason() {
    return reason;
  }

  /** Returns what the storage, tool or rule said, without what was tried; may be empty. */
  public String detail() {
    return detail;
  }

  /** Returns the name of the pool on which it was tried. */
  public Optional<String> pool() {
    return Optional.ofNullable(pool);
  }

  /** Returns the disk, base, image or file on which it was tried. */
  public Optional<String> resource() {
    return Optional.ofNullable(resource);
  }

  /** Returns the errno, or the exit status of a tool. */
  public OptionalInt nativeCode() {
    return nativeCode == null ? OptionalInt.empty() : OptionalInt.of(nativeCode);
  }

  /** Returns what to do next. */
  public Optional<String> remedy() {
    return Optional.ofNullable(remedy);
  }

  /** Collects the parts of a failure; not thread-safe. */
  public static final class Builder {
    private final Reason reason;
    private final String tried;
    private @Nullable String pool;
    private @Nullable String resource;
    private @Nullable String said;
    private @Nullable Integer nativeCode;
    private @Nullable String remedy;
    private @Nullable Throwable cause;

    private Builder(Reason reason, String tried) {
      this.reason = Objects.requireNonNull(reason, "reason");
      this.tried = Objects.requireNonNull(tried, "tried");
    }

    /** Sets the name of the pool. */
    public Builder pool(String pool) {
      this.pool = pool;
      return this;
    }

    /** Sets the disk, base, image or file. */
    public Builder resource(String resource) {
      this.resource = resource;
      return this;
    }

    /** Sets what the storage, tool or rule said, as one clause without a full stop. */
    public Builder said(String said) {
      this.said = said;
      return this;
    }

    /** Sets the errno, or the exit status of a tool. */
    public Builder nativeCode(int nativeCode) {
      this.nativeCode = nativeCode;
      return this;
    }

    /** Sets what to do next, as an instruction without a full stop. */
    public Builder remedy(String remedy) {
      this.remedy = remedy;
      return this;
    }

    /** Sets what caused it; its message becomes what was said when nothing else is set. */
    public Builder cause(Throwable cause) {
      this.cause = cause;
      if (said == null) {
        said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
      }
      return this;
    }

    /** Returns the exception, of the subclass that fits the reason. */
    public DiskException build() {
      return switch (reason) {
        case NOT_FOUND -> new NotFoundException(this);
        case ALREADY_EXISTS -> new AlreadyExistsException(this);
        case IN_USE -> new InUseException(this);
        case HAS_DEPENDENTS -> new HasDependentsException(this);
        case NO_SPACE -> new NoSpaceException(this);
        case IMAGE_UNACCEPTABLE -> new ImageUnacceptableException(this);
        case BASE_LARGER_THAN_SIZE -> new BaseLargerThanSizeException(this);
        case UNAVAILABLE -> new UnavailableException(this);
        case OUTCOME_UNKNOWN -> new OutcomeUnknownException(this);
        case INTERNAL,
            INVALID_REQUEST,
            UNSUPPORTED,
            CONFIGURATION,
            PERMISSION_DENIED,
            CORRUPT,
            IO_ERROR,
            CANCELLED ->
            new DiskException(this);
      };
    }

    private String message() {
      StringBuilder text = new StringBuilder("cannot ").append(tried);
      if (resource != null) {
        text.append(" '").append(resource).append('\'');
      }
      if (pool != null) {
        text.append(" on pool '").append(pool).append('\'');
      }
      if (said != null) {
        text.append(": ").append(said);
      }
      if (nativeCode != null) {
        text.append(" (code ").append(nativeCode).append(')');
      }
      if (remedy != null) {
        text.append("; ").append(remedy);
      }
      return text.toString();
    }
  }
}

package io.diskwright.source.openstack;

import io.diskwright.source.http.Fetch;
import io.diskwright.source.http.HttpAccess;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Being let in by a cloud: holds a token, gets another one before it expires or when it is refused,
 * and knows where services are; any thread. Tokens are kept in memory only.
 */
public final class Session {
  private static final String HEADER = "X-Auth-Token";
  private static final Duration STEP = Duration.ofMillis(100);

  private final Cloud cloud;
  private final Optional<Keystone> keystone;
  private final Optional<String> region;
  private final String kind;

  /** Held while a token is got: who waits for it takes that one. */
  private final ReentrantLock renewal = new ReentrantLock();

  private volatile @Nullable Token current;

  private Session(Cloud cloud, Optional<Keystone> keystone, Optional<String> region, String kind) {
    this.cloud = cloud;
    this.keystone = keystone;
    this.region = region;
    this.kind = kind;
  }

  /**
   * Makes one; contacts nobody.
   *
   * @param cloud the cloud
   * @param access how Keystone is reached
   * @param source the id of the image source
   * @param region the region; else what the cloud says
   * @param kind which endpoints: {@code public}, {@code internal} or {@code admin}; else what the
   *     cloud says
   * @throws DiskException with reason {@code CONFIGURATION}
   */
  public static Session of(
      Cloud cloud, HttpAccess access, String source, Optional<String> region, Optional<String> kind)
      throws DiskException {
    Optional<Credentials> credentials = Credentials.of(cloud);
    Optional<Keystone> keystone =
        credentials.isEmpty()
            ? Optional.empty()
            : Optional.of(Keystone.of(access, source, cloud, credentials.get()));
    return new Session(
        cloud, keystone, region.or(cloud::region), kind.orElseGet(cloud::endpointInterface));
  }

  /** Returns a session with services that ask for no token. */
  public static Session anonymous() {
    return new Session(
        new Cloud("no cloud", Map.of()), Optional.empty(), Optional.empty(), "public");
  }

  /** Returns whether requests have a token. */
  public boolean isAuthenticated() {
    return keystone.isPresent();
  }

  /**
   * Returns the headers that let a request in.
   *
   * @param refused those that were answered by 401 just now; empty when none were
   * @param fetch what is fetched
   * @throws DiskException when no token can be had
   */
  public Map<String, String> authorization(Map<String, String> refused, Fetch fetch)
      throws DiskException {
    return keystone.isEmpty() ? Map.of() : Map.of(HEADER, token(refused.get(HEADER), fetch).id());
  }

  private Token token(@Nullable String refused, Fetch fetch) throws DiskException {
    Token known = current;
    if (known != null && isGood(known, refused)) {
      return known;
    }
    lock(fetch);
    try {
      known = current;
      if (known == null || !isGood(known, refused)) {
        known = keystone.orElseThrow().token(fetch);
        current = known;
      }
      return known;
    } finally {
      renewal.unlock();
    }
  }

  private static boolean isGood(Token token, @Nullable String refused) {
    return !token.isOver() && !token.id().equals(refused);
  }

  private void lock(Fetch fetch) throws DiskException {
    try {
      while (!renewal.tryLock(STEP.toNanos(), TimeUnit.NANOSECONDS)) {
        fetch.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fetch.check();
      throw DiskException.of(Reason.CANCELLED, fetch.tried())
          .said("it was interrupted while a token was got")
          .remedy("try again")
          .build();
    }
  }

  /**
   * Finds a service.
   *
   * @param type its type, such as {@code image}
   * @param fetch what is fetched
   * @return its URL, as the cloud or the catalogue has it
   * @throws DiskException with reason {@code CONFIGURATION} when there is none, or several
   */
  public String endpoint(String type, Fetch fetch) throws DiskException {
    Optional<String> override = cloud.find(type + "_endpoint_override");
    if (override.isPresent()) {
      return override.get();
    }
    if (keystone.isEmpty()) {
      throw wrong("it names no %s_endpoint_override, which auth_type none needs".formatted(type));
    }
    List<Token.Endpoint> all =
        token(null, fetch).catalogue().stream().filter(each -> each.type().equals(type)).toList();
    List<Token.Endpoint> fitting =
        all.stream()
            .filter(each -> each.kind().equals(kind))
            .filter(each -> region.isEmpty() || region.get().equals(each.region()))
            .toList();
    if (fitting.size() == 1) {
      return fitting.get(0).url();
    }
    String sought =
        "%s endpoint of service '%s'%s"
            .formatted(kind, type, region.map(" in region '%s'"::formatted).orElse(""));
    throw wrong(
        fitting.isEmpty()
            ? "Keystone's catalogue has no %s; there are: %s".formatted(sought, shown(all))
            : "Keystone's catalogue has more than one %s: %s".formatted(sought, shown(fitting)));
  }

  private static String shown(List<Token.Endpoint> endpoints) {
    return endpoints.isEmpty()
        ? "none of that type, maybe as the token has no project"
        : String.join(
            ", ", endpoints.stream().map(each -> each.kind() + " in " + each.region()).toList());
  }

  private DiskException wrong(String said) {
    return DiskException.of(Reason.CONFIGURATION, "find service in cloud")
        .resource(cloud.toString())
        .said(said)
        .remedy("set project, region and interface to those of the service")
        .build();
  }
}

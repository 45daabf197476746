package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.cache.PrunePolicy;
import io.diskwright.core.cache.Pruned;
import io.diskwright.core.cache.Verification;
import io.diskwright.core.lock.HostLocks;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The cache says what it costs, whether it is sound, and lets go of what nobody needs (P4). */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class CacheKeepingTest extends FlowTestBase {
  private static final PrunePolicy ALL =
      new PrunePolicy(Duration.ZERO, OptionalLong.empty(), Duration.ZERO);

  private BaseRecord pull(Path image) throws DiskException {
    return pull(image, Optional.empty());
  }

  private BaseRecord pull(Path image, Optional<Digest> digest) throws DiskException {
    return host()
        .pool()
        .pull(ImageRequest.of(image.toString()).withDigest(digest.orElse(null)), call());
  }

  private BaseUsage usage(BaseRecord base) throws DiskException {
    return host().pool().baseUsage(call()).stream()
        .filter(usage -> usage.base().key().equals(base.key()))
        .findFirst()
        .orElseThrow();
  }

  private Verification verify(BaseRecord base) throws DiskException {
    return host().pool().verify(base, call());
  }

  private void damage(long offset, int length) throws IOException {
    Path file = PoolScan.baseFiles(poolFolder()).get(0);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Images.overwrite(file, offset, new byte[length]);
  }

  @Test
  void aBaseTellsWhatItCostsAndWhoUsesIt() throws IOException {
    Path image = image("a.raw");
    BaseRecord base = pull(image);
    final BaseUsage before = usage(base);
    host().create("one", image);
    host().create("two", image);
    BaseUsage after = usage(base);

    assertThat(before.allocated()).isBetween(1L, 9 * MIB);
    assertThat(before.users()).isEmpty();
    assertThat(before.lastUsed()).isBetween(base.created().minusSeconds(1), Instant.now());
    assertThat(after.lastUsed()).isAfter(before.lastUsed());
    assertThat(after.pinned()).isFalse();
    assertThat(after.users())
        .isEqualTo(
            backend.equals("raw") ? List.of() : List.of(new DiskName("one"), new DiskName("two")));
  }

  @Test
  void whateverTheWayItWasFilledItIsSound() throws Exception {
    Path image = image("a.raw");
    String sha256 =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image)));
    BaseRecord plain = pull(image);
    assertThat(verify(plain).state()).isEqualTo(Verification.State.SOUND);
    host().pool().evict(plain.key(), call());
    BaseRecord digested = pull(image, Optional.of(Digest.parse("sha256:" + sha256)));
    assertThat(verify(digested).state()).isEqualTo(Verification.State.SOUND);
    assertThat(digested.checksum()).isPresent().isEqualTo(plain.checksum());
    reopen();
    assertThat(verify(host().pool().bases(call()).get(0)).state())
        .isEqualTo(Verification.State.SOUND);
  }

  @Test
  void aDamagedBaseIsTold() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    damage(4 * MIB + 4096, 100);

    Verification found = verify(base);

    assertThat(found.state()).isEqualTo(Verification.State.DAMAGED);
    assertThat(found.detail()).contains("reads otherwise");
    assertThat(host().pool().bases(call())).hasSize(1);
  }

  @Test
  void aBaseThatWasCutShortOrMadeLongerIsDamaged() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    damage(8 * MIB, 512);

    Verification found = verify(base);

    assertThat(found.state()).isEqualTo(Verification.State.DAMAGED);
    assertThat(found.detail()).contains("8389120 bytes").contains("8388608");
  }

  @Test
  void aBaseThatIsGoneIsNotCalledDamaged() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    host().pool().evict(base.key(), call());

    assertThat(verify(base).state()).isEqualTo(Verification.State.GONE);
  }

  @Test
  void withoutChecksumsItIsSaidThatItCannotBeTold() throws IOException {
    host().close();
    try (Host without = Host.open(poolFolder(), backend, "base-checksums: false")) {
      Path image = image("a.raw");
      BaseRecord base = without.pool().pull(ImageRequest.of(image.toString()), call());
      Verification found = without.pool().verify(base, call());

      assertThat(found.state()).isEqualTo(Verification.State.UNKNOWN);
      assertThat(found.detail()).contains("base-checksums");
    }
    reopen();
  }

  @Test
  void whatNobodyNeedsIsPruned() throws IOException {
    Path used = image("used.raw");
    host().create("disk", used);
    BaseRecord unused = pull(image("unused.raw"));
    BaseRecord pinned = pull(image("pinned.raw"));
    host().pool().pin(pinned.key(), true, call());

    Pruned planned = host().pool().planPrune(ALL, call());
    assertThat(host().pool().bases(call())).hasSize(3);
    Pruned pruned = host().pool().prune(ALL, call());

    assertThat(keys(pruned)).isEqualTo(keys(planned)).contains(unused.key());
    assertThat(pruned.freed()).isPositive();
    assertThat(pruned.kept())
        .anySatisfy(
            kept -> {
              assertThat(kept.usage().base().key()).isEqualTo(pinned.key());
              assertThat(kept.reason()).contains("pinned");
            });
    assertThat(host().pool().bases(call()))
        .extracting(base -> base.image().endsWith("used.raw"))
        .hasSize(backend.equals("raw") ? 1 : 2);
    assertReadsAs(host().pool().find(new DiskName("disk"), call()).orElseThrow(), used);
  }

  private static List<BaseKey> keys(Pruned pruned) {
    return pruned.gone().stream().map(usage -> usage.base().key()).toList();
  }

  @Test
  void whatTheSettingsSayIsThePolicy() throws IOException {
    pull(image("a.raw"));
    PrunePolicy policy = host().pool().prunePolicy();

    assertThat(policy.unusedFor()).isEqualTo(Duration.ofDays(1));
    assertThat(policy.minAge()).isEqualTo(Duration.ofHours(1));
    assertThat(policy.maxSize()).isEmpty();
    assertThat(host().pool().prune(policy, call()).gone()).isEmpty();
  }

  @Test
  void aBaseThatACallIsUsingStaysAndNobodyWaits() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    LockKey key = new LockKey(LockKey.Scope.BASE, base.key().value());
    try (LockManager locks = HostLocks.of(poolFolder().resolve("locks"));
        Lease lease = locks.acquire(key, LockMode.SHARED, call())) {
      Pruned pruned = host().pool().prune(ALL, call());

      assertThat(lease.isHeld()).isTrue();
      assertThat(pruned.gone()).isEmpty();
      assertThat(pruned.kept()).hasSize(1);
      assertThat(pruned.kept().get(0).reason()).contains("another call");
    }
    assertThat(host().pool().prune(ALL, call()).gone()).hasSize(1);
  }

  @Test
  void aPinOutlivesTheProcessAndEndsWithTheBase() throws IOException {
    Path image = image("a.raw");
    BaseRecord base = pull(image);
    host().pool().pin(base.key(), true, call());
    host().pool().pin(base.key(), true, call());
    reopen();
    assertThat(usage(base).pinned()).isTrue();
    assertThat(host().pool().prune(ALL, call()).gone()).isEmpty();

    host().pool().pin(base.key(), false, call());
    assertThat(usage(base).pinned()).isFalse();
    host().pool().pin(base.key(), true, call());
    host().pool().evict(base.key(), call());
    assertThat(usage(pull(image)).pinned()).isFalse();
  }

  @Test
  void whatIsNotThereCannotBePinned() throws IOException {
    BaseKey missing = new BaseKey("0".repeat(64));

    assertThat(failure(() -> host().pool().pin(missing, true, call())))
        .isInstanceOf(NotFoundException.class);
  }
}

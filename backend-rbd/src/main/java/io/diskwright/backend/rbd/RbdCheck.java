package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephLibraries;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks whether a pool has all that it needs: libraries, cluster, rights, space. */
final class RbdCheck {
  /** Nobody's: the rights to shut clients out are tried on it. */
  private static final String NOBODY = "0.0.0.0:0/4294967295";

  private final RbdPool pool;
  private final String user;

  RbdCheck(RbdPool pool) {
    this.pool = pool;
    this.user = "client." + pool.settings().access().user();
  }

  /** Something that is looked at; returns what was found. */
  @FunctionalInterface
  private interface Look {
    Finding at() throws IOException;
  }

  List<Finding> run(Gate gate) throws IOException {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "librbd",
            Answer.ofYes(),
            "%s, librados %s".formatted(CephLibraries.rbdVersion(), CephLibraries.radosVersion())));
    findings.add(look("cluster", () -> well("cluster", pool.connection().cluster().fsid())));
    findings.add(look("Ceph pool", this::poolIsReady));
    Optional<String> data = pool.imageOptions().dataPool();
    if (data.isPresent()) {
      gate.check();
      findings.add(look("data pool", () -> dataPoolIsReady(data.get())));
    }
    gate.check();
    if (findings.stream().allMatch(finding -> finding.answer().yes())) { // else it only fails again
      findings.add(look("making clones", this::makeClone));
      gate.check();
    }
    findings.add(look("shutting out clients that died", this::shutOutNobody));
    findings.add(look("free space", this::freeSpace));
    return findings;
  }

  private static Finding look(String subject, Look look) {
    try {
      return look.at();
    } catch (IOException e) {
      String remedy =
          e instanceof CephException ceph
              ? CephErrors.toFailure(ceph, subject)
                  .build()
                  .remedy()
                  .map(text -> "; " + text)
                  .orElse("")
              : "";
      return new Finding(subject, Answer.no(e.getMessage() + remedy), "");
    }
  }

  private static Finding well(String subject, String note) {
    return new Finding(subject, Answer.ofYes(), note);
  }

  private Finding poolIsReady() throws IOException {
    String name = pool.settings().pool();
    Optional<Lack> lack = new RbdRights(user, pool.images()).lack(true);
    Answer answer = lack.map(Lack::answer).orElseGet(Answer::ofYes);
    if (lack.isEmpty() && !pool.images().initialised()) {
      answer = Answer.no("it is not made for RBD; run: rbd pool init " + name);
    }
    return new Finding("Ceph pool", answer, name);
  }

  /** The data of an image is in the image's namespace there, too. */
  private Finding dataPoolIsReady(String name) throws IOException {
    try (CephPool data = pool.connection().cluster().pool(name, pool.settings().namespace())) {
      Optional<Lack> lack = new RbdRights(user, data).lack(false);
      return new Finding("data pool", lack.map(Lack::answer).orElseGet(Answer::ofYes), name);
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return new Finding("data pool", Lack.ofDataPool(name).answer(), "");
      }
      throw e;
    }
  }

  /** Makes an image, a snapshot and a clone, all of which go again. */
  private Finding makeClone() throws IOException {
    CephPool images = pool.images();
    try (Attempt parent = pool.attempt("check");
        Attempt clone = pool.attempt("check")) {
      images.createImage(parent.image(), 1 << 20, pool.imageOptions());
      try (var image = images.open(parent.image(), false)) {
        image.createSnapshot(RbdBases.SNAPSHOT);
      }
      images.cloneImage(
          images, parent.image(), RbdBases.SNAPSHOT, clone.image(), pool.imageOptions());
    }
    return well("making clones", "clone format 2");
  }

  private Finding shutOutNobody() throws IOException {
    String subject = "shutting out clients that died";
    try {
      pool.connection().cluster().blocklist(NOBODY, Duration.ofSeconds(1));
      return well(subject, "");
    } catch (CephException e) {
      if (!RbdPools.isForbidden(e)) {
        throw e;
      }
      Lack lack =
          new Lack(
              "the user %s lacks mon 'profile rbd'".formatted(user),
              "add it to its caps; else what such a client was making stays until it is seen to be"
                  + " gone");
      return new Finding(subject, lack.answer(), "");
    }
  }

  private Finding freeSpace() throws IOException {
    PoolUsage usage = pool.usage();
    long keepFree = pool.settings().keepFree();
    Answer answer = Answer.ofYes();
    if (usage.free() == 0) {
      answer = Answer.no("the pool is full, or its quota is reached");
    } else if (usage.free() <= keepFree) {
      answer = Answer.no("no more is free than keep-free keeps; free some, or lower it");
    }
    return new Finding(
        "free space",
        answer,
        "%d of %d bytes, %d kept free".formatted(usage.free(), usage.capacity(), keepFree));
  }
}

package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephLibraries;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Looks whether a pool has all that it needs: libraries, cluster, rights, space. */
final class RbdCheck {
  /** Nobody's: the rights to shut clients out are tried on it. */
  private static final String NOBODY = "0.0.0.0:0/4294967295";

  private final RbdPool pool;

  RbdCheck(RbdPool pool) {
    this.pool = pool;
  }

  /** Something that is looked at; returns what was found. */
  @FunctionalInterface
  private interface Look {
    String at() throws IOException;
  }

  List<Finding> run(Gate gate) throws IOException {
    List<Finding> findings = new ArrayList<>();
    findings.add(
        new Finding(
            "librbd",
            Answer.ofYes(),
            "%s, librados %s".formatted(CephLibraries.rbdVersion(), CephLibraries.radosVersion())));
    findings.add(look("cluster", () -> pool.connection().cluster().fsid()));
    findings.add(poolIsReady());
    gate.check();
    findings.add(look("making clones", this::makeClone));
    gate.check();
    findings.add(look("shutting out clients that died", this::shutOutNobody));
    findings.add(freeSpace());
    return findings;
  }

  private static Finding look(String subject, Look look) {
    try {
      return new Finding(subject, Answer.ofYes(), look.at());
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

  private Finding poolIsReady() throws IOException {
    String name = pool.settings().pool();
    return new Finding(
        "Ceph pool",
        pool.images().initialised()
            ? Answer.ofYes()
            : Answer.no("it is not made for RBD; run: rbd pool init " + name),
        name);
  }

  /** Makes an image, a snapshot and a clone, all of which go again. */
  private String makeClone() throws IOException {
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
    return "clone format 2";
  }

  private String shutOutNobody() throws IOException {
    pool.connection().cluster().blocklist(NOBODY, Duration.ofSeconds(1));
    return "";
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

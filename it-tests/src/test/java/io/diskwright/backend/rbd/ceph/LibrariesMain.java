package io.diskwright.backend.rbd.ceph;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The main class of a JVM that says, twice, why Ceph's libraries are missing, and connects. */
final class LibrariesMain {
  private LibrariesMain() {}

  public static void main(String[] arguments) {
    System.out.println(CephLibraries.whyMissing().orElse("all here"));
    System.out.println(CephLibraries.whyMissing().orElse("all here"));
    CephAccess access =
        new CephAccess(
            Optional.empty(), "diskwright", Optional.empty(), Duration.ofSeconds(1), Map.of());
    try {
      CephCluster.connect(access).close();
    } catch (CephException e) {
      System.out.println(e.errno() + ": " + e.getMessage());
    }
    try {
      System.out.println(CephLibraries.rbdVersion());
    } catch (IllegalStateException e) {
      System.out.println(e.getMessage());
    }
  }
}

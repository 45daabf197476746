package io.diskwright.backend.rbd;

import io.diskwright.spi.config.ConfigKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a pool on Ceph is told. */
final class RbdKeys {
  static final ConfigKey<String> POOL =
      ConfigKey.text("pool", "The Ceph pool that holds bases and disks.").asRequired();

  static final ConfigKey<String> NAMESPACE =
      ConfigKey.text("namespace", "The RBD namespace of that pool; else its default one.");

  static final ConfigKey<Path> CEPH_CONF =
      ConfigKey.path("ceph-conf", "Ceph's configuration file.")
          .withDefault(Path.of("/etc/ceph/ceph.conf"));

  static final ConfigKey<String> USER =
      ConfigKey.text("user", "The Ceph user, without 'client.'.").withDefault("admin");

  static final ConfigKey<Path> KEYRING =
      ConfigKey.path("keyring", "The user's keyring file; else the one that ceph-conf names.");

  static final ConfigKey<String> DATA_POOL =
      ConfigKey.text(
          "data-pool", "The Ceph pool for the data of new images, such as an erasure-coded one.");

  static final ConfigKey<Long> OBJECT_SIZE =
      ConfigKey.size(
          "object-size",
          4096,
          "How large the objects of new images are: a power of two up to 32M; else as the cluster"
              + " has it.");

  static final ConfigKey<List<String>> FEATURES =
      ConfigKey.list(
          "image-features",
          "names of features",
          RbdFeatures::name,
          "The RBD features of new images; else as the cluster has them.");

  static final ConfigKey<Duration> TIMEOUT =
      ConfigKey.duration("timeout", "How long the cluster may take for one answer.")
          .withDefault(Duration.ofSeconds(15));

  static final ConfigKey<Duration> LEASE =
      ConfigKey.duration(
              "lease",
              "After how long without a sign of life a lock's holder has lost it: at least twice"
                  + " the timeout.")
          .withDefault(Duration.ofSeconds(60));

  static final ConfigKey<Duration> IN_USE_WAIT =
      ConfigKey.duration(
              "in-use-wait",
              "How long a delete waits for who has the disk open, as a client that died seems to"
                  + " for 30 seconds.")
          .withDefault(Duration.ofSeconds(35));

  static final ConfigKey<String> LIBVIRT_SECRET =
      ConfigKey.text(
          "libvirt-secret",
          "The uuid of libvirt's secret that holds the user's key; else it is asked for by its"
              + " usage, 'client.USER secret'.");

  private RbdKeys() {}

  static List<ConfigKey<?>> all() {
    return List.of(
        POOL,
        NAMESPACE,
        CEPH_CONF,
        USER,
        KEYRING,
        DATA_POOL,
        OBJECT_SIZE,
        FEATURES,
        TIMEOUT,
        LEASE,
        IN_USE_WAIT,
        LIBVIRT_SECRET);
  }
}

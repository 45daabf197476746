package io.diskwright.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where values come from, and which of them wins. */
class ConfigurationLayersTest extends ConfigurationTestBase {
  private static String pool(String name) {
    return "pools: {%s: {backend: raw, path: /x}}".formatted(name);
  }

  @Nested
  class Files {
    @Test
    void theUsersComesBeforeTheSystems() throws Exception {
      write(folder.resolve("etc/diskwright.yaml"), pool("system"));
      assertThat(loader().load().defaultPool()).isEqualTo("system");

      Path user = write(folder.resolve("home/.config/diskwright/diskwright.yaml"), pool("user"));
      assertThat(loader().load().defaultPool()).isEqualTo("user");
      assertThat(loader().load().pools()).containsOnlyKeys("user");
      assertThat(loader().load().origin()).isEqualTo(user.toString());
    }

    @Test
    void theUsersIsFoundUnderXdgConfigHome() throws Exception {
      write(folder.resolve("xdg/diskwright/diskwright.yaml"), pool("xdg"));
      variables.put("XDG_CONFIG_HOME", folder.resolve("xdg").toString());

      assertThat(loader().load().defaultPool()).isEqualTo("xdg");
    }

    @Test
    void theVariableComesBeforeThemAndTheExplicitOneBeforeTheVariable() throws Exception {
      write(folder.resolve("etc/diskwright.yaml"), pool("system"));
      Path named = write(folder.resolve("named.yaml"), pool("named"));
      variables.put("DISKWRIGHT_CONFIG", named.toString());
      assertThat(loader().load().defaultPool()).isEqualTo("named");

      assertThat(loader(pool("explicit")).load().defaultPool()).isEqualTo("explicit");
    }

    @Test
    void theOneThatTheVariableNamesMustBeThere() {
      variables.put("DISKWRIGHT_CONFIG", "gone.yaml");

      assertThat(shown(loader())).containsExactly("gone.yaml: there is no such file");
    }

    @Test
    void noneGivesALocalPoolInTheUsersDataFolder() throws Exception {
      Configuration configuration = loader().load();

      assertThat(configuration.origin()).isEqualTo("built-in");
      assertThat(configuration.defaultPool()).isEqualTo("local");
      PoolConfig local = configuration.pools().get("local");
      assertThat(local.backend()).isEqualTo("qcow2");
      assertThat(local.settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolve("home/.local/share/diskwright/local"));
    }

    @Test
    void noneFollowsXdgDataHomeUnlessItIsRelative() throws Exception {
      variables.put("XDG_DATA_HOME", "/data");
      assertThat(loader().load().pools().get("local").settings().get(StubProviders.PATH))
          .isEqualTo(Path.of("/data/diskwright/local"));

      variables.put("XDG_DATA_HOME", "data");
      assertThat(loader().load().pools().get("local").settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolve("home/.local/share/diskwright/local"));
    }

    @Test
    void keepTheOrderOfTheirPools() throws Exception {
      String yaml =
          """
          pools:
            z: {backend: raw, path: /z}
            a: {backend: raw, path: /a}
            m: {backend: raw, path: /m}
          """;

      Configuration configuration = loader(yaml).load();

      assertThat(configuration.pools().keySet()).containsExactly("z", "a", "m");
      assertThat(configuration.defaultPool()).isEqualTo("z");
      assertThat(configuration.defaultPoolValue().isDefault()).isTrue();
    }

    @Test
    void keepEveryScalarAsItIsWritten() throws Exception {
      String yaml =
          "pools: {on: {backend: rbd, pool: 010, user: ~}, 1e3: {backend: rbd, pool: no}}";

      Configuration configuration = loader(yaml).load();

      assertThat(configuration.pools().keySet()).containsExactly("on", "1e3");
      Settings settings = configuration.pools().get("on").settings();
      assertThat(settings.get(StubProviders.POOL)).isEqualTo("010");
      assertThat(settings.get(StubProviders.USER)).isEqualTo("~");
    }

    @Test
    void giveTypedValuesAndDefaults() throws Exception {
      String yaml =
          """
          pools:
            a:
              backend: qcow2
              path: /x
              cluster-size: 2M
              virtual-size-limit: 1T
              stall-timeout: 30s
          """;

      PoolConfig pool = loader(yaml).load().pools().get("a");

      assertThat(pool.settings().get(StubProviders.CLUSTER)).isEqualTo(2L << 20);
      assertThat(pool.settings().get(StubProviders.SYNC)).isTrue();
      assertThat(pool.settings().find(StubProviders.FILLS)).isEmpty();
      assertThat(pool.common().get(PoolKeys.VIRTUAL_SIZE_LIMIT)).isEqualTo(1L << 40);
      assertThat(pool.common().get(PoolKeys.STALL_TIMEOUT)).isEqualTo(Duration.ofSeconds(30));
      assertThat(pool.common().get(PoolKeys.CONVERSION_DEADLINE)).isEqualTo(Duration.ofHours(2));
    }
  }

  @Nested
  class RelativePaths {
    @Test
    void ofAFileAreResolvedAgainstItsFolder() throws Exception {
      ConfigurationLoader loader = loader("pools: {a: {backend: raw, path: ../disks/a}}");

      assertThat(loader.load().pools().get("a").settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolveSibling("disks/a"));
    }

    @Test
    void ofAFileThatIsNamedRelativelyAreAbsoluteToo() throws Exception {
      write(folder.resolve("cwd/diskwright.yaml"), "pools: {a: {backend: raw, path: disks}}");
      ConfigurationLoader loader = loader().withFile(Path.of("diskwright.yaml"));

      assertThat(loader.load().pools().get("a").settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolve("cwd/disks"));
      assertThat(loader.load().pools().get("a").values().get(1).origin())
          .isEqualTo("diskwright.yaml:1");
    }

    @Test
    void ofVariablesAndOverridesAreResolvedAgainstTheWorkingFolder() throws Exception {
      variables.put("DISKWRIGHT_POOLS_LOCAL_PATH", "one");
      assertThat(loader(GOOD).load().pools().get("local").settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolve("cwd/one"));

      ConfigurationLoader overridden = loader(GOOD).withOverrides(List.of("pools.local.path=two"));
      assertThat(overridden.load().pools().get("local").settings().get(StubProviders.PATH))
          .isEqualTo(folder.resolve("cwd/two"));
    }
  }

  @Nested
  class Precedence {
    @Test
    void aVariableBeatsTheFileAndAnOverrideBeatsTheVariable() throws Exception {
      assertThat(user(loader(GOOD)))
          .isEqualTo(new ConfigValue("user", "admin", "default", false, true));

      String yaml = GOOD + "    user: of-file\n";
      assertThat(user(loader(yaml)))
          .isEqualTo(new ConfigValue("user", "of-file", file() + ":7", false, false));

      variables.put("DISKWRIGHT_POOLS_FAST_USER", "of-variable");
      assertThat(user(loader(yaml)))
          .isEqualTo(
              new ConfigValue(
                  "user",
                  "of-variable",
                  "environment variable DISKWRIGHT_POOLS_FAST_USER",
                  false,
                  false));

      ConfigurationLoader overridden =
          loader(yaml).withOverrides(List.of("pools.fast.user=first", "pools.fast.user=last"));
      assertThat(user(overridden)).isEqualTo(new ConfigValue("user", "last", "-o", false, false));
    }

    private ConfigValue user(ConfigurationLoader loader) throws Exception {
      return loader.load().pools().get("fast").values().stream()
          .filter(value -> value.key().equals("user"))
          .findFirst()
          .orElseThrow();
    }

    @Test
    void holdsForTheDefaultPoolToo() throws Exception {
      variables.put("DISKWRIGHT_DEFAULT_POOL", "fast");
      assertThat(loader(GOOD).load().defaultPool()).isEqualTo("fast");

      ConfigurationLoader overridden = loader(GOOD).withOverrides(List.of("default-pool=local"));
      assertThat(overridden.load().defaultPool()).isEqualTo("local");
    }

    @Test
    void anOverrideCanMendWhatIsMissingInTheFile() {
      ConfigurationLoader loader =
          loader("pools: {a: {backend: raw}}").withOverrides(List.of("pools.a.path=/x"));

      assertThat(shown(loader)).isEmpty();
    }

    @Test
    void anEmptyVariableCountsAsNotSet() throws Exception {
      variables.put("DISKWRIGHT_DEFAULT_POOL", "");
      variables.put("DISKWRIGHT_POOLS_LOCAL_PATH", "");
      variables.put("DISKWRIGHT_CONFIG", "");

      assertThat(loader(GOOD).load().defaultPool()).isEqualTo("local");
    }
  }

  @Nested
  class Variables {
    @Test
    void matchNamesWithDashesAndDots() throws Exception {
      variables.put("DISKWRIGHT_POOLS_MY_POOL_1_SYNC_DISKS", "false");
      variables.put("DISKWRIGHT_POOLS_MY_POOL_1_VIRTUAL_SIZE_LIMIT", "1G");

      PoolConfig pool =
          loader("pools: {my.pool-1: {backend: raw, path: /x}}").load().pools().get("my.pool-1");

      assertThat(pool.settings().get(StubProviders.SYNC)).isFalse();
      assertThat(pool.common().get(PoolKeys.VIRTUAL_SIZE_LIMIT)).isEqualTo(1L << 30);
    }

    @Test
    void thatMayMeanTwoKeysAreAProblem() {
      variables.put("DISKWRIGHT_POOLS_A_B_PATH", "/y");

      assertThat(
              shown(
                  loader("pools: {a-b: {backend: raw, path: /x}, a_b: {backend: raw, path: /x}}")))
          .containsExactly(
              "environment variable DISKWRIGHT_POOLS_A_B_PATH: it must have one meaning, and may"
                  + " mean pools.a-b.path or pools.a_b.path");
    }

    @Test
    void thatMatchNothingAreAProblem() {
      variables.put("DISKWRIGHT_POOLS_LOCAL_PTH", "/y");
      variables.put("DISKWRIGHT_POOLS_NOWHERE_AT_ALL", "/y");
      variables.put("DISKWRIGHT_JAVA_OPTIONS", "-Xmx1g");

      assertThat(shown(loader(GOOD)))
          .containsExactly(
              "environment variable DISKWRIGHT_POOLS_LOCAL_PTH: no pool or image source has such a"
                  + " key; did you mean 'DISKWRIGHT_POOLS_LOCAL_PATH'?",
              "environment variable DISKWRIGHT_POOLS_NOWHERE_AT_ALL: no pool or image source has"
                  + " such a key");
    }

    @Test
    void ofAPoolWhoseBackendIsMissingAreNotReportedOnTop() {
      variables.put("DISKWRIGHT_POOLS_A_VOLUME_GROUP", "vg");

      assertThat(shown(loader("pools: {a: {backend: lvm}}"))).hasSize(1);
    }

    @Test
    void mayChangeABackendAndGiveItsKeys() throws Exception {
      variables.put("DISKWRIGHT_POOLS_A_BACKEND", "rbd");
      variables.put("DISKWRIGHT_POOLS_A_POOL", "vms");

      PoolConfig pool = loader("pools: {a: {backend: raw}}").load().pools().get("a");

      assertThat(pool.backend()).isEqualTo("rbd");
      assertThat(pool.settings().get(StubProviders.POOL)).isEqualTo("vms");
    }

    @Test
    void mayConfigureAPoolThatAnOverrideMakes() throws Exception {
      variables.put("DISKWRIGHT_POOLS_SCRATCH_PATH", "/tmp/x");

      ConfigurationLoader loader = loader(GOOD).withOverrides(List.of("pools.scratch.backend=raw"));

      assertThat(loader.load().pools().get("scratch").settings().get(StubProviders.PATH))
          .isEqualTo(Path.of("/tmp/x"));
    }

    @Test
    void mayConfigureAnImageSource() throws Exception {
      variables.put("DISKWRIGHT_SOURCES_GLANCE_ENDPOINT", "http://glance");

      SourceConfig glance = loader(GOOD).load().sources().get("glance");

      assertThat(glance.settings().get(StubProviders.ENDPOINT)).isEqualTo("http://glance");
    }

    @Test
    void ofTheWrongTypeAreReportedByTheirName() {
      variables.put("DISKWRIGHT_POOLS_LOCAL_SYNC_DISKS", "1");

      assertThat(shown(loader(GOOD)))
          .containsExactly(
              "environment variable DISKWRIGHT_POOLS_LOCAL_SYNC_DISKS: pools.local.sync-disks (1)"
                  + " must be true or false");
    }
  }

  @Nested
  class Overrides {
    @Test
    void mayMakeAPool() throws Exception {
      Configuration configuration =
          loader(GOOD)
              .withOverrides(List.of("pools.my.scratch.backend=raw", "pools.my.scratch.path=/t=1"))
              .load();

      assertThat(configuration.pools().keySet()).containsExactly("local", "fast", "my.scratch");
      assertThat(configuration.pools().get("my.scratch").settings().get(StubProviders.PATH))
          .isEqualTo(Path.of("/t=1"));
    }

    @Test
    void mayDoWithoutAnyFile() throws Exception {
      Configuration configuration =
          loader().withOverrides(List.of("pools.local.path=/elsewhere")).load();

      assertThat(configuration.pools().get("local").settings().get(StubProviders.PATH))
          .isEqualTo(Path.of("/elsewhere"));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        textBlock =
            """
            pools.local.path | override (pools.local.path) must be key=value
            default-pol=local | key (default-pol) must be default-pool, pools.NAME.KEY or sources.ID.KEY
            pools.local=x | key (pools.local) must be default-pool, pools.NAME.KEY or sources.ID.KEY
            pool.local.path=x | key (pool.local.path) must be default-pool, pools.NAME.KEY or sources.ID.KEY
            default-pool=nowhere | default-pool (nowhere) must be a configured pool: local, fast
            pools.local.pth=x | pools.local: unknown key 'pth'; did you mean 'path'?
            pools.local.path= | pools.local.path () must not be empty
            sources.http.timeout=x | sources.http.timeout: duration (x) must be a whole number with ms, s, m, h or d
            """)
    void thatAreWrongAreReported(String override, String problem) {
      assertThat(shown(loader(GOOD).withOverrides(List.of(override))))
          .containsExactly("-o: " + problem);
    }

    @Test
    void areReportedAfterVariablesAndTheFile() {
      variables.put("DISKWRIGHT_POOLS_X_Y", "1");
      ConfigurationLoader loader =
          loader("default-pol: x\n" + GOOD).withOverrides(List.of("b", "a"));

      assertThat(loader.check())
          .extracting(ConfigProblem::where)
          .containsExactly(file() + ":1", "environment variable DISKWRIGHT_POOLS_X_Y", "-o", "-o");
    }
  }

  @Nested
  class Shown {
    @Test
    void areAllValuesOfAPoolWithTheirOrigin() throws Exception {
      PoolConfig pool = loader(GOOD).load().pools().get("local");

      String at = file() + ":3";
      assertThat(pool.values())
          .startsWith(
              new ConfigValue("backend", "qcow2", at, false, false),
              new ConfigValue("path", "/var/lib/diskwright/local", at, false, false),
              new ConfigValue("sync-disks", "true", "default", false, true),
              new ConfigValue("cluster-size", "64K", "default", false, true),
              new ConfigValue("virtual-size-limit", "16T", "default", false, true),
              new ConfigValue("conversion-deadline", "2h", "default", false, true),
              new ConfigValue("stall-timeout", "2m", "default", false, true));
      assertThat(pool.values().stream().skip(4).map(ConfigValue::key))
          .isSubsetOf(PoolKeys.common().stream().map(ConfigKey::name).toList());
    }

    @Test
    void areSourcesThatAreConfiguredOrNeedNoConfiguration() throws Exception {
      Configuration configuration = loader(GOOD).load();

      assertThat(configuration.sources()).containsOnlyKeys("file", "http");
      assertThat(configuration.sources().get("http").values())
          .containsExactly(new ConfigValue("timeout", "90s", "default", false, true));
    }
  }
}

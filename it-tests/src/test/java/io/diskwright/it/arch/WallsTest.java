package io.diskwright.it.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.diskwright.contract.BackendContract;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The walls of the design over all built classes, and the proof that each of them can fall. */
class WallsTest {
  private static final String ROOT = "io.diskwright";
  private static final String PLANTED = ROOT + ".it.arch.planted";
  private static final int FEWEST_CLASSES = 200;

  private static final JavaClasses BUILT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(PLANTED);

  /** What the planted violation of each rule is called. */
  private static final Map<String, String> PLANTS =
      Map.ofEntries(
          Map.entry("spi sees nothing of ours", "SpiSeesToolkit"),
          Map.entry("toolkit sees spi and jna", "ToolkitSeesCore"),
          Map.entry("core sees no storage", "CoreSeesBackend"),
          Map.entry("backends see neither core nor cli", "BackendSeesCore"),
          Map.entry("backends do not see each other", "BackendSeesAnother"),
          Map.entry("cli sees no backend", "CliSeesBackend"),
          Map.entry(
              "only toolkit and the RBD backend's own layer call native code", "BackendSeesNative"),
          Map.entry("image sources see spi, toolkit and the HTTP client", "SourceSeesCore"),
          Map.entry("nobody sees an image source", "BackendSeesSource"),
          Map.entry("packages are free of cycles", "CoreSeesBackend"),
          Map.entry("a provider is a public final class named so", "Unusual"),
          Map.entry(
              "a provider has a public constructor without arguments, and no other", "Unusual"),
          Map.entry("a backend shows nothing but its provider", "BackendSeesCore"),
          Map.entry("an image source shows nothing but its provider", "SourceSeesCore"),
          Map.entry("only core's fills make proofs", "Forgery"),
          Map.entry("only cli prints", "BadHabits"),
          Map.entry("only cli ends the program", "BadHabits"),
          Map.entry("nobody uses java.util.logging", "BadHabits"),
          Map.entry("only toolkit.process starts programs", "BadHabits"),
          Map.entry("only discovery loads classes by name", "BadHabits"),
          Map.entry(
              "only core.event sees the Flight Recorder, which a runtime may lack", "BadHabits"),
          Map.entry("nobody stops threads", "BadHabits"),
          Map.entry("nobody has a finalizer", "BadHabits"),
          Map.entry("nobody leaves the charset to chance", "BadHabits"),
          Map.entry("every package is null-marked", "BadHabits"));

  @TestFactory
  @DisplayName("the wall stands")
  Stream<DynamicTest> wallsStand() {
    return Walls.below(ROOT).entrySet().stream()
        .map(rule -> DynamicTest.dynamicTest(rule.getKey(), () -> rule.getValue().check(BUILT)));
  }

  @TestFactory
  @DisplayName("the wall falls where a violation is planted")
  Stream<DynamicTest> wallsFall() {
    Map<String, ArchRule> rules = Walls.below(PLANTED);
    assertThat(PLANTS.keySet()).isEqualTo(rules.keySet());
    return rules.entrySet().stream()
        .map(
            rule ->
                DynamicTest.dynamicTest(
                    rule.getKey(), () -> assertFalls(rule.getValue(), PLANTS.get(rule.getKey()))));
  }

  private static void assertFalls(ArchRule rule, String plant) {
    assertThatThrownBy(() -> rule.check(VIOLATIONS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("was violated")
        .hasMessageContaining(plant);
  }

  @Test
  @DisplayName("the contract tests see nothing but the SPI and JUnit")
  void theContractTestsSeeNothingButTheSpi() {
    String contract = BackendContract.class.getPackageName();
    Walls.contract(ROOT).check(new ClassFileImporter().importPackages(contract));
    assertFalls(Walls.contract(PLANTED), "ContractSeesToolkit");
  }

  @Test
  @DisplayName("every module was looked at, and enough of it")
  void everyModuleWasLookedAt() {
    Set<String> modules =
        BUILT.stream()
            .map(JavaClass::getPackageName)
            .map(
                name ->
                    name.substring(ROOT.length())
                        .replaceFirst("^(\\.backend\\.\\w+|\\.\\w+).*", "$1"))
            .collect(Collectors.toSet());
    assertThat(modules)
        .contains(
            ".spi",
            ".toolkit",
            ".core",
            ".cli",
            ".backend.raw",
            ".backend.qcow2",
            ".backend.rbd",
            ".backend.lvm",
            ".source")
        .isSubsetOf(
            List.of(
                ".spi",
                ".toolkit",
                ".core",
                ".cli",
                ".backend.raw",
                ".backend.qcow2",
                ".backend.rbd",
                ".backend.lvm",
                ".source",
                ".testkit",
                ".spawn"));
    assertThat(BUILT.size()).isGreaterThan(FEWEST_CLASSES);
  }
}

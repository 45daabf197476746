package io.diskwright.it.arch;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.core.domain.properties.HasParameterTypes.Predicates.rawParameterTypes;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callCodeUnitWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.diskwright.spi.Provider;
import io.diskwright.spi.backend.FillProof;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** Who may see and do what, below a root package: ours, or that of the planted violations. */
final class Walls {
  private static final String[] LANGUAGE = {"java..", "org.slf4j..", "org.jspecify.."};

  private final String root;

  private Walls(String root) {
    this.root = root;
  }

  /**
   * Returns all rules, each by a short name.
   *
   * @param root the package below which the modules' packages are
   */
  static Map<String, ArchRule> below(String root) {
    Walls walls = new Walls(root);
    Map<String, ArchRule> rules = new LinkedHashMap<>();
    walls.addModules(rules);
    walls.addProviders(rules);
    walls.addHabits(rules);
    return rules;
  }

  /** The kit sees only what a third-party author sees. */
  static ArchRule contract(String root) {
    Walls walls = new Walls(root);
    return walls.only(
        "contract", walls.in("spi"), "org.junit.jupiter.api..", "java..", "org.jspecify..");
  }

  private String in(String part) {
    return root + '.' + part + "..";
  }

  private ArchRule only(String part, String... packages) {
    return classes()
        .that()
        .resideInAPackage(in(part))
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage(in(part)).or(JavaClass.Predicates.resideInAnyPackage(packages)));
  }

  private ArchRule never(String part, String... packages) {
    return noClasses()
        .that()
        .resideInAPackage(in(part))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages);
  }

  private ArchRule neverSeen(String part) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(in(part))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(in(part));
  }

  private static String[] language(String... more) {
    String[] all = new String[LANGUAGE.length + more.length];
    System.arraycopy(LANGUAGE, 0, all, 0, LANGUAGE.length);
    System.arraycopy(more, 0, all, LANGUAGE.length, more.length);
    return all;
  }

  private void addModules(Map<String, ArchRule> rules) {
    rules.put("spi sees nothing of ours", only("spi", language()));
    rules.put("toolkit sees spi and jna", only("toolkit", language(in("spi"), "com.sun.jna..")));
    rules.put(
        "core sees no storage",
        never(
            "core",
            in("backend"),
            in("cli"),
            in("spawn"),
            "com.ceph..",
            "com.sun.jna..",
            "org.libvirt.."));
    rules.put("backends see neither core nor cli", never("backend", in("core"), in("cli")));
    rules.put(
        "backends do not see each other",
        slices().matching(root + ".backend.(*)..").should().notDependOnEachOther());
    rules.put("cli sees no backend", never("cli", in("backend")));
    rules.put(
        "only toolkit and the RBD backend's own layer call native code",
        noClasses()
            .that()
            .resideOutsideOfPackages(in("toolkit"), in("backend.rbd.ceph"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.sun.jna..", "com.ceph.."));
    rules.put(
        "image sources see spi, toolkit and the HTTP client",
        only(
            "source",
            language(
                in("spi"),
                in("toolkit"),
                "javax.net.ssl..",
                "com.google.auto.service..",
                "com.fasterxml.jackson.core..",
                "org.snakeyaml.engine..",
                "org.apache.hc..")));
    rules.put("nobody sees an image source", neverSeen("source"));
    rules.put(
        "packages are free of cycles", slices().matching(root + ".(**)").should().beFreeOfCycles());
  }

  private void addProviders(Map<String, ArchRule> rules) {
    DescribedPredicate<JavaClass> provider =
        assignableTo(Provider.class).and(not(JavaClass.Predicates.INTERFACES));
    rules.put(
        "a provider is a public final class named so",
        classes()
            .that(provider)
            .should()
            .bePublic()
            .andShould()
            .haveModifier(JavaModifier.FINAL)
            .andShould()
            .haveSimpleNameEndingWith("Provider"));
    rules.put(
        "a provider has a public constructor without arguments, and no other",
        classes().that(provider).should(haveOnlyAPublicNoArgumentConstructor()));
    rules.put(
        "a backend shows nothing but its provider",
        // A package inside it shows more, to nobody else: see who may see a backend.
        noClasses()
            .that()
            .resideInAPackage(root + ".backend.*")
            .and(not(provider))
            .should()
            .bePublic());
    rules.put(
        "an image source shows nothing but its provider",
        // What sources share is in packages that show more, to nobody else: see who may see one.
        noClasses()
            .that()
            .resideInAPackage(in("source"))
            .and()
            .resideOutsideOfPackages(root + ".source.http", root + ".source.openstack")
            .and(not(provider))
            .should()
            .bePublic());
    rules.put(
        "only core's fills make proofs",
        classes()
            .that(assignableTo(FillProof.class).and(not(JavaClass.Predicates.INTERFACES)))
            .should()
            .resideInAPackage(root + ".core.fill"));
  }

  private static ArchCondition<JavaClass> haveOnlyAPublicNoArgumentConstructor() {
    return new ArchCondition<>("have only a public constructor without arguments") {
      @Override
      public void check(JavaClass provider, ConditionEvents events) {
        Set<JavaConstructor> all = provider.getConstructors();
        boolean good =
            all.size() == 1
                && all.stream()
                    .allMatch(
                        one ->
                            one.getRawParameterTypes().isEmpty()
                                && one.getModifiers().contains(JavaModifier.PUBLIC));
        events.add(
            new SimpleConditionEvent(
                provider, good, provider.getName() + " has the constructors " + all));
      }
    };
  }

  private void addHabits(Map<String, ArchRule> rules) {
    rules.put(
        "only cli prints",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("cli"))
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS));
    rules.put(
        "only cli ends the program",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("cli"))
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class));
    rules.put(
        "nobody uses java.util.logging",
        noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."));
    rules.put(
        "only toolkit.process starts programs",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("toolkit.process"))
            .should()
            .dependOnClassesThat(assignableTo(ProcessBuilder.class))
            .orShould(call(Runtime.class, "exec")));
    rules.put(
        "only discovery loads classes by name",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("core.discovery"))
            .should(call(Class.class, "forName"))
            .orShould(call(ClassLoader.class, "loadClass")));
    rules.put(
        "only core.event sees the Flight Recorder, which a runtime may lack",
        noClasses()
            .that()
            .resideOutsideOfPackage(in("core.event"))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.jfr.."));
    rules.put(
        "nobody stops threads",
        noClasses()
            .should(call(Thread.class, "stop"))
            .orShould(call(Thread.class, "suspend"))
            .orShould(call(Thread.class, "resume")));
    rules.put("nobody has a finalizer", noClasses().should(haveAFinalizer()));
    rules.put("nobody leaves the charset to chance", noClasses().should(useTheDefaultCharset()));
    rules.put("every package is null-marked", classes().should(beInANullMarkedPackage()));
  }

  private static ArchCondition<JavaClass> call(Class<?> type, String method) {
    return callCodeUnitWhere(target(name(method)).and(target(owner(assignableTo(type)))));
  }

  private static DescribedPredicate<JavaCall<?>> code(
      Class<?> type, String method, Class<?>... parameters) {
    return target(owner(assignableTo(type)))
        .and(target(name(method)))
        .and(target(rawParameterTypes(parameters)));
  }

  private static ArchCondition<JavaClass> useTheDefaultCharset() {
    String constructor = "<init>";
    return callCodeUnitWhere(
        code(String.class, "getBytes")
            .or(code(String.class, constructor, byte[].class))
            .or(code(String.class, constructor, byte[].class, int.class, int.class))
            .or(code(InputStreamReader.class, constructor, InputStream.class))
            .or(code(OutputStreamWriter.class, constructor, OutputStream.class))
            .or(code(Charset.class, "defaultCharset")));
  }

  private static ArchCondition<JavaClass> haveAFinalizer() {
    return new ArchCondition<>("have a finalizer") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean has = type.tryGetMethod("finalize").isPresent();
        events.add(new SimpleConditionEvent(type, has, type.getName() + " has a finalizer"));
      }
    };
  }

  private static ArchCondition<JavaClass> beInANullMarkedPackage() {
    return new ArchCondition<>("be in a null-marked package") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean marked =
            type.getPackage()
                .tryGetPackageInfo()
                .filter(info -> info.isAnnotatedWith(NullMarked.class))
                .isPresent();
        events.add(
            new SimpleConditionEvent(
                type, marked, type.getName() + " is in a package that is not null-marked"));
      }
    };
  }
}

package io.diskwright.it.support;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The program as it is shipped, run as a user runs it, with a home folder of its own. */
public final class Program {
  private final Path home;
  private final Path dist;
  private final Map<String, String> environment = new TreeMap<>();
  private final List<String> prefix = new ArrayList<>();

  /** Takes the program that was built, and a folder for its user. */
  public Program(Path home) {
    this(home, dist());
  }

  /** Takes the program that is in a folder. */
  public Program(Path home, Path dist) {
    this.home = home;
    this.dist = dist;
    environment.put("PATH", System.getenv().getOrDefault("PATH", "/usr/bin:/bin"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("LC_ALL", "C.UTF-8");
  }

  /** Returns where the program is that was built. */
  public static Path dist() {
    String property = System.getProperty("diskwright.dist");
    Path dist = property == null ? Path.of("../cli/target/diskwright") : Path.of(property);
    if (!Files.isExecutable(dist.resolve("bin/diskwright"))) {
      throw new AssertionError(dist + " has no program: run mvn package");
    }
    return dist.toAbsolutePath().normalize();
  }

  /** Sets an environment variable. */
  public Program with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  /** Has another program run it, such as setpriv. */
  public Program through(String... command) {
    prefix.addAll(List.of(command));
    return this;
  }

  /** Writes a configuration that is used from now on. */
  public Program configured(String... lines) throws IOException {
    Path file = home.resolve("diskwright.yaml");
    Files.write(file, List.of(lines));
    return with("DISKWRIGHT_CONFIG", file.toString());
  }

  /** Returns where the pool is that is used without a configuration. */
  public Path defaultPool() {
    return home.resolve(".local/share/diskwright/local");
  }

  /** Prepares a run. */
  public ProcessBuilder command(Object... arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.add(dist.resolve("bin/diskwright").toString());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.environment().put("HOME", home.toString());
    builder.environment().put("DISKWRIGHT_JAVA_OPTS", "-Duser.home=" + home);
    return builder;
  }

  /** Runs it. */
  public Tools.Result run(Object... arguments) throws Exception {
    return Tools.run(command(arguments));
  }

  /** Runs it, which must succeed, and returns what it printed. */
  public String succeed(Object... arguments) throws Exception {
    Tools.Result result = run(arguments);
    assertThat(result.status()).as("%s: %s", Arrays.toString(arguments), result.error()).isZero();
    return result.output();
  }

  /** Runs it, which must fail by a reason and tell it as a person can use it. */
  public String fail(Reason reason, Object... arguments) throws Exception {
    return fail(reason.exitCode(), arguments);
  }

  private String fail(int status, Object... arguments) throws Exception {
    Tools.Result result = run(arguments);
    assertThat(result.status()).as("%s: %s", Arrays.toString(arguments), result).isEqualTo(status);
    assertThat(result.output()).as("results only are on stdout").isEmpty();
    assertThat(result.error())
        .startsWith("diskwright: ")
        .doesNotContain("\tat ", "Exception", "java.", "io.diskwright");
    return result.error();
  }

  /** Runs it with JSON, which must fail by a reason, and returns the error. */
  public String failAsJson(Reason reason, Object... arguments) throws Exception {
    Object[] all = Stream.concat(Stream.of(arguments), Stream.of("--output", "json")).toArray();
    Tools.Result result = run(all);
    assertThat(result.status()).as("%s: %s", result, reason).isEqualTo(reason.exitCode());
    assertThat(result.output()).isEmpty();
    assertThat(result.error().strip())
        .startsWith("{")
        .endsWith("}")
        .contains("\"schema\":\"diskwright/1\"")
        .contains("\"reason\":\"" + reason.id() + '"')
        .contains("\"exitCode\":" + reason.exitCode())
        .doesNotContain("\\tat ", "\n");
    return result.error();
  }
}

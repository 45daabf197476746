package io.diskwright.core.config;

import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds, reads and checks the configuration; immutable, any thread.
 *
 * <p>One file is read, the first of these; files are never merged:
 *
 * <ol>
 *   <li>the one given to {@link #withFile}, else the one that {@code DISKWRIGHT_CONFIG} names;
 *       either must be there
 *   <li>{@code $XDG_CONFIG_HOME/diskwright/diskwright.yaml}, where {@code XDG_CONFIG_HOME} is
 *       {@code ~/.config} when it is not set
 *   <li>{@code /etc/diskwright/diskwright.yaml}
 *   <li>none: a pool {@code local} of backend {@code qcow2} in {@code
 *       $XDG_DATA_HOME/diskwright/local}, where {@code XDG_DATA_HOME} is {@code ~/.local/share}
 *       when it is not set
 * </ol>
 *
 * <p>Over what it says go environment variables, {@code DISKWRIGHT_DEFAULT_POOL}, {@code
 * DISKWRIGHT_POOLS_<POOL>_<KEY>} and {@code DISKWRIGHT_SOURCES_<ID>_<KEY>} in upper case with
 * {@code _} for {@code -} and {@code .}; over those go overrides such as {@code
 * pools.fast.path=/x}, which may make a pool. An empty variable counts as not set. When no {@code
 * default-pool} is given, the first pool is it.
 *
 * <p>A relative path in the file is resolved against the file's folder, any other against the
 * working folder. A secret is given as {@code file:PATH} or {@code env:NAME} and read by loading.
 */
public final class ConfigurationLoader {
  private static final int LARGEST_FILE = 1024 * 1024;
  private static final Path SYSTEM_FILE = Path.of("/etc/diskwright/diskwright.yaml");
  private static final String USER_FILE = "diskwright/diskwright.yaml";

  private final Providers providers;
  private final ProcessEnvironment environment;
  private final Path systemFile;
  private final @Nullable Path file;
  private final List<String> overrides;

  private ConfigurationLoader(
      Providers providers,
      ProcessEnvironment environment,
      Path systemFile,
      @Nullable Path file,
      List<String> overrides) {
    this.providers = providers;
    this.environment = environment;
    this.systemFile = systemFile;
    this.file = file;
    this.overrides = List.copyOf(overrides);
  }

  /**
   * Returns a loader.
   *
   * @param providers the providers whose keys may be configured
   * @param environment the environment variables and folders to go by
   */
  public static ConfigurationLoader of(Providers providers, ProcessEnvironment environment) {
    return new ConfigurationLoader(providers, environment, SYSTEM_FILE, null, List.of());
  }

  /** Returns this loader, reading this file and no other. */
  public ConfigurationLoader withFile(Path explicitFile) {
    return new ConfigurationLoader(providers, environment, systemFile, explicitFile, overrides);
  }

  /** Returns this loader with overrides, each as {@code key=value}; later ones win. */
  public ConfigurationLoader withOverrides(List<String> keysWithValues) {
    return new ConfigurationLoader(providers, environment, systemFile, file, keysWithValues);
  }

  /** Lets tests have a system of their own. */
  ConfigurationLoader withSystemFile(Path path) {
    return new ConfigurationLoader(providers, environment, path, file, overrides);
  }

  /**
   * Returns everything that is wrong: the file's problems by line, the variables', the overrides'.
   */
  public List<ConfigProblem> check() {
    Problems problems = new Problems();
    read(problems);
    return problems.sorted();
  }

  /**
   * Returns the configuration.
   *
   * @throws DiskException with reason {@code CONFIGURATION} when anything is wrong; its message has
   *     each problem of {@link #check} on a line of its own
   */
  public Configuration load() throws DiskException {
    Problems problems = new Problems();
    Optional<Configuration> configuration = read(problems);
    List<ConfigProblem> found = problems.sorted();
    if (configuration.isEmpty() || !found.isEmpty()) {
      throw refused(found);
    }
    return configuration.get();
  }

  private static DiskException refused(List<ConfigProblem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    String lines = problems.stream().map(problem -> "\n" + problem).collect(Collectors.joining());
    return DiskException.of(Reason.CONFIGURATION, "use the configuration")
        .said(count + lines)
        .build();
  }

  private Optional<Configuration> read(Problems problems) {
    Optional<Draft> draft = draft(problems);
    draft.ifPresent(each -> override(each, problems));
    return draft.map(
        each -> new Checker(each, providers, new Secrets(environment), problems).check());
  }

  private void override(Draft draft, Problems problems) {
    Options options = Options.parse(overrides, environment.workingFolder(), problems);
    options.begin(draft);
    new EnvironmentOverrides(environment, providers, problems).apply(draft, options);
    options.apply(draft);
  }

  private Optional<Draft> draft(Problems problems) {
    try {
      Optional<ConfigFile> found = find();
      return found.isPresent() ? readFile(found.get(), problems) : Optional.of(builtIn());
    } catch (InvalidPathException e) {
      problems.add(nowhere(), "path must be usable: " + Printable.of(e.getReason()));
      return Optional.empty();
    }
  }

  /** A file that may be there but cannot be seen is read, so that the reason is reported. */
  private Optional<ConfigFile> find() {
    Optional<Path> explicit =
        Optional.ofNullable(file).or(() -> environment.variable("DISKWRIGHT_CONFIG").map(Path::of));
    if (explicit.isPresent()) {
      return explicit.map(path -> ConfigFile.of(path, environment.workingFolder()));
    }
    Path userFile = environment.xdgFolder("XDG_CONFIG_HOME", ".config").resolve(USER_FILE);
    return List.of(userFile, systemFile).stream()
        .filter(path -> !Files.notExists(path))
        .findFirst()
        .map(path -> ConfigFile.of(path, environment.workingFolder()));
  }

  private Optional<Draft> readFile(ConfigFile found, Problems problems) {
    String text;
    try {
      text = FileText.read(found.path(), LARGEST_FILE);
    } catch (IOException e) {
      problems.add(found.origin(), String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    return YamlTree.read(found, text, problems).map(root -> FileLayout.read(found, root, problems));
  }

  /** A variable may hold what is no path in this locale. */
  private Origin nowhere() {
    return new Origin(Origin.Layer.FILE, 0, "environment variables", environment.workingFolder());
  }

  private Draft builtIn() {
    Path folder = environment.xdgFolder("XDG_DATA_HOME", ".local/share");
    Origin origin = new Origin(Origin.Layer.FILE, 0, Configuration.BUILT_IN, folder);
    Draft draft = new Draft(origin);
    Section local = draft.section(Draft.POOLS, "local", origin);
    local.put(PoolKeys.BACKEND.name(), new Written("qcow2", origin));
    local.put("path", new Written(folder.resolve("diskwright/local").toString(), origin));
    return draft;
  }
}

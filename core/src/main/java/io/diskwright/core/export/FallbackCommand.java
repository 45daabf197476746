package io.diskwright.core.export;

import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The command by which a fallback host is asked for a base; immutable.
 *
 * @param text the program and its arguments, between spaces; in each, {@code {host}}, {@code
 *     {pool}} and {@code {image}} are replaced
 * @param stall how long it may do nothing
 */
public record FallbackCommand(String text, Duration stall) {
  static final String TRIED = "fetch base from fallback host";

  /** What any shell takes as it is: on the other host, one reads the command. */
  private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._~:/@%+,=-]+");

  /**
   * Asks a host for the base that a pool of this name has of an image there.
   *
   * @param host the host
   * @param pool the pool's name
   * @param image the image, as {@code source:id}
   * @param call deadline, cancellation; bounds what is done with the base, too
   * @return the base, of which the record has come; the caller closes it
   * @throws DiskException with reason {@code NOT_FOUND} when the host has none, {@code
   *     INVALID_REQUEST} when the image's name could mean something to a shell, {@code
   *     CONFIGURATION} when there is no command, {@code UNAVAILABLE} when it failed, {@code
   *     IMAGE_UNACCEPTABLE} when what came is no base of the image
   */
  public ExportedBase open(FallbackHost host, PoolName pool, String image, Call call)
      throws DiskException {
    return ExportedBase.open(host, image, prepare(host, pool, image), call);
  }

  /**
   * Prepares what {@link #open} runs, and runs nothing.
   *
   * @throws DiskException as {@link #open} does, as far as that can be told beforehand
   */
  public ChildProcess prepare(FallbackHost host, PoolName pool, String image) throws DiskException {
    if (!HARMLESS.matcher(image).matches()) {
      throw DiskException.of(Reason.INVALID_REQUEST, TRIED)
          .resource(image)
          .said("its name has signs that a shell on %s would read".formatted(host))
          .remedy("name an image without them")
          .build();
    }
    List<String> command =
        Arrays.stream(text.split("\\s+", -1))
            .filter(word -> !word.isEmpty())
            .map(word -> word.replace("{host}", host.name()))
            .map(word -> word.replace("{pool}", pool.value()))
            .map(word -> word.replace("{image}", image))
            .toList();
    if (command.isEmpty()) {
      throw DiskException.of(Reason.CONFIGURATION, TRIED)
          .pool(pool.value())
          .said("the pool's fallback-command is empty")
          .remedy("leave it out, for ssh, or give a command")
          .build();
    }
    return child(command);
  }

  private ChildProcess child(List<String> command) throws DiskException {
    return ChildProcess.of(TRIED, program(command.get(0)), command.subList(1, command.size()))
        .keepingVariables("HOME", "SSH_AUTH_SOCK")
        .stallTimeout(stall);
  }

  private static Path program(String name) throws DiskException {
    Optional<Path> found =
        name.contains("/") ? Optional.of(Path.of(name)) : new Tool(name, "openssh-client").find();
    return found.orElseThrow(
        () ->
            DiskException.of(Reason.UNAVAILABLE, TRIED)
                .said("the program %s is not on the search path".formatted(name))
                .remedy(
                    name.equals("ssh")
                        ? new Tool(name, "openssh-client").remedy()
                        : "install it, or name another in the pool's fallback-command")
                .build());
  }
}

package io.diskwright.toolkit.process;

import io.diskwright.spi.Answer;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Finds out what of a cage this host offers, by trying: first all of it, else part by part. */
final class CageProbe {
  private static final String TRIED = "try a cage";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Path NOTHING = Path.of("/usr/bin/true");
  private static final CageLimits LIMITS = new CageLimits(1L << 30, Duration.ofSeconds(10), 0, 16);

  private final boolean root = CageUser.isRoot();

  CageSupport ask() {
    CageSupport all = CageSupport.all(!root);
    return tryCage(all).yes() ? all : byParts();
  }

  private CageSupport byParts() {
    boolean ofUsers = !root || !tryTool(CageRun.unshare(false, "--mount")).yes();
    Map<CagePart, Answer> answers = new EnumMap<>(CagePart.class);
    answers.put(CagePart.FILES, tryTool(CageRun.unshare(ofUsers, "--mount")));
    answers.put(CagePart.NETWORK, tryTool(CageRun.unshare(ofUsers, "--net")));
    answers.put(CagePart.PROCESSES, tryTool(CageRun.unshare(ofUsers, "--pid", "--fork")));
    answers.put(CagePart.IPC, tryTool(CageRun.unshare(ofUsers, "--ipc", "--uts")));
    boolean inside = ofUsers && answers.containsValue(Answer.ofYes());
    List<String> rights = new ArrayList<>(inside ? CageRun.unshare(true) : List.of());
    rights.addAll(CageRun.noRights(root, inside, true));
    answers.put(CagePart.RIGHTS, tryTool(rights));
    answers.put(CagePart.USER, user(inside));
    answers.put(CagePart.LIMITS, tryTool(CageRun.limits(LIMITS)));
    CageSupport found = new CageSupport(answers, inside);
    if (found.has(CagePart.FILES)) {
      answers.put(CagePart.FILES, tryCage(found));
    }
    return new CageSupport(answers, inside);
  }

  /** Root in a namespace of users that has no other user has nobody else to be. */
  private Answer user(boolean userNamespace) {
    if (!root) {
      return Answer.ofYes();
    }
    return userNamespace
        ? Answer.no("namespaces are allowed only together with one of users, where we stay root")
        : tryTool(CageUser.NOBODY_ELSE.arguments());
  }

  private static Answer tryCage(CageSupport support) {
    Cage cage = Cage.around(NOTHING, LIMITS, support);
    return answer(ChildProcess.of(TRIED, NOTHING, List.of()).in(cage));
  }

  private static Answer tryTool(List<String> command) {
    Path tool = Path.of(command.get(0));
    if (!Files.isExecutable(tool)) {
      return Answer.no("there is no %s (Debian package util-linux)".formatted(tool));
    }
    List<String> arguments = new ArrayList<>(command.subList(1, command.size()));
    arguments.add(NOTHING.toString());
    return answer(ChildProcess.of(TRIED, tool, arguments));
  }

  private static Answer answer(ChildProcess child) {
    try {
      String unused = child.run(Call.within(PATIENCE));
      return Answer.ofYes();
    } catch (DiskException e) {
      return Answer.no(e.detail().lines().findFirst().orElse("it failed"));
    }
  }
}

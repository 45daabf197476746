package io.diskwright.core.config;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML into nodes that know their lines; one thread.
 *
 * <p>Made from parser events, not by the parser's own composer: that one follows aliases, which can
 * blow up a small file, and nests as deep as the file does.
 */
final class YamlTree {
  private static final int DEEPEST = 16;

  /** Ends the reading, because the scanner's time grows with the square of the depth. */
  private static final class TooDeepException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;

    TooDeepException(int line) {
      this.line = line;
    }
  }

  private final ConfigFile file;
  private final Problems problems;
  private final Iterator<Event> events;

  private YamlTree(ConfigFile file, String text, Problems problems) {
    this.file = file;
    this.problems = problems;
    LoadSettings settings = LoadSettings.builder().setLabel(file.shown()).build();
    this.events = new Parse(settings).parseString(text).iterator();
  }

  /** Returns the file's root; empty when it is not YAML, which is then reported. */
  static Optional<YamlNode> read(ConfigFile file, String text, Problems problems) {
    try {
      return Optional.of(new YamlTree(file, text, problems).document());
    } catch (MarkedYamlEngineException e) {
      problems.add(file.origin(lineOf(e)), "not valid YAML: " + words(e));
    } catch (ReaderException e) {
      int line = 1 + (int) text.codePoints().limit(e.getPosition()).filter(c -> c == '\n').count();
      problems.add(
          file.origin(line), "character 0x%X must not be in YAML".formatted(e.getCodePoint()));
    } catch (TooDeepException e) {
      problems.add(file.origin(e.line), "nesting must be at most %d deep".formatted(DEEPEST));
    } catch (YamlEngineException e) {
      problems.add(file.origin(), "not valid YAML");
    }
    return Optional.empty();
  }

  private YamlNode document() {
    YamlNode root = new YamlNode.Scalar(1, "", true);
    boolean found = false;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof NodeEvent && found) {
        problems.add(file.origin(line(event)), "the file must have one YAML document");
        return root;
      }
      if (event instanceof NodeEvent) {
        root = node(event, 0);
        found = true;
      }
    }
    return root;
  }

  private YamlNode node(Event event, int depth) {
    int line = line(event);
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag(), line);
      boolean absent = scalar.isPlain() && scalar.getValue().isEmpty();
      return new YamlNode.Scalar(line, scalar.getValue(), absent);
    }
    if (!(event instanceof CollectionStartEvent start)) {
      problems.add(file.origin(line), "aliases are not understood; write the value out");
      return new YamlNode.Broken(line);
    }
    refuseTag(start.getTag(), line);
    if (depth == DEEPEST) {
      throw new TooDeepException(line);
    }
    return start.getEventId() == Event.ID.MappingStart
        ? mapping(line, depth)
        : sequence(line, depth);
  }

  private YamlNode mapping(int line, int depth) {
    List<YamlNode.Entry> entries = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      YamlNode key = node(event, depth + 1);
      YamlNode value = node(events.next(), depth + 1);
      entries.add(new YamlNode.Entry(key, value));
      event = events.next();
    }
    return new YamlNode.Mapping(line, entries);
  }

  private YamlNode sequence(int line, int depth) {
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      node(event, depth + 1);
      event = events.next();
    }
    return new YamlNode.Sequence(line);
  }

  private void refuseTag(Optional<String> tag, int line) {
    tag.ifPresent(
        name ->
            problems.add(
                file.origin(line), "tags (%s) are not understood".formatted(Printable.of(name))));
  }

  private static int line(Event event) {
    return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private static int lineOf(MarkedYamlEngineException e) {
    return e.getProblemMark().or(e::getContextMark).map(Mark::getLine).orElse(0) + 1;
  }

  /**
   * Leaves out the snippet of the file that the exception's own message has: it may be a secret.
   */
  private static String words(MarkedYamlEngineException e) {
    @Nullable String context = e.getContext();
    @Nullable String problem = e.getProblem();
    String words = context == null || context.isBlank() ? "" : context.strip() + ", ";
    return Printable.of(words + (problem == null ? "" : problem.strip()));
  }
}

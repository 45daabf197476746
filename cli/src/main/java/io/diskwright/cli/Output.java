package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;

/** Where a command's result goes: text for people, or one JSON object on one line for programs. */
final class Output {
  /** The version of every JSON object that is written. */
  static final String SCHEMA = "diskwright/1";

  private final PrintWriter out;
  private final boolean json;

  Output(PrintWriter out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** Returns whether programs read it. */
  boolean isJson() {
    return json;
  }

  /** Writes the members of an object. */
  @FunctionalInterface
  interface Members {
    void write(JsonGenerator json) throws IOException;
  }

  /** Writes a result in the way that is asked for. */
  void write(Consumer<PrintWriter> text, Members members) throws DiskException {
    try {
      if (json) {
        writeJson(out, members);
      } else {
        text.accept(out);
      }
      if (out.checkError()) {
        throw new IOException("stdout does not take it");
      }
    } catch (IOException e) {
      throw DiskException.of(Reason.IO_ERROR, "write the result")
          .remedy("it was done: ask again for what became of it")
          .cause(e)
          .build();
    }
  }

  /** Writes an array of strings. */
  static void writeStrings(JsonGenerator json, String name, List<String> values)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (String value : values) {
      json.writeString(value);
    }
    json.writeEndArray();
  }

  static void writeJson(PrintWriter writer, Members members) throws IOException {
    JsonGenerator json =
        new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET).createGenerator(writer);
    try (json) {
      json.writeStartObject();
      json.writeStringField("schema", SCHEMA);
      members.write(json);
      json.writeEndObject();
    }
    writer.println();
  }
}

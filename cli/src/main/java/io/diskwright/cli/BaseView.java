package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import java.io.IOException;

/** Shows bases. */
final class BaseView {
  private static final int SHOWN_DIGITS = 12;

  private BaseView() {}

  /** Returns the first digits of a key, which tell bases apart. */
  static String shortKey(BaseKey key) {
    return key.value().substring(0, SHOWN_DIGITS);
  }

  /** Writes a base as an object. */
  static void write(JsonGenerator json, BaseRecord base) throws IOException {
    json.writeStartObject();
    writeMembers(json, base);
    json.writeEndObject();
  }

  /** Writes a base, what it costs and who needs it, and leaves the object open for more. */
  static void start(JsonGenerator json, BaseUsage usage) throws IOException {
    json.writeStartObject();
    writeMembers(json, usage.base());
    json.writeNumberField("allocated", usage.allocated());
    json.writeStringField("lastUsedAt", usage.lastUsed().toString());
    json.writeBooleanField("pinned", usage.pinned());
    Output.writeStrings(json, "users", usage.users().stream().map(DiskName::value).toList());
  }

  private static void writeMembers(JsonGenerator json, BaseRecord base) throws IOException {
    json.writeStringField("key", base.key().value());
    json.writeStringField("format", base.format().id());
    json.writeNumberField("length", base.length());
    json.writeNumberField("virtualSize", base.virtualSize());
    json.writeStringField("image", base.image());
    json.writeStringField("imageFormat", base.imageFormat().id());
    json.writeStringField("verified", base.verified());
    json.writeStringField("checksum", base.checksum().orElse(null));
    json.writeStringField("storageId", base.storageId());
    json.writeStringField("createdAt", base.created().toString());
  }
}

package io.diskwright.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What has been measured; printed as it comes. */
final class Table {
  private final List<String> entries = new ArrayList<>();

  Table() {
    System.out.println(Row.header());
  }

  void add(Row row) {
    entries.add(row.json());
    System.out.println(row.text());
  }

  /** Adds a figure that is not a time. */
  void add(String name, long figure, String unit, long most) {
    entries.add(
        String.format(
            Locale.ROOT,
            "{\"name\":\"%s\",\"figure\":%d,\"unit\":\"%s\",\"target\":\"<= %d\"}",
            name,
            figure,
            unit,
            most));
    System.out.printf(Locale.ROOT, "%-44s %10d %s  <= %d%n", name, figure, unit, most);
  }

  /** Adds a figure that explains others. */
  void tell(String name, long figure, String unit) {
    entries.add(
        String.format(
            Locale.ROOT, "{\"name\":\"%s\",\"figure\":%d,\"unit\":\"%s\"}", name, figure, unit));
    System.out.printf(Locale.ROOT, "%-44s %10d %s%n", name, figure, unit);
  }

  String json() {
    return "[\n" + String.join(",\n", entries) + "\n]\n";
  }
}

package io.diskwright.core.inspect;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a fuzzer begins with: made when it is wanted, not stored. */
public final class FuzzSeeds {
  /**
   * Inputs that a fuzzer found something with, which was then mended: resources in {@code fuzz}.
   */
  static final List<String> FOUND = List.of("qcow2-version-2-of-74-bytes", "gzip-header-checksum");

  private FuzzSeeds() {}

  /** Writes all seeds into a folder. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    List<byte[]> seeds = all();
    for (int i = 0; i < seeds.size(); i++) {
      Files.write(folder.resolve("seed" + i), seeds.get(i));
    }
  }

  static List<byte[]> all() {
    List<byte[]> seeds = new ArrayList<>();
    for (int choice = 1; choice <= FuzzedImage.choices(); choice++) {
      seeds.add(new byte[] {(byte) choice});
      seeds.add(new byte[] {(byte) (choice | 0x80), 0, 0, 60, 1, 3});
      seeds.add(new byte[] {(byte) choice, 0, 2, 0, 4, 1, 2, 3, 4, 1, 0, 0, 0});
    }
    seeds.add(behindZero(Arrays.copyOf(Qcow2Bytes.valid(9, 10_240).bytes(), 3584)));
    seeds.add(behindZero(Arrays.copyOf(VdiBytes.valid().bytes(), 2048)));
    seeds.add(behindZero(Arrays.copyOf(VmdkBytes.monolithicSparse().bytes(), 16_384)));
    seeds.add(Arrays.copyOf(Qcow2Bytes.valid().backing("/etc/passwd").bytes(), 600));
    seeds.add(text(VmdkBytes.descriptorText("monolithicSparse")));
    seeds.add(
        text("# parentFileNameHint=\"/etc/passwd\"\nRW 1 FLAT \"/etc/passwd\" 0\nparentCID=1\n"));
    seeds.add(text("file:///images/./a.qcow2"));
    seeds.add(text("https://host:80/a%20b?c#d"));
    seeds.add(text("diskwright-record 1\na=b%3Dc\nend\n"));
    return seeds;
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] behindZero(byte[] image) {
    byte[] input = new byte[image.length + 1];
    System.arraycopy(image, 0, input, 1, image.length);
    return input;
  }
}

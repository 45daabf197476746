package io.diskwright.core.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a small file of UTF-8 text, whatever it turns out to be. */
final class FileText {
  private FileText() {}

  /**
   * Reads it whole.
   *
   * @param most how many bytes it may have
   * @throws IOException whose message is the problem, without the file's name or content
   */
  static String read(Path file, int most) throws IOException {
    byte[] bytes = bytes(file, most + 1);
    if (bytes.length > most) {
      throw new IOException("the file must be at most %d KiB".formatted(most / 1024));
    }
    try {
      return withoutMark(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      throw new IOException("the file must be UTF-8 text", e);
    }
  }

  private static byte[] bytes(Path file, int most) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("it must be a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(most);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no such file", e);
    } catch (AccessDeniedException e) {
      throw new IOException("there is no permission to read the file", e);
    } catch (IOException e) {
      throw new IOException("the file cannot be read: " + e.getMessage(), e);
    }
  }

  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }
}

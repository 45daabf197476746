package io.diskwright.it.boot;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A machine with one disk, attached as the disk says, that says a line and ends. */
final class Boot {
  /** What a machine says that boots from one of the repository's images. */
  static final String LINE = "Hello from Diskwright";

  private static final int EXIT_OF_GUEST = 33;
  private static final int ENOUGH_SECONDS = 120;

  private Boot() {}

  /** Returns the machine, which writes to a file what it says. */
  static ProcessBuilder machine(Disk disk, Path serial) {
    return new ProcessBuilder(
            Tools.require("qemu-system-x86_64").toString(),
            "-nodefaults",
            "-machine",
            "pc,accel=tcg",
            "-m",
            "64",
            "-display",
            "none",
            "-no-reboot",
            "-serial",
            "stdio",
            "-blockdev",
            disk.qemuBlockdev("root"),
            "-device",
            "virtio-blk-pci,drive=root,bootindex=1",
            "-device",
            "isa-debug-exit,iobase=0xf4,iosize=0x04")
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .redirectOutput(serial.toFile());
  }

  /** Fails unless it boots; leaves what it says in a folder. */
  static void assertBoots(Disk disk, Path folder) throws Exception {
    Path serial = folder.resolve("serial");
    Process machine = machine(disk, serial).start();
    try {
      assertThat(machine.waitFor(ENOUGH_SECONDS, TimeUnit.SECONDS)).as("it ends").isTrue();
    } finally {
      machine.destroyForcibly();
    }
    assertThat(said(serial)).contains(LINE);
    assertThat(machine.exitValue()).isEqualTo(EXIT_OF_GUEST);
  }

  /** Returns what a machine has said. */
  static String said(Path serial) throws IOException {
    return new String(Files.readAllBytes(serial), ISO_8859_1);
  }
}

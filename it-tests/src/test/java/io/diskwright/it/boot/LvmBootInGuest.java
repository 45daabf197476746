package io.diskwright.it.boot;

import io.diskwright.core.Diskwright;
import io.diskwright.it.lvm.Lvm2;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine boots from its logical volume. */
public class LvmBootInGuest {
  @TempDir Path folder = Path.of("");

  @Test
  void aMachineBootsFromItsLogicalVolume() throws Exception {
    try (Lvm2 lvm = Lvm2.group("boot");
        Diskwright diskwright = Diskwright.open(lvm.pool(folder))) {
      for (Path image : new Path[] {Images.HELLO_RAW, Images.HELLO_QCOW2}) {
        String name = "boots-" + image.getFileName();
        Boot.assertBoots(
            diskwright
                .provision(Host.diskFrom(name, image).size(64L << 20).build(), Host.call())
                .disk(),
            folder);
      }
    }
  }
}

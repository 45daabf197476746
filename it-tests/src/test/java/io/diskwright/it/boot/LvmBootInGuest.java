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
  void aMachineBootsFromItsThinVolume() throws Exception {
    assertBoots(Lvm2.group("boot"), Images.HELLO_RAW, Images.HELLO_QCOW2);
  }

  @Test
  void aMachineBootsFromItsLinearVolume() throws Exception {
    assertBoots(Lvm2.linear("boot"), Images.HELLO_RAW);
  }

  private void assertBoots(Lvm2 group, Path... images) throws Exception {
    try (Lvm2 lvm = group;
        Diskwright diskwright = Diskwright.open(lvm.pool(folder))) {
      for (Path image : images) {
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

package io.diskwright.backend.lvm;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.image.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The bases of a pool, on which no disk depends; any thread. */
interface LvmBases {
  /** Returns a folder beside them, when they are files. */
  Optional<Path> folder();

  Optional<BaseRecord> find(BaseKey key, Call call) throws IOException;

  BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException;

  /** Lists them, oldest first; one that is damaged does not hide the others. */
  List<BaseRecord> list(Call call) throws IOException;

  /** Tells what each base costs, oldest first. */
  List<BaseUsage> usage(Call call) throws IOException;

  /** Lets go of a base, damaged or not; its disks live on. */
  Eviction evict(BaseKey key, Call call) throws IOException;

  void pin(BaseKey key, boolean pinned, Call call) throws IOException;

  BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws IOException;

  /** Notes that a disk was made of a base. */
  void markUsed(BaseRecord base) throws IOException;

  /** Opens just this base's bytes; the caller closes them. */
  Content open(BaseRecord base, Call call) throws IOException;

  /** Sweeps what killed calls have left elsewhere than among the volumes. */
  Recovery recover(Call call) throws IOException;

  /** Looks whether everything is there that they need. */
  List<Finding> check() throws IOException;

  void close();
}

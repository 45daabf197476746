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
import io.diskwright.toolkit.pool.BaseFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Bases as files of a folder, from which linear volumes are copied. */
final class LinearBases implements LvmBases {
  private final BaseFolder bases;

  LinearBases(BaseFolder bases) {
    this.bases = bases;
  }

  @Override
  public Optional<Path> folder() {
    return Optional.of(bases.path());
  }

  @Override
  public Optional<BaseRecord> find(BaseKey key, Call call) throws IOException {
    return bases.find(key);
  }

  @Override
  public BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    return bases.findOrFill(request, fill, call);
  }

  @Override
  public List<BaseRecord> list(Call call) throws IOException {
    return bases.list();
  }

  @Override
  public List<BaseUsage> usage(Call call) throws IOException {
    return bases.usage(call);
  }

  @Override
  public Eviction evict(BaseKey key, Call call) throws IOException {
    return bases.evictAll(Set.of(key), call).getOrDefault(key, Eviction.ABSENT);
  }

  @Override
  public void pin(BaseKey key, boolean pinned, Call call) throws IOException {
    bases.pin(key, pinned);
  }

  @Override
  public BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws IOException {
    return bases.reverified(base, proof);
  }

  @Override
  public Content open(BaseRecord base, Call call) throws IOException {
    return bases.open(base);
  }

  @Override
  public void markUsed(BaseRecord base) throws IOException {
    bases.markUsed(base);
  }

  @Override
  public Recovery recover(Call call) throws IOException {
    return bases.recover(call);
  }

  @Override
  public List<Finding> check() throws IOException {
    return bases.check();
  }

  @Override
  public void close() {
    bases.close();
  }
}

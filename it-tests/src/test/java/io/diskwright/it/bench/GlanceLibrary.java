package io.diskwright.it.bench;

import java.io.IOException;
import java.nio.file.Path;

/** Our disks of Glance's images. */
final class GlanceLibrary implements DiskMaker {
  private final Library library;

  private GlanceLibrary(Library library) {
    this.library = library;
  }

  /** Opens a pool, by its keys, and Glance, by a cloud of {@code clouds.yaml}. */
  static GlanceLibrary open(Path folder, String keys, Path clouds) throws Exception {
    return new GlanceLibrary(Library.withGlance(folder, keys, clouds));
  }

  @Override
  public void create(String name, String image) throws Exception {
    var unused = library.create(name, "glance:" + image, NovaBench.DISK_GIB << 30);
  }

  @Override
  public void delete(String name) throws Exception {
    library.delete(name);
  }

  @Override
  public String qemuFile(String name) throws Exception {
    return "json:" + library.find(name).qemuBlockdev("disk");
  }

  @Override
  public void close() throws IOException {
    library.close();
  }
}

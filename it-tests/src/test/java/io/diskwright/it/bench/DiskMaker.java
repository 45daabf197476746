package io.diskwright.it.bench;

import java.io.IOException;

/** Makes disks of Glance's images, on storage of one kind. */
interface DiskMaker extends AutoCloseable {

  /** Makes a disk of an image, as large as the bench's disks are. */
  void create(String name, String image) throws Exception;

  /** Deletes a disk, which is there. */
  void delete(String name) throws Exception;

  /** Returns the disk as {@code qemu-img} names it. */
  String qemuFile(String name) throws Exception;

  @Override
  void close() throws IOException;
}

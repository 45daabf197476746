package io.diskwright.toolkit.qcow2;

/** What the entries of the L1 and L2 tables of a qcow2 image say. */
public final class Qcow2Entry {
  private static final long PLACE = 0x00fffffffffffe00L;
  private static final long COMPRESSED = 1L << 62;
  private static final long ZERO = 1;

  private Qcow2Entry() {}

  /**
   * Returns where in the image the L2 table, or the cluster that is not compressed, is; 0 when it
   * is nowhere.
   */
  public static long place(long entry) {
    return entry & PLACE;
  }

  /** Returns whether an entry of an L2 table is that of a compressed cluster. */
  public static boolean compressed(long entry) {
    return (entry & COMPRESSED) != 0;
  }

  /**
   * Returns where in the image a compressed cluster begins.
   *
   * @param clusterBits the cluster size as a power of two
   */
  public static long compressedPlace(long entry, int clusterBits) {
    return entry & ((1L << sizeShift(clusterBits)) - 1);
  }

  /**
   * Returns in how many sectors a compressed cluster is, the first one of which it may begin in.
   *
   * @param clusterBits the cluster size as a power of two
   */
  public static long compressedSectors(long entry, int clusterBits) {
    return 1 + ((entry & (COMPRESSED - 1)) >>> sizeShift(clusterBits));
  }

  private static int sizeShift(int clusterBits) {
    return 62 - (clusterBits - 8);
  }

  /**
   * Returns whether an entry of an L2 table says that its cluster, which is not compressed, reads
   * as zeros, whatever its place is; only in version 3, and not where there are subclusters.
   */
  public static boolean zero(long entry) {
    return (entry & ZERO) != 0;
  }
}

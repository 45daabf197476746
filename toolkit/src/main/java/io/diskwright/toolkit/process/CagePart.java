package io.diskwright.toolkit.process;

/** What a cage is made of; a host may refuse some of it. */
public enum CagePart {
  /** Address space, processor time, size of files and open files are limited. */
  LIMITS("limits of memory, processor time and files"),
  /** It has a root of its own, with programs, the image and one writable path. */
  FILES("a file system of its own"),
  /** It has no network interface but an unconnected loopback. */
  NETWORK("no network"),
  /** It sees no process but its own, and all of them end together. */
  PROCESSES("no other processes"),
  /** It shares no queues, semaphores or host name with others. */
  IPC("no shared memory or queues"),
  /** It runs as a user who owns nothing else of importance. */
  USER("an unprivileged user"),
  /** It has no capabilities, and no program that it starts can get any. */
  RIGHTS("no capabilities");

  private final String description;

  CagePart(String description) {
    this.description = description;
  }

  /** Returns what it gives, as words for a person. */
  public String description() {
    return description;
  }
}

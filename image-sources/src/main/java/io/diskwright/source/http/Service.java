package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.util.Map;
import java.util.Optional;

/** Whom requests go to: what lets them in, and what it means to be turned away; any thread. */
public interface Service {
  /** Returns the id of the image source, whose keys remedies name. */
  String source();

  /**
   * Returns the headers that let a request in. They are sent to nobody to whom a redirect leads.
   *
   * @param refused those that were answered by 401 just now; empty when none were
   * @param fetch what is fetched, which may be used to ask for them
   * @return others than those that were refused; the same when there are no others
   * @throws DiskException when they cannot be had
   */
  Map<String, String> authorization(Map<String, String> refused, Fetch fetch) throws DiskException;

  /**
   * Returns what an answer means that has none of the image's bytes, and is no redirect.
   *
   * @param status the status of the answer
   * @param fetch what is fetched, which may be used to find out
   * @return the failure; empty for what the status means anywhere
   * @throws DiskException when it could not be found out
   */
  Optional<DiskException> refusal(int status, Fetch fetch) throws DiskException;
}

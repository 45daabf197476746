package io.diskwright.core.discovery;

/** A provider that could be constructed, and the jar that offers it. */
record Candidate<P>(P provider, String jar) {}

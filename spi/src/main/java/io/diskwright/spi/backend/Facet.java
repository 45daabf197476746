package io.diskwright.spi.backend;

/**
 * Something that not every storage can do.
 *
 * <p>A backend hands a facet out from {@link ImageBackend#facet}, or does not; core refuses what
 * needs one that is missing, with reason {@code UNSUPPORTED}, before anything is touched. A facet
 * shares its backend's life and may be used from any thread. The list is closed: a facet means
 * something only if core asks for it.
 */
public sealed interface Facet
    permits Extraction, Flattening, LocationCloning, Preallocation, Snapshots {}

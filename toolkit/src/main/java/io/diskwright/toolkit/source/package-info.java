/**
 * What image sources share: {@link io.diskwright.toolkit.source.Redaction} keeps secrets out of
 * what is shown and recorded of a reference, {@link io.diskwright.toolkit.source.DigestList} finds
 * an image's digest in a list such as {@code SHA256SUMS}.
 */
@NullMarked
package io.diskwright.toolkit.source;

import org.jspecify.annotations.NullMarked;

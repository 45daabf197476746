package io.diskwright.core.fill;

import io.diskwright.spi.backend.FillProof;
import java.util.Optional;

/** The only proof there is: made at the end of {@link ImageFill#into}, and nowhere else. */
record Proof(String verified, Optional<String> checksum) implements FillProof {}

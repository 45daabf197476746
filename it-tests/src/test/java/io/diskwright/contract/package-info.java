/**
 * What every backend must pass: one abstract test class per area of the promises that {@link
 * io.diskwright.spi.backend} lists, each test named after the promise it checks.
 *
 * <p>Extend {@link io.diskwright.contract.BackendContract} for all that is required of every
 * backend, and add one nested class for each facet the backend hands out. A {@link
 * io.diskwright.contract.ContractFixture} tells the tests how to reach the storage. Nothing here
 * knows of files: only the service-provider interface, the JDK and JUnit are seen.
 */
@NullMarked
package io.diskwright.contract;

import org.jspecify.annotations.NullMarked;

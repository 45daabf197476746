/**
 * The image source {@code http}: images by {@code http:} and {@code https:} URLs. {@link
 * io.diskwright.source.http.HttpSourceProvider} is what is found of it.
 *
 * <p>From the top: {@code HttpSource} resolves and opens; {@code HttpStream} and {@code
 * HttpContent} hand out bytes, which {@code Download} brings and resumes; {@code Resource} asks for
 * ranges of one image and checks that it is still the same; {@code Requests} follows redirects;
 * {@code Transport} holds the connections, with {@code GuardedResolver} and {@code Proxies}.
 */
@NullMarked
package io.diskwright.source.http;

import org.jspecify.annotations.NullMarked;

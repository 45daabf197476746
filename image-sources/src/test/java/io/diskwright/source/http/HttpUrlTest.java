package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One image has one spelling, and relative references lead where RFC 3986 says. */
class HttpUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://Host, http://host/",
    "HTTP://HOST:80/A?B#c, http://host/A?B",
    "https://host:443/a, https://host/a",
    "https://host:80/a, https://host:80/a",
    "http://host:/a, http://host/a",
    "http://host/a/./b/../c, http://host/a/c",
    "http://host/../../a, http://host/a",
    "http://host/a/.., http://host/",
    "http://host/a/., http://host/a/",
    "http://host//a//b, http://host//a//b",
    "http://host?a/../b, http://host/?a/../b",
    "http://host/a b/ä.raw, http://host/a%20b/%C3%A4.raw",
    "http://host/%2e%2e/a, http://host/%2e%2e/a",
    "'http://[2001:DB8::1]:8080/a', 'http://[2001:db8::1]:8080/a'",
    "'http://[::1]/a', 'http://[::1]/a'",
    "http://0x7f.1/a, http://0x7f.1/a",
    "http://under_score.host/a, http://under_score.host/a"
  })
  void aUrlHasOneSpelling(String url, String canonical) {
    assertThat(HttpUrl.parse(url)).hasToString(canonical);
    assertThat(HttpUrl.parse(canonical)).isEqualTo(HttpUrl.parse(url));
  }

  /** The examples of RFC 3986, 5.4. */
  @ParameterizedTest
  @CsvSource({
    "g, http://a/b/c/g",
    "./g, http://a/b/c/g",
    "g/, http://a/b/c/g/",
    "/g, http://a/g",
    "//g, http://g/",
    "?y, http://a/b/c/d;p?y",
    "g?y, http://a/b/c/g?y",
    "#s, http://a/b/c/d;p?q",
    "g#s, http://a/b/c/g",
    "g?y#s, http://a/b/c/g?y",
    ";x, http://a/b/c/;x",
    "g;x, http://a/b/c/g;x",
    "'', http://a/b/c/d;p?q",
    "., http://a/b/c/",
    "./, http://a/b/c/",
    ".., http://a/b/",
    "../, http://a/b/",
    "../g, http://a/b/g",
    "../.., http://a/",
    "../../g, http://a/g",
    "../../../g, http://a/g",
    "/./g, http://a/g",
    "/../g, http://a/g",
    "g., http://a/b/c/g.",
    "..g, http://a/b/c/..g",
    "./../g, http://a/b/g",
    "./g/., http://a/b/c/g/",
    "g/../h, http://a/b/c/h",
    "g?y/../x, http://a/b/c/g?y/../x",
    "https://other/x, https://other/x"
  })
  void aReferenceLeadsWhereTheStandardSays(String reference, String expected) {
    assertThat(HttpUrl.parse("http://a/b/c/d;p?q").resolve(reference)).hasToString(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "http://h/f/a.raw, SHA256SUMS, http://h/f/SHA256SUMS, a.raw",
    "http://h/a%20b%2Bc+d.raw?x=1, sums of all, http://h/sums%20of%20all?x=1, a b+c+d.raw",
    "http://h/f/, SUMS, http://h/f/SUMS, ''",
    "http://h, ä, http://h/%C3%A4, ''"
  })
  void aFileMayBeBesideIt(String url, String name, String sibling, String fileName) {
    assertThat(HttpUrl.parse(url).sibling(name)).hasToString(sibling);
    assertThat(HttpUrl.parse(url).fileName()).isEqualTo(fileName);
  }
}

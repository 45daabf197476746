package io.diskwright.toolkit.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left of a reference names the image, and lets nobody read it. */
class RedactionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=s3cret&X-Amz-Date=s3cret"
            + "&X-Amz-Expires=s3cret&X-Amz-SignedHeaders=host&X-Amz-Security-Token=s3cret"
            + "&X-Amz-Signature=s3cret",
        "x-amz-signature=s3cret",
        "X-Amz-Sign%61ture=s3cret",
        "AWSAccessKeyId=s3cret&Signature=s3cret&Expires=s3cret",
        "X-Goog-Algorithm=s3cret&X-Goog-Credential=s3cret&X-Goog-Signature=s3cret",
        "GoogleAccessId=x&Signature=s3cret",
        "sv=s3cret&st=s3cret&se=s3cret&sr=b&sp=s3cret&sig=s3cret%2B",
        "Policy=s3cret&Signature=s3cret&Key-Pair-Id=s3cret",
        "temp_url_sig=s3cret&temp_url_expires=s3cret",
        "OSSAccessKeyId=s3cret&Signature=s3cret",
        "token=s3cret",
        "access_token=s3cret",
        "auth=s3cret",
        "auth_key=s3cret",
        "apikey=s3cret",
        "api_key=s3cret",
        "api-key=s3cret",
        "key=s3cret",
        "password=s3cret",
        "passwd=s3cret",
        "client_secret=s3cret",
        "jwt=s3cret",
        "sessionid=s3cret",
        "authorization=s3cret",
        "a=b&token=s3cret&c=d",
        "&&token=s3cret&&",
        "token=s3cret&token=s3cret",
        "token=a=s3cret"
      })
  void whatIsSecretInAQueryIsGone(String query) {
    String redacted = Redaction.of("https://host/a.raw?" + query);

    assertThat(redacted).doesNotContain("s3cret").contains("https://host/a.raw?").endsWith("***");
    assertThat(Redaction.of(redacted)).isEqualTo(redacted);
    assertThat(Redaction.of("https://host/a.raw?" + query.replace("s3cret", "fresh")))
        .as("a fresh signature is the same request")
        .isEqualTo(redacted);
  }

  @ParameterizedTest
  @CsvSource({
    "http://host/a.raw, http://host/a.raw",
    "http://host/a.raw?x=1&y=2, http://host/a.raw?x=1&y=2",
    "http://host/a?file=b.raw&token=t&v=3, http://host/a?file=b.raw&v=3&***",
    "http://host/a?key=images/b.raw, http://host/a?key=images/b.raw",
    "http://host/a?key=images%2Fb&x, http://host/a?key=images%2Fb&x",
    "http://host/a?author=me&keyboard=us, http://host/a?author=me&keyboard=us",
    "http://host/a?se=1, http://host/a?se=1",
    "http://host/a?%zz=1, http://host/a?%zz=1",
    "http://host/a?, http://host/a",
    "http://host/a#token=t, http://host/a",
    "http://host/a?x#token=t, http://host/a?x",
    "http://host/token=t/a, http://host/token=t/a",
    "http://user:s3cret@host/a, http://***@host/a",
    "http://user@host/a, http://***@host/a",
    "http://a@b:s3cret@host:80/a, http://***@host:80/a",
    "http://user:s3cret@host, http://***@host",
    "s3://bucket/a?token=t, s3://bucket/a?***",
    "glance:token=t, glance:token=t",
    "/images/a?token=t#x, /images/a?token=t#x",
    "file:/images/a?token=t#x, file:/images/a?token=t#x",
    "file:///images/a?token=t#x, file:///images/a?token=t#x",
    "http:/no, http:/no"
  })
  void whatNamesTheImageStays(String reference, String redacted) {
    assertThat(Redaction.of(reference)).isEqualTo(redacted);
    assertThat(Redaction.of(redacted)).isEqualTo(redacted);
  }
}

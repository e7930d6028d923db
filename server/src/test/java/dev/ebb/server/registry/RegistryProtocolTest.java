package dev.ebb.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.images.Digest;
import dev.ebb.images.containers.ImageUser;
import dev.ebb.images.registry.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The endpoints of the specification by their numbers, with what each refuses.
class RegistryProtocolTest {
  private static final String HELLO = "/v2/default/hello/";
  private static final String UPLOADS = HELLO + "blobs/uploads/";
  private static final String OCI = "application/vnd.oci.image.manifest.v1+json";
  private static final byte[] NONE = {};

  /// Of a blob that nobody ever pushes.
  private static final String UNKNOWN = Digest.of(bytes("unknown"));

  private static RegistryServer server;
  private static String viewer;
  private static String editor;

  @BeforeAll
  static void start(@TempDir Path directory)
      throws IOException, GeneralSecurityException, InterruptedException {
    server = new RegistryServer(directory);
    viewer = server.token("viewer", "ebb:aggregate-to-view");
    editor = server.token("editor", "ebb:aggregate-to-view", "ebb:aggregate-to-edit");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "default, viewer, default/hello, true",
    "default, viewer, other/hello,   false",
    "default, nobody, default/hello, false",
    "other,   viewer, default/hello, false",
  })
  void whoMayPullMayRun(String namespace, String account, String repository, boolean allowed) {
    var refusal =
        server.rights().refusal(new ImageUser(namespace, account), new Repository(repository));

    if (allowed) {
      assertThat(refusal).isEmpty();
    } else {
      var parts = repository.split("/");
      assertThat(refusal)
          .hasValue(
              ("images.ebb.dev \"%s\" is forbidden: User \"system:serviceaccount:%s:%s\" cannot get"
                      + " resource \"images\" in API group \"ebb.dev\" in the namespace \"%s\"")
                  .formatted(parts[1], namespace, account, parts[0]));
    }
  }

  @Test
  void whoHasNoTokenIsToldHowToLogIn() throws Exception {
    for (String wrong :
        List.of(
            "Basic " + RegistryServer.base64("ebb:wrong"),
            "Basic " + RegistryServer.base64("nocolon"),
            "Basic !",
            "Bearer wrong",
            "Digest x")) {
      HttpResponse<String> response = server.sendAs(wrong, "GET", "/v2/", NONE);
      assertThat(response.statusCode()).as(wrong).isEqualTo(401);
      assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"ebb\"");
      assertThat(response.body()).contains("\"code\":\"UNAUTHORIZED\"").doesNotContain("wrong");
    }
    for (String right :
        List.of(
            "Basic " + RegistryServer.base64("anybody:" + server.admin),
            "basic " + RegistryServer.base64(":" + viewer),
            "Bearer " + viewer)) {
      assertThat(server.sendAs(right, "GET", "/v2/", NONE).statusCode()).isEqualTo(200);
    }
  }

  /// The API itself takes no passwords: browsers would send them by themselves.
  @Test
  void onlyTheRegistryTakesATokenAsAPassword() throws Exception {
    assertThat(server.send(server.admin, "GET", "/api", NONE).statusCode()).isEqualTo(401);
    assertThat(server.send(server.admin, "GET", "/v2x", NONE).statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v2/, 405, UNSUPPORTED",
    "GET, /v2/none, 404, UNSUPPORTED",
    "GET, /v2/%ff/tags/list, 400, NAME_INVALID",
    "GET, /v2/UPPER/tags/list, 400, NAME_INVALID",
    "GET, /v2/a//b/tags/list, 400, NAME_INVALID",
    "GET, /v2/a/%2e%2e/tags/list, 400, NAME_INVALID",
    "GET, /v2/a/_blobs/tags/list, 400, NAME_INVALID",
    // end-2
    "GET, /v2/default/hello/blobs/UNKNOWN, 404, BLOB_UNKNOWN",
    "GET, /v2/default/hello/blobs/nonsense, 404, BLOB_UNKNOWN",
    "PUT, /v2/default/hello/blobs/UNKNOWN, 405, UNSUPPORTED",
    // end-3
    "GET, /v2/default/hello/manifests/none, 404, MANIFEST_UNKNOWN",
    "GET, /v2/default/hello/manifests/UNKNOWN, 404, MANIFEST_UNKNOWN",
    "GET, /v2/default/hello/manifests/-, 400, MANIFEST_INVALID",
    "POST, /v2/default/hello/manifests/v1, 405, UNSUPPORTED",
    // end-4
    "GET, /v2/default/hello/blobs/uploads/, 405, UNSUPPORTED",
    "POST, /v2/default/hello/blobs/uploads/?digest=sha256:1, 400, DIGEST_INVALID",
    "POST, /v2/default/hello/blobs/uploads/?digest=UNKNOWN, 400, DIGEST_INVALID",
    "POST, /v2/default/hello/blobs/uploads/?digest-algorithm=sha512, 400, DIGEST_INVALID",
    // end-5, 6, 13 and 14
    "PATCH, /v2/default/hello/blobs/uploads/1, 404, BLOB_UPLOAD_UNKNOWN",
    "PUT, /v2/default/hello/blobs/uploads/1?digest=UNKNOWN, 404, BLOB_UPLOAD_UNKNOWN",
    "GET, /v2/default/hello/blobs/uploads/1, 404, BLOB_UPLOAD_UNKNOWN",
    "DELETE, /v2/default/hello/blobs/uploads/1, 404, BLOB_UPLOAD_UNKNOWN",
    "POST, /v2/default/hello/blobs/uploads/1, 405, UNSUPPORTED",
    // end-7
    "PUT, /v2/default/hello/manifests/v1, 400, MANIFEST_INVALID",
    "PUT, /v2/default/hello/manifests/UNKNOWN, 400, DIGEST_INVALID",
    // end-8
    "GET, /v2/default/none/tags/list, 404, NAME_UNKNOWN",
    "GET, /v2/default/none/tags/list?n=x, 400, UNSUPPORTED",
    "PUT, /v2/default/none/tags/list, 405, UNSUPPORTED",
    // end-9 and 10
    "DELETE, /v2/default/hello/manifests/none, 404, MANIFEST_UNKNOWN",
    "DELETE, /v2/default/hello/manifests/UNKNOWN, 404, MANIFEST_UNKNOWN",
    "DELETE, /v2/default/hello/blobs/UNKNOWN, 404, BLOB_UNKNOWN",
    // end-12
    "GET, /v2/default/hello/referrers/nonsense, 400, DIGEST_INVALID",
  })
  void refusals(String method, String path, int status, String code) throws Exception {
    HttpResponse<String> response =
        server.send(server.admin, method, path.replace("UNKNOWN", UNKNOWN), NONE);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.body()).startsWith("{\"errors\":[{\"code\":\"" + code + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "viewer, GET, /v2/default/hello/manifests/none, 404",
    "viewer, GET, /v2/default/hello/blobs/UNKNOWN, 404",
    "viewer, GET, /v2/default/none/tags/list, 404",
    "viewer, GET, /v2/default/none/referrers/UNKNOWN, 200",
    "viewer, POST, /v2/default/hello/blobs/uploads/, 403",
    "viewer, PATCH, /v2/default/hello/blobs/uploads/1, 403",
    "viewer, GET, /v2/default/hello/blobs/uploads/1, 403",
    "viewer, PUT, /v2/default/hello/manifests/v1, 403",
    "viewer, DELETE, /v2/default/hello/manifests/v1, 403",
    "viewer, DELETE, /v2/default/hello/blobs/UNKNOWN, 403",
    "viewer, GET, /v2/other/hello/manifests/none, 403",
    "viewer, GET, /v2/other/hello/tags/list, 403",
    "viewer, GET, /v2/other/hello/referrers/UNKNOWN, 403",
    "viewer, GET, /v2/hello/manifests/none, 403",
    "editor, PUT, /v2/default/hello/manifests/v1, 400",
    "editor, DELETE, /v2/default/hello/manifests/none, 404",
    "editor, DELETE, /v2/default/hello/blobs/UNKNOWN, 404",
    "editor, POST, /v2/other/hello/blobs/uploads/, 403",
    "editor, POST, /v2/hello/blobs/uploads/, 403",
    "editor, DELETE, /v2/other/hello/manifests/none, 403",
  })
  void rolesDecide(String who, String method, String path, int status) throws Exception {
    HttpResponse<String> response =
        server.send(
            who.equals("viewer") ? viewer : editor, method, path.replace("UNKNOWN", UNKNOWN), NONE);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    if (status == 403) {
      assertThat(response.body()).contains("\"code\":\"DENIED\"", "cannot");
    }
  }

  @Test
  void aBlobIsPushedInEachOfTheWays() throws Exception {
    byte[] blob = bytes("0123456789");
    String digest = Digest.of(blob);

    assertThat(post(UPLOADS + "?digest=" + digest, blob).statusCode()).isEqualTo(201);
    delete(digest);

    assertThat(put(location(post(UPLOADS, NONE)) + "?digest=" + digest, blob).statusCode())
        .isEqualTo(201);
    delete(digest);

    String upload = location(post(UPLOADS, NONE));
    HttpResponse<String> patched =
        server.send(editor, "PATCH", upload, bytes("0123"), "Content-Range", "0-3");
    assertThat(patched.statusCode()).isEqualTo(202);
    assertThat(patched.headers().firstValue("Range")).contains("0-3");
    upload = location(patched);
    for (String range : List.of("0-3", "5-6", "3-4")) {
      HttpResponse<String> outOfOrder =
          server.send(editor, "PATCH", upload, bytes("45"), "Content-Range", range);
      assertThat(outOfOrder.statusCode()).as(range).isEqualTo(416);
      assertThat(outOfOrder.headers().firstValue("Range")).contains("0-3");
      assertThat(location(outOfOrder)).isEqualTo(upload);
    }
    for (String range : List.of("4", "4-", "a-b", "5-4")) {
      assertThat(
              server
                  .send(editor, "PATCH", upload, bytes("45"), "Content-Range", range)
                  .statusCode())
          .as(range)
          .isEqualTo(400);
    }
    HttpResponse<String> tooLong =
        server.send(editor, "PATCH", upload, bytes("456"), "Content-Range", "4-5");
    assertThat(tooLong.body()).contains("SIZE_INVALID");
    HttpResponse<String> status = server.send(editor, "GET", upload, NONE);
    assertThat(status.statusCode()).isEqualTo(204);
    assertThat(status.headers().firstValue("Range")).contains("0-3");
    HttpResponse<String> finished =
        server.send(
            editor, "PUT", upload + "?digest=" + digest, bytes("456789"), "Content-Range", "4-9");
    assertThat(finished.statusCode()).isEqualTo(201);
    assertThat(location(finished)).isEqualTo(HELLO + "blobs/" + digest);
    assertThat(server.send(editor, "GET", upload, NONE).statusCode()).isEqualTo(404);
    assertThat(server.send(viewer, "GET", location(finished), NONE).body()).isEqualTo("0123456789");

    upload = location(post(UPLOADS, NONE));
    assertThat(server.send(editor, "DELETE", upload, NONE).statusCode()).isEqualTo(204);
    assertThat(server.send(editor, "GET", upload, NONE).statusCode()).isEqualTo(404);
  }

  /// As a network goes: in the middle of a chunk. The client asks where it was, and goes on.
  @Test
  void anUploadThatWasCutOffGoesOnWhereItWas() throws Exception {
    String upload = location(post(UPLOADS, NONE));
    String head =
        "PATCH %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\nContent-Length: 10\r\n\r\n"
            .formatted(upload, editor);
    try (SSLSocket socket =
            (SSLSocket) server.tls.getSocketFactory().createSocket("127.0.0.1", server.port());
        OutputStream output = socket.getOutputStream();
        InputStream input = socket.getInputStream()) {
      output.write(bytes(head + "0123"));
      output.flush();
      socket.shutdownOutput();
      input.readAllBytes(); // Until the server has noticed.
    }
    HttpResponse<String> status = server.send(editor, "GET", upload, NONE);
    assertThat(status.headers().firstValue("Range")).contains("0-3");
    HttpResponse<String> finished =
        server.send(
            editor,
            "PUT",
            upload + "?digest=" + Digest.of(bytes("0123456789")),
            bytes("456789"),
            "Content-Range",
            "4-9");
    assertThat(finished.statusCode()).as(finished.body()).isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, 0123, bytes 0-3/10",
    "bytes=8-, 206, 89, bytes 8-9/10",
    "bytes=-3, 206, 789, bytes 7-9/10",
    "bytes=5-99, 206, 56789, bytes 5-9/10",
    "bytes=-99, 206, 0123456789, bytes 0-9/10",
    "bytes=10-, 416, , bytes */10",
    "bytes=-0, 416, , bytes */10",
    "'bytes=0-1,3-4', 200, 0123456789,",
    "bytes=4-2, 200, 0123456789,",
    "lines=1-2, 200, 0123456789,",
  })
  void aPartOfABlob(String range, int status, String body, String contentRange) throws Exception {
    byte[] blob = bytes("0123456789");
    String path = "/v2/default/ranges/blobs/";
    post(path + "uploads/?digest=" + Digest.of(blob), blob);
    HttpResponse<String> response =
        server.send(viewer, "GET", path + Digest.of(blob), NONE, "Range", range);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
    if (status != 416) {
      assertThat(response.body()).isEqualTo(body);
      assertThat(response.headers().firstValue("Docker-Content-Digest")).contains(Digest.of(blob));
    }
  }

  @Test
  void aBlobOfAnotherRepositoryIsMountedByWhoMayReadIt() throws Exception {
    byte[] blob = bytes("secret layer");
    String digest = Digest.of(blob);
    server.send(server.admin, "POST", "/v2/other/app/blobs/uploads/?digest=" + digest, blob);
    String mount = "/v2/default/mounted/blobs/uploads/?mount=" + digest + "&from=other/app";

    HttpResponse<String> refused = post(mount, NONE);
    assertThat(refused.statusCode()).isEqualTo(202); // An upload begins instead.
    assertThat(location(refused)).contains("/blobs/uploads/");
    assertThat(server.send(editor, "GET", "/v2/default/mounted/blobs/" + digest, NONE).statusCode())
        .isEqualTo(404);

    HttpResponse<String> mounted = server.send(server.admin, "POST", mount, NONE);
    assertThat(mounted.statusCode()).isEqualTo(201);
    assertThat(server.send(viewer, "GET", location(mounted), NONE).body())
        .isEqualTo("secret layer");
  }

  @Test
  void manifestsTagsAndTheCatalogue() throws Exception {
    byte[] manifest = image("/v2/default/app/");
    String digest = Digest.of(manifest);
    String path = "/v2/default/app/manifests/";
    HttpResponse<String> stored =
        server.send(editor, "PUT", path + "v1", manifest, "Content-Type", OCI + "; charset=utf-8");
    assertThat(stored.statusCode()).as(stored.body()).isEqualTo(201);
    assertThat(location(stored)).isEqualTo(path + digest);
    HttpResponse<String> tagged = put(path + digest + "?tag=v3&tag=v2", manifest);
    assertThat(tagged.headers().allValues("OCI-Tag")).containsExactlyInAnyOrder("v3", "v2");

    for (String reference : List.of("v1", "v2", digest, digest.replace(":", "%3A"))) {
      HttpResponse<String> read = server.send(viewer, "GET", path + reference, NONE);
      assertThat(bytes(read.body())).isEqualTo(manifest);
      assertThat(read.headers().firstValue("Content-Type")).contains(OCI);
      HttpResponse<String> head = server.send(viewer, "HEAD", path + reference, NONE);
      assertThat(head.headers().firstValue("Docker-Content-Digest")).contains(digest);
      assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(manifest.length);
    }
    assertThat(get("/v2/default/app/tags/list").body())
        .isEqualTo("{\"name\":\"default/app\",\"tags\":[\"v1\",\"v2\",\"v3\"]}");
    HttpResponse<String> page = get("/v2/default/app/tags/list?n=2");
    assertThat(page.body()).contains("[\"v1\",\"v2\"]");
    assertThat(page.headers().firstValue("Link"))
        .contains("</v2/default/app/tags/list?n=2&last=v2>; rel=\"next\"");
    HttpResponse<String> last = get("/v2/default/app/tags/list?n=2&last=v2");
    assertThat(last.body()).contains("[\"v3\"]");
    assertThat(last.headers().firstValue("Link")).isEmpty();
    assertThat(get("/v2/default/app/tags/list?n=0").body()).contains("\"tags\":[]");

    image("/v2/elsewhere/app/");
    assertThat(get("/v2/_catalog").body()).contains("default/app").doesNotContain("elsewhere");
    assertThat(server.send(server.admin, "GET", "/v2/_catalog", NONE).body())
        .contains("default/app", "elsewhere/app");

    assertThat(server.send(editor, "DELETE", path + "v1", NONE).statusCode()).isEqualTo(202);
    assertThat(get(path + "v1").statusCode()).isEqualTo(404);
    assertThat(server.send(editor, "DELETE", path + digest, NONE).statusCode()).isEqualTo(202);
    assertThat(get("/v2/default/app/tags/list").body()).contains("\"tags\":[]");
  }

  @Test
  void aManifestThatIsTooLargeOrNeedsMoreIsRefused() throws Exception {
    HttpResponse<String> large =
        server.send(
            editor, "PUT", HELLO + "manifests/v1", new byte[(4 << 20) + 1], "Content-Type", OCI);
    assertThat(large.statusCode()).isEqualTo(413);
    byte[] manifest = image("/v2/default/whole/");
    HttpResponse<String> missing = put("/v2/default/part/manifests/v1", manifest);
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).contains("MANIFEST_BLOB_UNKNOWN", Digest.of(bytes("{}")));
  }

  @Test
  void referrersAreFilteredByTheirType() throws Exception {
    byte[] subject = image("/v2/default/signed/");
    String path = "/v2/default/signed/";
    put(path + "manifests/v1", subject);
    byte[] signature =
        manifest(
            "\"artifactType\":\"a/b\",\"annotations\":{\"k\":\"v\"},\"subject\":{\"digest\":\"%s\",\"size\":%d},"
                .formatted(Digest.of(subject), subject.length));
    HttpResponse<String> stored = put(path + "manifests/" + Digest.of(signature), signature);
    assertThat(stored.headers().firstValue("OCI-Subject")).contains(Digest.of(subject));

    HttpResponse<String> all = get(path + "referrers/" + Digest.of(subject));
    assertThat(all.headers().firstValue("Content-Type"))
        .contains("application/vnd.oci.image.index.v1+json");
    assertThat(all.body())
        .contains(Digest.of(signature), "\"artifactType\":\"a/b\"", "{\"k\":\"v\"}");
    HttpResponse<String> none = get(path + "referrers/" + Digest.of(subject) + "?artifactType=c/d");
    assertThat(none.headers().firstValue("OCI-Filters-Applied")).contains("artifactType");
    assertThat(none.body()).contains("\"manifests\":[]");
  }

  /// Pushes what the manifest refers to.
  private static byte[] image(String repository) throws Exception {
    for (byte[] blob : List.of(bytes("{}"), bytes("layer"))) {
      String path = repository + "blobs/uploads/?digest=" + Digest.of(blob);
      assertThat(server.send(server.admin, "POST", path, blob).statusCode()).isEqualTo(201);
    }
    return manifest("");
  }

  private static byte[] manifest(String fields) {
    return bytes(
        "{\"schemaVersion\":2,%s\"mediaType\":\"%s\",\"config\":{\"digest\":\"%s\",\"size\":2},\"layers\":[{\"digest\":\"%s\",\"size\":5}]}"
            .formatted(fields, OCI, Digest.of(bytes("{}")), Digest.of(bytes("layer"))));
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return server.send(viewer, "GET", path, NONE);
  }

  private static HttpResponse<String> post(String path, byte[] body) throws Exception {
    return server.send(editor, "POST", path, body);
  }

  private static HttpResponse<String> put(String path, byte[] body) throws Exception {
    return server.send(editor, "PUT", path, body);
  }

  private static void delete(String digest) throws Exception {
    assertThat(server.send(editor, "DELETE", HELLO + "blobs/" + digest, NONE).statusCode())
        .isEqualTo(202);
  }

  private static String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

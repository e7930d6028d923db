package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.WriteOptions;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// `/system/secrets` and `/system/namespaces`, with the requests that faas-cli sends.
class SecretsAndNamespacesTest {
  private final World world = new World();
  private final Caller admin = world.admin();

  @AfterEach
  void close() {
    world.close();
  }

  @Test
  void secretsAreMadeListedReplacedAndRemovedAndNeverShown() {
    assertThat(admin.call("POST /system/secrets", "{\"name\":\"key\",\"value\":\"one\"}").told())
        .isEqualTo("202");
    assertThat(admin.call("POST /system/secrets", "{\"name\":\"key\",\"value\":\"two\"}").told())
        .isEqualTo("409 secret key already exists in namespace openfaas-fn");
    assertThat(admin.call("GET /system/secrets").told())
        .isEqualTo("200 [{\"name\":\"key\",\"namespace\":\"openfaas-fn\"}]");
    assertThat(value("key")).isEqualTo("one");
    assertThat(admin.call("PUT /system/secrets", "{\"name\":\"key\",\"rawValue\":\"AAEC\"}").told())
        .isEqualTo("202");
    assertThat(value("key")).isEqualTo("\0\1\2");
    assertThat(admin.call("DELETE /system/secrets", "{\"name\":\"key\"}").told()).isEqualTo("202");
    assertThat(admin.call("GET /system/secrets").told()).isEqualTo("200 []");
  }

  @Test
  void aSecretThatSomebodyElseMadeIsNotSeen() {
    world.resources.create(
        CoreKinds.SECRET,
        KubernetesObject.of(CoreKinds.SECRET.type(), new ObjectKey("openfaas-fn", "theirs")),
        WriteOptions.by("test"));
    assertThat(admin.call("GET /system/secrets").told()).isEqualTo("200 []");
    assertThat(admin.call("DELETE /system/secrets", "{\"name\":\"theirs\"}").status())
        .isEqualTo(404);
  }

  @Test
  void aSecretOfARegistryPullsTheImage() {
    world.resources.create(
        CoreKinds.SECRET,
        KubernetesObject.of(CoreKinds.SECRET.type(), new ObjectKey("openfaas-fn", "regcred"))
            .with(json ->
                json.put("type", FunctionService.DOCKER_SECRET)
                    .putObject("data")
                    .put(
                        ".dockerconfigjson",
                        Base64.getEncoder().encodeToString("{\"auths\":{}}".getBytes(UTF_8)))),
        WriteOptions.by("test"));
    assertThat(
            admin
                .call(
                    "POST /system/functions",
                    "{\"service\":\"a\",\"image\":\"x\",\"secrets\":[\"regcred\"]}")
                .status())
        .isEqualTo(202);
    var spec = world.service("a").spec().path("template").path("spec");
    assertThat(spec.path("imagePullSecrets").toString()).isEqualTo("[{\"name\":\"regcred\"}]");
    assertThat(spec.has("volumes")).isFalse();
  }

  @Test
  void namespacesAreThoseWithTheLabel() {
    assertThat(admin.call("GET /system/namespaces").told()).isEqualTo("200 [\"openfaas-fn\"]");
    String dev = "{\"name\":\"dev\",\"labels\":{\"openfaas\":\"1\"},\"annotations\":{\"a\":\"b\"}}";
    assertThat(admin.call("POST /system/namespace/", dev).told()).isEqualTo("201");
    assertThat(admin.call("POST /system/namespace/dev", dev).told())
        .isEqualTo("409 namespace dev already exists");
    assertThat(admin.call("GET /system/namespaces").body()).isEqualTo("[\"dev\",\"openfaas-fn\"]");
    assertThat(admin.call("GET /system/namespace/dev").body())
        .contains("\"annotations\":{\"a\":\"b\"}")
        .contains("\"openfaas\":\"1\"");
    assertThat(
            admin
                .call(
                    "PUT /system/namespace/dev",
                    "{\"name\":\"dev\",\"labels\":{\"openfaas\":\"1\",\"c\":\"d\"}}")
                .told())
        .isEqualTo("202");
    assertThat(admin.call("GET /system/namespace/dev").body())
        .contains("\"c\":\"d\"")
        .doesNotContain("annotations");
    assertThat(
            admin
                .call(
                    "POST /system/functions",
                    "{\"service\":\"a\",\"image\":\"x\",\"namespace\":\"dev\"}")
                .status())
        .isEqualTo(202);
    assertThat(admin.call("GET /system/functions?namespace=dev").body()).contains("\"a\"");
    assertThat(admin.call("GET /system/function/a.dev").status()).isEqualTo(200);
    assertThat(admin.call("GET /system/functions").body()).isEqualTo("[]");
    assertThat(admin.call("DELETE /system/namespace/dev", "{\"name\":\"dev\"}").told())
        .isEqualTo("202");
    assertThat(admin.call("GET /system/namespace/dev").status()).isEqualTo(404);
  }

  private String value(String name) {
    return new String(
        Base64.getDecoder()
            .decode(
                world
                    .resources
                    .get(CoreKinds.SECRET, new ObjectKey("openfaas-fn", name))
                    .json()
                    .path("data")
                    .path(name)
                    .asString()),
        UTF_8);
  }
}

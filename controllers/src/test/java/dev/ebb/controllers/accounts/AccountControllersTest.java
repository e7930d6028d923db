package dev.ebb.controllers.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.controllers.Waiting;
import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccountControllersTest {
  static {
    Waiting.patiently();
  }

  private static final ObjectKey DEFAULT = new ObjectKey("default", "default");
  private static final ObjectKey ROOT = new ObjectKey("default", "kube-root-ca.crt");
  private static final ObjectKey BOT = new ObjectKey("default", "bot");
  private static final ObjectKey TOKEN = new ObjectKey("default", "bot-token");

  private final TestingResources resources = new TestingResources();
  private volatile String certificate = "PEM 1";
  private final AccountControllers controllers =
      new AccountControllers(
          resources,
          new Credentials() {
            @Override
            public String authorityPem() {
              return certificate;
            }

            @Override
            public String token(KubernetesObject account, KubernetesObject secret) {
              return "token of " + account.uid() + " in " + secret.name();
            }
          });

  @BeforeEach
  void start() {
    controllers.start();
  }

  @AfterEach
  void close() {
    controllers.close();
    resources.close();
  }

  @Test
  void everyNamespaceHasAnAccountAndTheCertificate() {
    resources.createNamespace("later");
    await().until(() -> exists(CoreKinds.SERVICE_ACCOUNT, new ObjectKey("later", "default")));
    await().until(() -> exists(CoreKinds.CONFIG_MAP, new ObjectKey("later", "kube-root-ca.crt")));
  }

  @Test
  void whatIsTakenAwayComesBack() {
    await().until(() -> exists(CoreKinds.SERVICE_ACCOUNT, DEFAULT));
    String uid = resources.get(CoreKinds.SERVICE_ACCOUNT, DEFAULT).uid();
    resources.delete(CoreKinds.SERVICE_ACCOUNT, DEFAULT, DeleteOptions.background());
    await()
        .until(() ->
            find(CoreKinds.SERVICE_ACCOUNT, DEFAULT)
                .filter(account -> !account.uid().equals(uid))
                .isPresent());

    await().until(() -> exists(CoreKinds.CONFIG_MAP, ROOT));
    certificate = "PEM 2";
    resources.delete(CoreKinds.CONFIG_MAP, ROOT, DeleteOptions.background());
    await().until(() -> certificateIn(ROOT).equals("PEM 2"));
    resources.update(
        CoreKinds.CONFIG_MAP,
        resources.get(CoreKinds.CONFIG_MAP, ROOT).with(json -> json.putObject("data")),
        WriteOptions.by("test"));
    await().until(() -> certificateIn(ROOT).equals("PEM 2"));
  }

  @Test
  void aTokenSecretIsFilledAndGoesWithItsAccount() {
    String uid = create(CoreKinds.SERVICE_ACCOUNT, BOT).uid();
    createTokenSecret("bot");
    await().until(() -> data("token").equals("token of " + uid + " in bot-token"));
    assertThat(data("ca.crt")).isEqualTo("PEM 1");
    assertThat(data("namespace")).isEqualTo("default");
    assertThat(resources.get(CoreKinds.SECRET, TOKEN).annotations())
        .containsEntry("kubernetes.io/service-account.uid", uid);

    resources.delete(CoreKinds.SERVICE_ACCOUNT, BOT, DeleteOptions.background());
    await().until(() -> !exists(CoreKinds.SECRET, TOKEN));
  }

  @Test
  void aTokenSecretOfNobodyIsRemovedAndOthersAreLeftAlone() {
    resources.create(
        CoreKinds.SECRET,
        KubernetesObject.of(CoreKinds.SECRET.type(), new ObjectKey("default", "opaque")),
        WriteOptions.by("test"));
    createTokenSecret("nobody");
    await().until(() -> !exists(CoreKinds.SECRET, TOKEN));
    assertThat(exists(CoreKinds.SECRET, new ObjectKey("default", "opaque"))).isTrue();
  }

  private void createTokenSecret(String account) {
    resources.create(
        CoreKinds.SECRET,
        KubernetesObject.of(CoreKinds.SECRET.type(), TOKEN)
            .with(json -> {
              json.put("type", "kubernetes.io/service-account-token");
              json.withObject("/metadata")
                  .putObject("annotations")
                  .put("kubernetes.io/service-account.name", account);
            }),
        WriteOptions.by("test"));
  }

  private KubernetesObject create(KindDefinition kind, ObjectKey key) {
    return resources
        .create(kind, KubernetesObject.of(kind.type(), key), WriteOptions.by("test"))
        .object();
  }

  private boolean exists(KindDefinition kind, ObjectKey key) {
    return find(kind, key).isPresent();
  }

  private Optional<KubernetesObject> find(KindDefinition kind, ObjectKey key) {
    return resources.find(kind, key);
  }

  private String certificateIn(ObjectKey configMap) {
    return find(CoreKinds.CONFIG_MAP, configMap)
        .map(object -> object.json().path("data").path("ca.crt").asString(""))
        .orElse("");
  }

  private String data(String name) {
    return find(CoreKinds.SECRET, TOKEN)
        .map(secret -> secret.json().path("data").path(name).asString(""))
        .map(text -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8))
        .orElse("");
  }
}

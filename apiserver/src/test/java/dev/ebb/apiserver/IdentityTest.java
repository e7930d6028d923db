package dev.ebb.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.kinds.yaml.ManifestReader;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.WriteOptions;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/// Who the server takes somebody for, with what the real kubectl says of it.
class IdentityTest {
  private static final ObjectKey BOT = new ObjectKey("default", "bot");

  private TestServer server;
  private Kubectl kubectl;

  @BeforeEach
  void start() throws Exception {
    server = new TestServer();
    kubectl = new Kubectl(server.directory.resolve("home"), server.config.kubeconfig());
    apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: bot, namespace: default}}");
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void kubectlTellsWhoItIs() throws Exception {
    assertThat(kubectl.out("auth", "whoami", "-o", "jsonpath={.status.userInfo}"))
        .isEqualTo(
            "{\"groups\":[\"system:masters\",\"system:authenticated\"],\"username\":\"system:admin\"}");
    assertThat(
            kubectl.out(
                "auth", "whoami", "--as", "jane", "--as-group", "dev", "-o", "jsonpath={.status}"))
        .isEqualTo(
            "{\"userInfo\":{\"groups\":[\"dev\",\"system:authenticated\"],\"username\":\"jane\"}}");
    assertThat(kubectl.out("auth", "can-i", "--list").lines())
        .anySatisfy(line -> assertThat(line).matches("\\*\\.\\* +\\[] +\\[] +\\[\\*] *"));
  }

  @Test
  void aTokenOfAServiceAccountIsKnown() throws Exception {
    String token = kubectl.out("create", "token", "bot", "--duration", "20m").strip();
    JsonNode claims = claims(token);
    String uid = server.resources.get(CoreKinds.SERVICE_ACCOUNT, BOT).uid();
    assertThat(claims.path("sub").asString()).isEqualTo("system:serviceaccount:default:bot");
    assertThat(claims.path("iss").asString())
        .isEqualTo("https://kubernetes.default.svc.cluster.local");
    assertThat(claims.path("aud"))
        .hasToString("[\"https://kubernetes.default.svc.cluster.local\"]");
    assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isEqualTo(1200);
    assertThat(claims.path("kubernetes.io"))
        .hasToString(
            "{\"namespace\":\"default\",\"serviceaccount\":{\"name\":\"bot\",\"uid\":\"%s\"}}"
                .formatted(uid));
    Kubectl bot = as(token);
    assertThat(bot.out("auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"))
        .isEqualTo("system:serviceaccount:default:bot");
    assertThat(bot.run("get", "pods").err())
        .isEqualTo(
            "Error from server (Forbidden): pods is forbidden: User"
                + " \"system:serviceaccount:default:bot\" cannot list resource \"pods\" in API group"
                + " \"\" in the namespace \"default\"\n");
    assertThat(bot.run("auth", "can-i", "get", "pods").out()).isEqualTo("no\n");

    JsonNode review = review(token, "");
    assertThat(review.path("authenticated").asBoolean()).isTrue();
    assertThat(review.at("/user/uid").asString()).isEqualTo(uid);
    assertThat(review.at("/user/extra/authentication.kubernetes.io~1credential-id/0").asString())
        .isEqualTo("JTI=" + claims.path("jti").asString());

    server.clock.advance(Duration.ofMinutes(19));
    assertThat(review(token, "").path("authenticated").asBoolean()).isTrue();
    server.clock.advance(Duration.ofMinutes(1));
    assertThat(review(token, "").path("authenticated").asBoolean()).isFalse();
    assertThat(bot.run("get", "pods").err()).contains("Unauthorized");
  }

  @Test
  void aTokenIsForItsAudienceOnly() throws Exception {
    String token = token("\"audiences\": [\"vault\"]");
    assertThat(review(token, "\"vault\", \"other\"").path("audiences")).hasToString("[\"vault\"]");
    assertThat(review(token, "\"other\"").path("authenticated").asBoolean()).isFalse();
    assertThat(review(token, "").path("authenticated").asBoolean()).isFalse();
    assertThat(as(token).run("get", "pods").err()).contains("You must be logged in to the server");
  }

  @Test
  void aTokenDiesWithWhatItIsBoundTo() throws Exception {
    apply(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: p, namespace: default},
         spec: {serviceAccountName: bot, containers: [{name: c, image: i}]}}
        """);
    apply("{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: default}}");
    for (String[] bound : new String[][] {{"Pod", "p"}, {"Secret", "s"}}) {
      String token =
          token(
              "\"boundObjectRef\": {\"apiVersion\": \"v1\", \"kind\": \"%s\", \"name\": \"%s\"}"
                  .formatted((Object[]) bound));
      JsonNode review = review(token, "");
      assertThat(review.path("authenticated").asBoolean()).isTrue();
      KindDefinition kind = bound[0].equals("Pod") ? CoreKinds.POD : CoreKinds.SECRET;
      server.resources.delete(kind, new ObjectKey("default", bound[1]), DeleteOptions.background());
      if (server.resources.find(kind, new ObjectKey("default", bound[1])).isEmpty()) {
        assertThat(review(token, "").path("authenticated").asBoolean()).as(bound[0]).isFalse();
      }
    }
  }

  @Test
  void aPodsTokenIsGoodAsLongAsItRunsAlsoBeforeItIsShown() {
    var running = new HashSet<String>(Set.of("default/box/uid-1"));
    var tokens =
        ServiceAccountTokens.open(
            server.resources,
            server.config.pki(),
            (namespace, name, uid) -> running.contains("%s/%s/%s".formatted(namespace, name, uid)),
            server.clock);
    KubernetesObject bot = server.resources.get(CoreKinds.SERVICE_ACCOUNT, BOT);
    String token =
        tokens
            .issue(
                bot,
                List.of(),
                3600,
                Optional.of(new ServiceAccountTokens.Bound("Pod", "box", "uid-1")))
            .token();
    List<String> own = List.of(ServiceAccountTokens.ISSUER);
    assertThat(tokens.authenticate(token, own))
        .hasValueSatisfying(who ->
            assertThat(who.user().extra())
                .containsEntry("authentication.kubernetes.io/pod-name", List.of("box"))
                .containsEntry("authentication.kubernetes.io/pod-uid", List.of("uid-1")));
    running.clear();
    assertThat(tokens.authenticate(token, own)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          bot|{"spec": {"expirationSeconds": 599}}|422|TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 599: may not specify a duration less than 10 minutes
          bot|{"spec": {"expirationSeconds": 4294967297}}|422|TokenRequest.authentication.k8s.io "" is invalid: spec.expirationSeconds: Invalid value: 4294967297: may not specify a duration larger than 2^32 seconds
          bot|{"spec": {"expirationSeconds": "long"}}|400|spec.expirationSeconds must be a whole number
          bot|{"spec": {"boundObjectRef": {"kind": "Pod", "apiVersion": "v1", "name": "x"}}}|404|pods "x" not found
          bot|{"spec": {"boundObjectRef": {"kind": "Node", "apiVersion": "v1", "name": "x"}}}|400|cannot bind token to object of type v1, Kind=Node
          ghost|{}|404|serviceaccounts "ghost" not found
          """)
  void aTokenThatCannotBe(String account, String body, int code, String message) throws Exception {
    var response =
        server.send(
            "POST",
            "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
            "application/json",
            body);
    assertThat(response.statusCode()).isEqualTo(code);
    assertThat(TestServer.json(response).path("message").asString()).isEqualTo(message);
  }

  @Test
  void noOtherTokenIsTaken() throws Exception {
    String token = token("");
    String[] parts = token.split("\\.");
    String admin =
        SigningKey.base64(claims(token).toString().replace("default:bot", "default:root"));
    String none = SigningKey.base64("{\"alg\":\"none\",\"kid\":\"x\"}");
    for (String forged :
        List.of(
            parts[0] + "." + admin + "." + parts[2],
            none + "." + parts[1] + ".",
            parts[0] + "." + parts[1] + ".",
            parts[0] + "." + parts[1] + ".AAAA",
            parts[0] + "." + parts[1],
            "..",
            "a.b.c",
            token + "x",
            "é.é.é")) {
      assertThat(review(forged, "").path("authenticated").asBoolean()).as(forged).isFalse();
    }
    Files.delete(server.config.pki().resolve("sa.key"));
    ServiceAccountTokens others =
        ServiceAccountTokens.open(
            server.resources,
            server.config.pki(),
            ServiceAccountTokens.RunningPods.NONE,
            server.clock);
    assertThat(others.authenticate(token, List.of(ServiceAccountTokens.ISSUER))).isEmpty();
  }

  @Test
  void aTokenInASecretIsGoodAsLongAsTheSecret() throws Exception {
    KubernetesObject account = server.resources.get(CoreKinds.SERVICE_ACCOUNT, BOT);
    KubernetesObject secret =
        apply(
            """
            {apiVersion: v1, kind: Secret, metadata: {name: bot-token, namespace: default, annotations: {kubernetes.io/service-account.name: bot}},
             type: kubernetes.io/service-account-token}
            """);
    String token = server.server.tokenFor(account, secret);
    assertThat(review(token, "").path("authenticated").asBoolean())
        .as("not before the Secret has it")
        .isFalse();
    KubernetesObject filled =
        secret.with(json ->
            json.withObject("/data")
                .put(
                    "token",
                    Base64.getEncoder().encodeToString(token.getBytes(StandardCharsets.UTF_8))));
    server.resources.update(CoreKinds.SECRET, filled, WriteOptions.by("test"));
    assertThat(review(token, "").at("/user/username").asString())
        .isEqualTo("system:serviceaccount:default:bot");
    server.resources.delete(CoreKinds.SECRET, secret.key(), DeleteOptions.background());
    assertThat(review(token, "").path("authenticated").asBoolean()).isFalse();
  }

  @Test
  void anybodyWithTheKeySetCanVerify() throws Exception {
    String token = token("");
    JsonNode configuration = server.get("/.well-known/openid-configuration");
    assertThat(configuration.path("issuer").asString()).isEqualTo(ServiceAccountTokens.ISSUER);
    assertThat(configuration.path("jwks_uri").asString())
        .isEqualTo(server.server.url() + "/openid/v1/jwks");
    JsonNode key = server.get("/openid/v1/jwks").at("/keys/0");
    var point = new ECPoint(number(key.path("x")), number(key.path("y")));
    var parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec("secp256r1"));
    var publicKey =
        KeyFactory.getInstance("EC")
            .generatePublic(
                new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
    var signature = Signature.getInstance("SHA256withECDSAinP1363Format");
    signature.initVerify(publicKey);
    signature.update(
        token.substring(0, token.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII));
    assertThat(
            signature.verify(
                Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1))))
        .isTrue();
  }

  @Test
  void aClientCertificateNamesAUserAndItsGroups() throws Exception {
    Kubectl jane = withCertificate(server.config.pki(), "CN=jane,O=dev,O=ops", 1);
    assertThat(jane.out("auth", "whoami", "-o", "jsonpath={.status.userInfo}"))
        .isEqualTo("{\"groups\":[\"dev\",\"ops\",\"system:authenticated\"],\"username\":\"jane\"}");
    assertThat(jane.run("get", "pods").err()).contains("User \"jane\" cannot list resource");
    apply(
        """
        {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: dev, namespace: default},
         roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{kind: Group, name: dev}]}
        """);
    assertThat(jane.run("get", "pods").exitCode()).isZero();
    assertThat(jane.run("get", "pods", "-A").exitCode()).isNotZero();
    Kubectl root = withCertificate(server.config.pki(), "CN=root,O=system:masters", 1);
    assertThat(root.run("get", "pods", "-A").exitCode()).isZero();
  }

  @Test
  void aCertificateThatIsNotOursOrHasEndedIsRefused() throws Exception {
    Kubectl late = withCertificate(server.config.pki(), "CN=jane", -1);
    assertThat(late.run("get", "pods").exitCode()).isNotZero();
    Path stranger = server.directory.resolve("stranger");
    var unused =
        new CertificateAuthority(stranger, server.clock)
            .server(ApiServerConfig.loopback(), Optional.empty());
    Kubectl foreign = withCertificate(stranger, "CN=root,O=system:masters", 1);
    assertThat(foreign.run("get", "pods").exitCode()).isNotZero();
    assertThat(unused.authority()).isNotNull();
  }

  /// @param spec the fields of a TokenRequest's
  private String token(String spec) throws Exception {
    var response =
        server.send(
            "POST",
            "/api/v1/namespaces/default/serviceaccounts/bot/token",
            "application/json",
            "{\"spec\": {%s}}".formatted(spec));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return TestServer.json(response).at("/status/token").asString();
  }

  private Kubectl withCertificate(Path authority, String subject, int days) throws Exception {
    Path file = Files.createTempFile(server.directory, "kubeconfig", "");
    Files.writeString(
        file,
        ClientCertificates.kubeconfig(
            server,
            authority,
            subject,
            InstantSource.system().instant().plus(Duration.ofHours(12L * days))));
    return new Kubectl(server.directory.resolve("home"), file);
  }

  private Kubectl as(String token) throws Exception {
    Path file = Files.createTempFile(server.directory, "kubeconfig", "");
    Files.writeString(
        file, Files.readString(server.config.kubeconfig()).replace(server.token(), token));
    return new Kubectl(server.directory.resolve("home"), file);
  }

  /// @param audiences quoted, separated by commas
  private JsonNode review(String token, String audiences) throws Exception {
    return TestServer.json(
            server.send(
                "POST",
                "/apis/authentication.k8s.io/v1/tokenreviews",
                "application/json",
                "{\"spec\": {\"token\": \"%s\", \"audiences\": [%s]}}".formatted(token, audiences)))
        .path("status");
  }

  private KubernetesObject apply(String yaml) {
    KubernetesObject object = ManifestReader.read(yaml).getFirst();
    KindDefinition kind = server.resources.kinds().byType(object.groupVersionKind()).orElseThrow();
    return server.resources.create(kind, object, WriteOptions.by("test")).object();
  }

  private static JsonNode claims(String token) {
    return JsonText.read(Base64.getUrlDecoder().decode(token.split("\\.")[1]));
  }

  private static BigInteger number(JsonNode node) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(node.asString()));
  }
}

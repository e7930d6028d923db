package dev.ebb.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ebb.apiserver.User;
import dev.ebb.eventing.calls.CallRefusedException;
import dev.ebb.kinds.ObjectKey;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where callbacks go, how calls are addressed, and who sees them.
class CallbackAddressesTest {
  private final CallbackAddresses addresses =
      new CallbackAddresses(() -> Set.of(6443, 8082), () -> 8080, InetAddress::getAllByName);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:6443/x",
        "http://localhost:8082/metrics",
        "http://[::1]:6443/",
        "http://0.0.0.0:8082/",
        "http://169.254.169.254/latest",
        "http://[fe80::1]/",
        "http://2130706433:8082/"
      })
  void callbacksDoNotGoInside(String url) {
    assertThatThrownBy(() -> addresses.require(URI.create(url)))
        .isInstanceOf(CallRefusedException.class)
        .hasMessageStartingWith("X-Callback-Url");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:9999/a, http://127.0.0.1:9999/a",
    "https://192.0.2.1:6443/a, https://192.0.2.1:6443/a",
    "http://gateway.openfaas:8080/function/a?b=c, http://127.0.0.1:8080/function/a?b=c",
    "http://Gateway.openfaas.svc.cluster.local:8080, http://127.0.0.1:8080/"
  })
  void othersDo(String url, String where) throws UnknownHostException {
    addresses.require(URI.create(url));
    assertThat(addresses.resolve(URI.create(url)).url()).hasToString(where);
  }

  @Test
  void namesAreLookedUpOnceAndOnlyWhenACallbackIsMade() throws UnknownHostException {
    // A name that has a good address first, and one inside the next time.
    Deque<String> answers = new ArrayDeque<>(List.of("192.0.2.7", "169.254.169.254"));
    CallbackAddresses rebound =
        new CallbackAddresses(
            Set::of,
            () -> 8080,
            _ -> new InetAddress[] {InetAddress.ofLiteral(answers.removeFirst())});
    URI url = URI.create("http://rebinding.example:6443/");
    rebound.require(url);
    assertThat(answers).hasSize(2);
    assertThat(rebound.resolve(url).addresses())
        .extracting(InetAddress::getHostAddress)
        .containsExactly("192.0.2.7");
    assertThatThrownBy(() -> rebound.resolve(url)).isInstanceOf(CallRefusedException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/b%20c, /a/b%20c",
    "/a b, /a%20b",
    "/50%, /50%25",
    "/{x}|y, /%7Bx%7D%7Cy",
    "/é, /%C3%A9",
    "/a?b#c, /a?b%23c"
  })
  void targetsAreEscapedWhereTheyAreNot(String target, String escaped) {
    assertThat(Uris.escape(target)).isEqualTo(escaped);
    assertThat(URI.create("http://localhost" + escaped)).isNotNull();
  }

  @Test
  void callsOfOneNamespaceAreNotForUsersOfAnother() {
    User user = new User("jane", List.of("system:authenticated"));
    assertThat(may(user, "a")).isTrue();
    assertThat(may(user, "b")).isFalse();
    assertThat(may(User.ADMIN, "b")).isTrue();
  }

  private static boolean may(User user, String namespace) {
    return AsyncEndpoint.may(
        request -> request.namespace().equals("a"), user, "get", new ObjectKey(namespace, "hello"));
  }
}

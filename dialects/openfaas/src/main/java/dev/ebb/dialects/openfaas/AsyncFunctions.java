package dev.ebb.dialects.openfaas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.ebb.dataplane.PromptHandler;
import dev.ebb.eventing.calls.AsyncCalls;
import dev.ebb.eventing.calls.Call;
import dev.ebb.eventing.calls.CallRefusedException;
import dev.ebb.eventing.calls.Headers;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.serving.ServingKinds;
import dev.ebb.resources.Resources;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// `/async-function/NAME[.NAMESPACE][/PATH]`: a call that is accepted with 202 when it is durable
/// and made later; `DELETE /async-function/CALL-ID` takes one back that has not begun. Calling asks
/// for no password, as `/function/` does not; taking back what another called for asks for that of
/// [BasicAuth]. Thread-safe.
///
/// Source: OpenFaaS's gateway and its documentation of asynchronous functions.
public final class AsyncFunctions implements PromptHandler {
  private static final String PREFIX = "/async-function/";
  private static final String QUEUE = "com.openfaas.queue";
  private static final String DEFAULT_QUEUE = "faas-request";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final int MAX_ID = 256;
  private static final int MAX_URL = 8_192;

  private static final int ACCEPTED = 202;
  private static final int UNAUTHORIZED = 401;

  private final Resources resources;
  private final AsyncCalls calls;
  private final BasicAuth auth;
  private final Consumer<URI> callbackCheck;
  private final InstantSource clock;

  /// @param callbackCheck throws [CallRefusedException] for URLs that nobody is told at; quick
  public AsyncFunctions(
      Resources resources, AsyncCalls calls, Consumer<URI> callbackCheck, InstantSource clock) {
    this.resources = resources;
    this.auth = new BasicAuth(resources);
    this.calls = calls;
    this.callbackCheck = callbackCheck;
    this.clock = clock;
  }

  @Override
  public void handle(Request request, Response response) throws IOException {
    try {
      String rest =
          request.path().startsWith(PREFIX) ? request.path().substring(PREFIX.length()) : "";
      switch (request.method()) {
        case "POST" -> accept(request, response, rest);
        case "DELETE" -> {
          auth.require(request.headers().getOrDefault("authorization", List.of()));
          cancel(response, rest);
        }
        default -> throw new Refusal(405, "%s is not possible here".formatted(request.method()));
      }
    } catch (Refusal refused) {
      response.status(refused.status());
      if (refused.status() == UNAUTHORIZED) {
        response.header("WWW-Authenticate", "Basic realm=\"Restricted\"");
      }
      response.header("Content-Type", TEXT);
      response.body().write(refused.text().getBytes(UTF_8));
    }
  }

  /// A small call is accepted without a thread that waits for the disk.
  @Override
  public Optional<CompletableFuture<Answer>> answer(Request request, byte[] body) {
    if (!request.method().equals("POST") || !request.path().startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      Call call = call(request, request.path().substring(PREFIX.length()));
      return calls
          .acceptSmall(call, body)
          .map(accepted ->
              accepted.handle((_, failure) ->
                  switch (failure) {
                    case null -> new Answer(ACCEPTED, told(call), new byte[0]);
                    case CallRefusedException refused -> answer(refusal(refused));
                    default -> throw new CompletionException(failure);
                  }));
    } catch (CallRefusedException e) {
      return Optional.of(CompletableFuture.completedFuture(answer(refusal(e))));
    } catch (Refusal refused) {
      return Optional.of(CompletableFuture.completedFuture(answer(refused)));
    }
  }

  private static Answer answer(Refusal refused) {
    return new Answer(
        refused.status(), Map.of("Content-Type", TEXT), refused.text().getBytes(UTF_8));
  }

  private void accept(Request request, Response response, String rest) throws IOException {
    Call call;
    try {
      call = call(request, rest);
      calls.accept(call, request.body());
    } catch (CallRefusedException e) {
      throw refusal(e);
    }
    response.status(ACCEPTED);
    told(call).forEach(response::header);
  }

  private static Map<String, String> told(Call call) {
    Instant at = call.acceptedAt();
    return Map.of(
        "X-Call-Id",
        call.id(),
        "X-Start-Time",
        Long.toString(TimeUnit.SECONDS.toNanos(at.getEpochSecond()) + at.getNano()));
  }

  /// @throws CallRefusedException for a callback that nobody is told at
  private Call call(Request request, String rest) {
    int slash = rest.indexOf('/');
    KubernetesObject function = function(slash < 0 ? rest : rest.substring(0, slash));
    String id = id(request);
    Map<String, List<String>> headers = new HashMap<>(request.headers());
    headers.put("x-call-id", List.of(id));
    return new Call(
        id,
        queue(function),
        function.key(),
        request.method(),
        slash < 0 ? "/" : rest.substring(slash),
        request.query(),
        headers,
        callback(request),
        Headers.hops(first(request, Headers.HOPS).orElse("")),
        clock.instant());
  }

  /// The name of the queue that a function's calls wait in, by its annotations; not checked.
  public static String queue(KubernetesObject function) {
    String queue = function.annotations().getOrDefault(QUEUE, "");
    return queue.isEmpty() ? DEFAULT_QUEUE : queue;
  }

  private static Refusal refusal(CallRefusedException e) {
    String message = String.valueOf(e.getMessage());
    return switch (e.reason()) {
      case INVALID -> Refusal.badRequest(message);
      case TOO_LARGE -> new Refusal(413, message);
      case LOOP -> new Refusal(508, message);
      case QUEUE_FULL, BUSY -> new Refusal(503, "Error queuing request: " + message);
      case DISK_FULL -> new Refusal(507, "Error queuing request: " + message);
    };
  }

  /// As under `/function/`: a name alone is that of the namespace `default` if it has one. What is
  /// local to the cluster is not reached from here, for whoever calls later is the server itself.
  private KubernetesObject function(String text) {
    ObjectKey named = FunctionName.key(text);
    Optional<KubernetesObject> found =
        text.contains(".") ? find(named) : find(new ObjectKey("default", text));
    return found
        .or(() -> find(named))
        .filter(service ->
            !"cluster-local".equals(service.labels().get("networking.knative.dev/visibility")))
        .orElseThrow(() ->
            Refusal.notFound(
                "error finding function %s.%s: there is no such function"
                    .formatted(named.name(), named.namespace())));
  }

  private Optional<KubernetesObject> find(ObjectKey key) {
    return resources
        .find(ServingKinds.SERVICE, key)
        .filter(service -> service.deletionTimestamp().isEmpty());
  }

  private static String id(Request request) {
    String given = first(request, "x-call-id").orElse("");
    if (given.length() > MAX_ID) {
      throw Refusal.badRequest("X-Call-Id may have %d characters".formatted(MAX_ID));
    }
    return given.isEmpty() ? UUID.randomUUID().toString() : given;
  }

  private Optional<URI> callback(Request request) {
    Optional<String> text = first(request, "x-callback-url").filter(it -> !it.isEmpty());
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI url;
    try {
      url = new URI(text.get());
    } catch (URISyntaxException e) {
      throw Refusal.badRequest("X-Callback-Url is no URL: " + e.getReason());
    }
    String scheme = String.valueOf(url.getScheme());
    boolean http = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    if (!http || url.getHost() == null || text.get().length() > MAX_URL) {
      throw Refusal.badRequest("X-Callback-Url must be an absolute http or https URL");
    }
    callbackCheck.accept(url);
    return Optional.of(url);
  }

  private static Optional<String> first(Request request, String header) {
    return request.headers().getOrDefault(header, List.of()).stream().findFirst();
  }

  private void cancel(Response response, String id) {
    response.status(
        switch (calls.cancel(id)) {
          case CANCELLED -> ACCEPTED;
          case TOO_LATE -> throw new Refusal(409, "call %s is being made".formatted(id));
          case UNKNOWN -> throw Refusal.notFound("no call %s waits".formatted(id));
        });
  }
}

package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.object;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.ObjectList;
import dev.ebb.resources.ObjectWatch;
import dev.ebb.resources.Patch;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WatchEvent;
import dev.ebb.resources.WatchQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.TestingResources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListAndWatchTest {
  private static final WriteOptions TEST = WriteOptions.by("test");

  private final TestingResources resources = new TestingResources(new TestKinds());

  @AfterEach
  void close() {
    resources.close();
  }

  @Test
  void allPagesShowTheStateOfTheFirst() {
    List.of("a", "b", "c", "d", "e").forEach(this::create);

    ObjectList first = list(2, "", "");
    create("aa");
    delete("d");
    ObjectList second = list(2, "", first.continueToken());
    ObjectList third = list(2, "", second.continueToken());

    assertThat(names(first)).containsExactly("a", "b");
    assertThat(first.remaining()).isEqualTo(3);
    assertThat(names(second)).containsExactly("c", "d");
    assertThat(second.remaining()).isEqualTo(1);
    assertThat(names(third)).containsExactly("e");
    assertThat(third.continueToken()).isEmpty();
    assertThat(third.resourceVersion()).isEqualTo(first.resourceVersion());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 100})
  void pagesOfMatchesAreFullAndLoseNothing(int limit) {
    for (String name : List.of("a", "b", "c", "d", "e", "f")) {
      create(name);
    }
    label("b", "yes");
    label("c", "yes");
    label("f", "yes");

    List<String> found = new ArrayList<>();
    ObjectList page = list(limit, "x=yes", "");
    found.addAll(names(page));
    while (!page.continueToken().isEmpty()) {
      assertThat(page.items()).hasSize(limit);
      page = list(limit, "x=yes", page.continueToken());
      found.addAll(names(page));
    }
    assertThat(found).containsExactly("b", "c", "f");
  }

  @Test
  void aPageOfACompactedStateIsExpired() {
    List.of("a", "b").forEach(this::create);
    String token = list(1, "", "").continueToken();
    create("c");
    resources.store().compact(resources.store().revision());

    ApiException expired = catchThrowableOfType(ApiException.class, () -> list(1, "", token));
    assertThat(expired.status().code()).isEqualTo(410);
    assertThat(expired.status().reason()).isEqualTo("Expired");
    assertThat(expired.status().message())
        .contains("use the continue token in this response to retrieve the remainder");

    ObjectList rest = list(1, "", expired.status().continueToken());
    assertThat(names(rest)).containsExactly("b");
    assertThat(names(list(1, "", rest.continueToken()))).containsExactly("c");
  }

  @Test
  void aListingShowsTheVersionThatWasAskedFor() {
    List.of("a", "b").forEach(this::create);
    String old = list(0, "", "").resourceVersion();
    create("c");

    assertThat(names(versioned(old, "Exact", 0))).containsExactly("a", "b");
    assertThat(names(versioned(old, "NotOlderThan", 0))).containsExactly("a", "b", "c");
    assertThat(names(versioned(old, "", 0))).containsExactly("a", "b", "c");
    assertThat(names(versioned(old, "", 5))).containsExactly("a", "b");
    assertThat(names(versioned("0", "", 5))).containsExactly("a", "b", "c");

    resources.store().compact(resources.store().revision());
    refused(
        () -> versioned(old, "Exact", 0),
        410,
        "The resourceVersion for the provided list is too old.");
    assertThat(names(versioned(old, "NotOlderThan", 0))).containsExactly("a", "b", "c");
  }

  private ObjectList versioned(String version, String match, int limit) {
    return resources.list(WIDGET, new ListQuery("default", "", "", limit, "", version, match));
  }

  @Test
  void listsThatMakeNoSenseAreRefused() {
    refused(
        () -> list(1, "", "%%%"),
        400,
        "invalid continue token: continue key is not valid: incorrect encoding");
    refused(
        () -> list(1, "", "e30"),
        400,
        "invalid continue token: continue key is not valid: server does not recognize this encoded"
            + " version ");
    refused(() -> list(0, "a in", ""), 400, "unable to parse requirement: found '', expected: '('");
    refused(
        () -> resources.list(WIDGET, new ListQuery("default", "", "", 0, "", "99")),
        504,
        "Timeout: Too large resource version: 99, current: 1");
    refused(
        () -> resources.list(WIDGET, new ListQuery("default", "", "", 0, "", "new")),
        400,
        "invalid resource version: resourceVersion: Invalid value: \"new\": strconv.ParseUint: parsing"
            + " \"new\": invalid syntax");
  }

  @Test
  void anEmptyNamespaceListsAllNamespaces() {
    resources.createNamespace("other");
    create("b");
    resources.create(
        WIDGET,
        widget("a").with(json -> json.withObject("/metadata").put("namespace", "other")),
        TEST);

    assertThat(resources.list(WIDGET, ListQuery.all()).items())
        .extracting(object -> object.key().toString())
        .containsExactly("default/b", "other/a");
    assertThat(names(resources.list(WIDGET, ListQuery.in("other")))).containsExactly("a");
  }

  @Test
  void aWatchGoesOnWhereAListEnded() throws Exception {
    create("a");
    String version = resources.list(WIDGET, ListQuery.all()).resourceVersion();

    try (ObjectWatch watch = watch("", version, false)) {
      create("b");
      label("a", "1");
      delete("b");

      assertThat(next(watch)).isEqualTo("ADDED b");
      assertThat(next(watch)).isEqualTo("MODIFIED a");
      WatchEvent deleted = watch.next(Duration.ZERO).orElseThrow();
      assertThat(deleted.type()).isEqualTo(WatchEvent.Type.DELETED);
      assertThat(deleted.object().resourceVersion())
          .isEqualTo(Long.toString(resources.store().revision()));
      assertThat(deleted.object().spec().path("size").asInt()).isEqualTo(1);
      assertThat(next(watch)).isEqualTo("nothing");
      assertThat(watch.progress()).isEqualTo(Long.toString(resources.store().revision()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0"})
  void aWatchFromNowhereBeginsWithWhatIsThere(String version) throws Exception {
    List.of("b", "a").forEach(this::create);

    try (ObjectWatch watch = watch("", version, false)) {
      assertThat(watch.progress()).isEmpty();
      assertThat(next(watch)).isEqualTo("ADDED a");
      assertThat(next(watch)).isEqualTo("ADDED b");
      assertThat(next(watch)).isEqualTo("nothing");
    }
  }

  @Test
  void initialEventsEndWithABookmark() throws Exception {
    create("a");

    try (ObjectWatch watch = watch("", "", true)) {
      assertThat(next(watch)).isEqualTo("ADDED a");
      WatchEvent bookmark = watch.next(Duration.ZERO).orElseThrow();
      assertThat(bookmark.type()).isEqualTo(WatchEvent.Type.BOOKMARK);
      assertThat(bookmark.object().annotations())
          .containsEntry("k8s.io/initial-events-end", "true");
      assertThat(bookmark.object().groupVersionKind()).isEqualTo(WIDGET.type());
      assertThat(bookmark.object().resourceVersion())
          .isEqualTo(Long.toString(resources.store().revision()));
    }
  }

  @Test
  void whatBeginsToMatchIsAddedAndWhatCeasesIsDeleted() throws Exception {
    create("a");
    create("b");
    String version = resources.list(WIDGET, ListQuery.all()).resourceVersion();

    try (ObjectWatch watch = watch("x=yes", version, false)) {
      label("a", "yes");
      merge("a", "{'spec':{'size':2}}");
      label("b", "no");
      label("a", "no");
      delete("b");

      assertThat(next(watch)).isEqualTo("ADDED a");
      assertThat(next(watch)).isEqualTo("MODIFIED a");
      WatchEvent ceased = watch.next(Duration.ZERO).orElseThrow();
      assertThat(ceased.type()).isEqualTo(WatchEvent.Type.DELETED);
      assertThat(ceased.object().labels()).containsEntry("x", "yes");
      assertThat(ceased.object().resourceVersion())
          .isEqualTo(Long.toString(resources.store().revision() - 1));
      assertThat(next(watch)).isEqualTo("nothing");
    }
  }

  @Test
  void aWatchOfOneNamespaceSeesNoOther() throws Exception {
    resources.createNamespace("default2");
    try (ObjectWatch watch =
        resources.watch(WIDGET, new WatchQuery("default", "", "", "", false))) {
      resources.create(
          WIDGET,
          widget("a").with(json -> json.withObject("/metadata").put("namespace", "default2")),
          TEST);
      create("b");

      assertThat(next(watch)).isEqualTo("ADDED b");
    }
  }

  @Test
  void aVersionThatIsGoneOrNeverWasMeansToListAgain() {
    create("a");
    create("b");
    resources.store().compact(resources.store().revision());

    refused(() -> watch("", "1", false), 410, "too old resource version: 1");
    refused(() -> watch("", "99", false), 410, "too large resource version: 99");
    refused(
        () -> watch("", "x", false),
        400,
        "invalid resource version: resourceVersion: Invalid value: \"x\": strconv.ParseUint: parsing"
            + " \"x\": invalid syntax");
  }

  @Test
  void aCollectionIsDeletedAsFarAsItMatches() {
    List.of("a", "b", "c").forEach(this::create);
    label("a", "yes");
    label("c", "yes");

    ObjectList deleted =
        resources.deleteCollection(
            WIDGET, ListQuery.in("default").withLabels("x=yes"), DeleteOptions.background());

    assertThat(names(deleted)).containsExactly("a", "c");
    assertThat(names(resources.list(WIDGET, ListQuery.all()))).containsExactly("b");
  }

  private ObjectWatch watch(String labels, String version, boolean initialEvents) {
    return resources.watch(WIDGET, new WatchQuery("", labels, "", version, initialEvents));
  }

  private static String next(ObjectWatch watch) throws InterruptedException {
    Optional<WatchEvent> event = watch.next(Duration.ZERO);
    return event.map(it -> it.type() + " " + it.object().name()).orElse("nothing");
  }

  private ObjectList list(int limit, String labels, String token) {
    return resources.list(WIDGET, new ListQuery("default", labels, "", limit, token, ""));
  }

  private static List<String> names(ObjectList list) {
    return list.items().stream().map(KubernetesObject::name).toList();
  }

  private void create(String name) {
    resources.create(WIDGET, widget(name), TEST);
  }

  private void label(String name, String value) {
    merge(name, "{'metadata':{'labels':{'x':'%s'}}}".formatted(value));
  }

  private void merge(String name, String patch) {
    resources.patch(
        WIDGET,
        new ObjectKey("default", name),
        new Patch(Patch.Type.MERGE, object(patch).json()),
        TEST);
  }

  private void delete(String name) {
    resources.delete(WIDGET, new ObjectKey("default", name), DeleteOptions.background());
  }

  private static void refused(ThrowingCallable call, int code, String message) {
    ApiException refusal = catchThrowableOfType(ApiException.class, call);
    assertThat(refusal.status().message()).isEqualTo(message);
    assertThat(refusal.status().code()).isEqualTo(code);
  }
}

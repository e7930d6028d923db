package dev.ebb.reconcile;

import static dev.ebb.reconcile.ScriptedResources.KIND;
import static dev.ebb.reconcile.ScriptedResources.thing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InformerTest {
  static {
    Awaitility.setDefaultTimeout(Duration.ofMinutes(1));
    Awaitility.setDefaultPollDelay(Duration.ZERO);
    Awaitility.setDefaultPollInterval(Duration.ofMillis(5));
  }

  private final ScriptedResources resources = new ScriptedResources();
  private final Informer informer =
      new Informer(resources, KIND, new Backoff(Duration.ofMillis(1), Duration.ofMillis(2)));
  private final Index byColour = informer.indexByLabel("colour");
  private final Index byOwner = informer.indexByOwner();
  private final List<String> changes = new CopyOnWriteArrayList<>();

  InformerTest() {
    informer.onChange(change ->
        changes.add(
            (change.deleted() ? "-" : change.previous().isPresent() ? "~" : "+")
                + change.object().name()));
  }

  @AfterEach
  void close() {
    informer.close();
  }

  @Test
  void itHasWhatWasThereWhenItIsSynced() throws Exception {
    resources.put(thing("a"));
    resources.put(thing("b"));
    start();

    assertThat(names(informer.all())).containsExactlyInAnyOrder("a", "b");
    assertThat(changes).containsExactly("+a", "+b");
  }

  @Test
  void itFollowsChangesAndKeepsItsIndexes() throws Exception {
    resources.put(coloured("a", "red"));
    start();
    resources.put(coloured("b", "red"));
    awaitChanges("+a", "+b");
    assertThat(names(byColour.get("red"))).containsExactly("a", "b");

    resources.put(coloured("a", "blue"));
    resources.remove("b");
    awaitChanges("+a", "+b", "~a", "-b");
    assertThat(byColour.get("red")).isEmpty();
    assertThat(names(byColour.get("blue"))).containsExactly("a");
    assertThat(informer.get(new ObjectKey("default", "b"))).isEmpty();
  }

  @Test
  void itFindsObjectsByTheUidOfTheirOwner() throws Exception {
    resources.put(
        thing("a")
            .with(json ->
                json.withObject("/metadata")
                    .putArray("ownerReferences")
                    .addObject()
                    .put("uid", "u1")));
    start();

    assertThat(names(byOwner.get("u1"))).containsExactly("a");
    assertThat(byOwner.get("u2")).isEmpty();
  }

  @Test
  void aBrokenWatchGoesOnWhereItStoppedWithoutANewList() throws Exception {
    start();
    resources.put(thing("a"));
    awaitChanges("+a");
    synchronized (resources) {
      resources.breakWatches(new IllegalStateException("connection reset"));
      resources.put(thing("b"));
      resources.remove("a");
    }

    awaitChanges("+a", "+b", "-a");
    assertThat(resources.lists).isOne();
    assertThat(resources.watchedFrom).containsExactly("100", "101");
  }

  @Test
  void aWatchThatFellTooFarBehindListsAgainAndTellsTheDifference() throws Exception {
    resources.put(thing("kept"));
    resources.put(thing("gone"));
    resources.put(thing("replaced"));
    start();
    // It is synced before it watches.
    await().until(resources::isWatched);
    synchronized (resources) {
      resources.breakWatches(ApiException.expired("too old resource version"));
      resources.remove("gone");
      resources.remove("replaced");
      resources.put(thing("replaced"));
      resources.put(thing("new"));
    }

    await().until(() -> changes.size() == 7);
    assertThat(changes.subList(3, 7))
        .containsExactlyInAnyOrder("-gone", "-replaced", "+replaced", "+new");
    assertThat(resources.lists).isEqualTo(2);
  }

  @Test
  void aListThatFailsIsTriedAgainBeforeItIsSynced() throws Exception {
    resources.put(thing("a"));
    resources.listFailures.add(new IllegalStateException("store is busy"));
    resources.listFailures.add(new IllegalStateException("store is busy"));
    start();

    assertThat(changes).containsExactly("+a");
    assertThat(resources.lists).isEqualTo(3);
  }

  @Test
  void aListenerThatFailsStopsNobodyElse() throws Exception {
    informer.onChange(_ -> {
      throw new IllegalStateException("no");
    });
    start();
    resources.put(thing("a"));
    resources.put(thing("b"));

    awaitChanges("+a", "+b");
  }

  private void start() throws InterruptedException {
    informer.start();
    informer.awaitSync();
  }

  private void awaitChanges(String... expected) {
    await().untilAsserted(() -> assertThat(changes).containsExactly(expected));
  }

  private static KubernetesObject coloured(String name, String colour) {
    return thing(name).with(json -> json.withObject("/metadata/labels").put("colour", colour));
  }

  private static List<String> names(List<KubernetesObject> objects) {
    return objects.stream().map(KubernetesObject::name).toList();
  }
}

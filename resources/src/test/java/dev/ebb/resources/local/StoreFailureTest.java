package dev.ebb.resources.local;

import static dev.ebb.resources.TestKinds.NAMESPACE;
import static dev.ebb.resources.TestKinds.WIDGET;
import static dev.ebb.resources.TestKinds.widget;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.DeleteOptions;
import dev.ebb.resources.Resources;
import dev.ebb.resources.TestKinds;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.testing.CountingIds;
import dev.ebb.resources.testing.SettableClock;
import dev.ebb.store.StorageFullException;
import dev.ebb.store.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the disk refuses is told with its reason, changes nothing, and works when it can.
final class StoreFailureTest {
  private static final WriteOptions TEST = WriteOptions.by("test");

  private Optional<StoreException> failure = Optional.empty();
  private final HookedStore store =
      new HookedStore(durability ->
          failure.ifPresent(told -> {
            throw told;
          }));
  private final Resources resources =
      new LocalResources(
          store,
          new TestKinds(),
          new SettableClock(Instant.parse("2026-01-01T00:00:00Z")),
          new CountingIds());

  @BeforeEach
  void createOne() {
    resources.create(
        NAMESPACE, KubernetesObject.of(NAMESPACE.type(), ObjectKey.clusterScoped("default")), TEST);
    resources.create(WIDGET, widget("a"), TEST);
  }

  @AfterEach
  void close() {
    store.close();
  }

  static Stream<Arguments> writes() {
    Consumer<Resources> create = all -> all.create(WIDGET, widget("b"), TEST);
    Consumer<Resources> update =
        all ->
            all.update(
                WIDGET,
                widget("a").with(json -> json.withObject("/metadata/labels").put("b", "c")),
                TEST);
    Consumer<Resources> delete =
        all -> all.delete(WIDGET, new ObjectKey("default", "a"), DeleteOptions.background());
    return Stream.of(arguments("b", create), arguments("a", update), arguments("a", delete));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aFullDiskIsToldWithWhatToDo(String name, Consumer<Resources> write) {
    long before = store.revision();
    failure =
        Optional.of(
            new StorageFullException(
                Path.of("/data/100%s/ebb.db"), new IOException("No space left on device")));
    ApiException refused = catchThrowableOfType(ApiException.class, () -> write.accept(resources));
    assertThat(refused.status().code()).isEqualTo(507);
    assertThat(refused.status().reason()).isEqualTo("InsufficientStorage");
    assertThat(refused)
        .hasMessage(
            "widgets.example.dev \"%s\" cannot be stored: /data/100%%s/ebb.db cannot grow, the"
                + " disk is full. Nothing was changed. Free some space on that disk and try again; the"
                + " server needs no restart.",
            name);
    assertThat(store.revision()).isEqualTo(before);

    failure = Optional.empty();
    write.accept(resources);
    assertThat(store.revision()).isGreaterThan(before);
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aBrokenStoreSaysWhy(String name, Consumer<Resources> write) {
    failure = Optional.of(new StoreException("not written: disk I/O error"));
    ApiException refused = catchThrowableOfType(ApiException.class, () -> write.accept(resources));
    assertThat(refused.status().code()).isEqualTo(500);
    assertThat(refused)
        .hasMessage(
            "widgets.example.dev \"%s\" cannot be stored: not written: disk I/O error", name);
  }
}

package dev.ebb.resources.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.builtin.BuiltInKinds;
import dev.ebb.kinds.core.CoreKinds;
import dev.ebb.store.Durability;
import dev.ebb.store.Entry;
import dev.ebb.store.MemoryStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecentTreesTest {
  private static final String PREFIX = StoreKeys.prefix(CoreKinds.CONFIG_MAP, "default");

  private final MemoryStore store = new MemoryStore();
  private final List<String> dropped = new ArrayList<>();

  @AfterEach
  void close() {
    store.close();
  }

  private final class Named implements RecentTrees.Tree {
    private final String name;
    private final int textBytes;

    Named(String name, int textBytes) {
      this.name = name;
      this.textBytes = textBytes;
    }

    @Override
    public int textBytes() {
      return textBytes;
    }

    @Override
    public void drop() {
      dropped.add(name);
    }
  }

  @Test
  void theFirstTreesGoUntilTheTextOfTheRestFits() {
    RecentTrees recent = new RecentTrees(100);
    recent.add(new Named("a", 40));
    recent.add(new Named("b", 60));
    assertThat(dropped).isEmpty();
    recent.add(new Named("c", 50));
    assertThat(dropped).containsExactly("a", "b");
  }

  @Test
  void aTreeThatIsTooLargeAloneIsNotKept() {
    RecentTrees recent = new RecentTrees(100);
    recent.add(new Named("a", 10));
    recent.add(new Named("large", 101));
    assertThat(dropped).containsExactly("a", "large");
    recent.add(new Named("b", 100));
    assertThat(dropped).hasSize(2);
  }

  @Test
  void anObjectWhoseTreeWasDroppedSaysTheSame() {
    ObjectCodec codec =
        new ObjectCodec(store, new Versions(new BuiltInKinds()), new RecentTrees(200));
    Entry first = put("first");
    KubernetesObject object = codec.decode(CoreKinds.CONFIG_MAP, first);
    String text = object.json().toString();
    assertThat(object.json()).as("kept").isSameAs(object.json());
    for (String name : List.of("second", "third")) {
      assertThat(codec.decode(CoreKinds.CONFIG_MAP, put(name)).name()).isEqualTo(name);
    }
    assertThat(codec.decode(CoreKinds.CONFIG_MAP, first)).as("one for all").isSameAs(object);
    assertThat(object.resourceVersion()).isEqualTo(Long.toString(first.revision()));
    assertThat(object.json().toString()).isEqualTo(text);
  }

  private Entry put(String name) {
    String text =
        """
        {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"%s","namespace":"default"},\
        "data":{"text":"%s"}}\
        """
            .formatted(name, "x".repeat(50));
    return store.create(PREFIX + name, text.getBytes(StandardCharsets.UTF_8), Durability.SYNCED);
  }
}

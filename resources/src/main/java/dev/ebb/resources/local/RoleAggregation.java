package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.kinds.ObjectKey;
import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.ListQuery;
import dev.ebb.resources.WriteOptions;
import dev.ebb.resources.rbac.Aggregation;
import dev.ebb.resources.selector.SelectorException;
import dev.ebb.store.Change;
import dev.ebb.store.Entry;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/// Keeps the rules of aggregated ClusterRoles (`view`, `edit`, `admin`) equal to those of the roles
/// that they are made of.
public final class RoleAggregation implements AutoCloseable {
  private static final Logger LOG = System.getLogger(RoleAggregation.class.getName());
  private static final WriteOptions WRITER = WriteOptions.by("clusterrole-aggregation-controller");

  private final LocalResources resources;
  private final StoreFollower follower;

  /// Starts at once. To be closed before the store.
  public RoleAggregation(LocalResources resources) {
    this.resources = resources;
    this.follower = new StoreFollower("role-aggregation", resources.store(), new Listener());
  }

  @Override
  public void close() {
    follower.close();
  }

  private final class Listener implements StoreFollower.Listener {
    private static final String PREFIX = "/" + RbacKinds.GROUP + "/clusterroles/";

    /// Names of those that are made of others; of the follower's thread.
    private final Set<String> aggregated = new HashSet<>();

    @Override
    public void restart() {
      aggregated.clear();
    }

    @Override
    public Set<String> present(Entry entry) {
      if (!entry.key().startsWith(PREFIX)) {
        return Set.of();
      }
      KubernetesObject role = resources.codec().decode(entry);
      if (Aggregation.isAggregated(role)) {
        aggregated.add(role.name());
      } else {
        aggregated.remove(role.name());
      }
      return Set.copyOf(aggregated);
    }

    @Override
    public Set<String> changed(Change change) {
      return switch (change) {
        case Change.Put put -> present(put.entry());
        case Change.Deleted deleted -> {
          if (!deleted.key().startsWith(PREFIX)) {
            yield Set.of();
          }
          aggregated.remove(deleted.key().substring(deleted.key().lastIndexOf('/') + 1));
          yield Set.copyOf(aggregated);
        }
      };
    }

    @Override
    public void work(String name) {
      resources
          .find(RbacKinds.CLUSTER_ROLE, ObjectKey.clusterScoped(name))
          .filter(Aggregation::isAggregated)
          .ifPresent(RoleAggregation.this::aggregate);
    }
  }

  private void aggregate(KubernetesObject role) {
    List<JsonNode> rules;
    try {
      rules =
          Aggregation.rules(role, resources.list(RbacKinds.CLUSTER_ROLE, ListQuery.all()).items());
    } catch (SelectorException e) {
      LOG.log(Level.WARNING, "ClusterRole {0}: {1}", role.name(), e.getMessage());
      return;
    }
    ArrayNode wanted = JsonNodeFactory.instance.arrayNode().addAll(rules);
    if (!wanted.equals(role.json().path("rules"))
        && !(wanted.isEmpty() && role.json().path("rules").isEmpty())) {
      resources.update(
          RbacKinds.CLUSTER_ROLE, role.with(json -> json.set("rules", wanted.deepCopy())), WRITER);
    }
  }
}

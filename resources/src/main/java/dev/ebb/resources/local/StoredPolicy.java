package dev.ebb.resources.local;

import dev.ebb.kinds.rbac.RbacKinds;
import dev.ebb.resources.rbac.AccessRequest;
import dev.ebb.resources.rbac.Authorizer;
import dev.ebb.resources.rbac.Decision;
import dev.ebb.resources.rbac.HeldRules;
import dev.ebb.resources.rbac.Policy;
import dev.ebb.resources.rbac.PolicyRule;
import dev.ebb.resources.rbac.RoleRef;
import dev.ebb.resources.rbac.Subject;
import dev.ebb.store.Change;
import dev.ebb.store.CompactedException;
import dev.ebb.store.Entry;
import dev.ebb.store.Page;
import dev.ebb.store.Store;
import dev.ebb.store.Watch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides by the roles and bindings that are stored now.
///
/// No thread follows them: whoever asks first takes in what was written since the last question. So
/// a right that was taken away is gone with the answer to the request that took it, which an
/// informer could not promise. While nothing was written at all, a question costs one comparison of
/// revisions; the members of `system:masters` ask nothing.
public final class StoredPolicy implements Authorizer, AutoCloseable {
  private static final String PREFIX = "/" + RbacKinds.GROUP + "/";

  private final Store store;
  private final ObjectCodec codec;
  private volatile Policy policy = new Policy();
  private volatile long known = -1;
  private @Nullable Watch watch; // guarded by this
  private boolean closed; // guarded by this

  /// To be closed before the store.
  public StoredPolicy(LocalResources resources) {
    this.store = resources.store();
    this.codec = resources.codec();
  }

  @Override
  public Decision authorize(AccessRequest request) {
    return request.subject().isMaster() ? policy.authorize(request) : now().authorize(request);
  }

  @Override
  public HeldRules rules(Subject subject, String namespace) {
    return now().rules(subject, namespace);
  }

  @Override
  public Optional<List<PolicyRule>> role(RoleRef role, String namespace) {
    return now().role(role, namespace);
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  private Policy now() {
    if (store.revision() != known) {
      catchUp();
    }
    return policy;
  }

  private synchronized void catchUp() {
    if (closed) {
      throw new IllegalStateException("the roles are not followed any more");
    }
    long newest = store.revision();
    try {
      Watch present = watch == null ? list() : watch;
      watch = present;
      try {
        follow(present);
      } catch (CompactedException e) {
        present.close();
        watch = null;
        // Nobody asked for so long that the history is gone.
        watch = list();
        follow(watch);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while roles were read", e);
    }
    known = newest;
  }

  private Watch list() {
    Policy listed = new Policy();
    Page page = store.list(PREFIX, "", 0, 0);
    for (Entry entry : page.entries()) {
      listed.put(codec.decode(entry));
    }
    Watch changes = store.watch(PREFIX, page.revision());
    policy = listed; // In one step: nobody may decide by half of a listing.
    return changes;
  }

  private void follow(Watch changes) throws InterruptedException {
    for (Optional<Change> change = changes.next(Duration.ZERO);
        change.isPresent();
        change = changes.next(Duration.ZERO)) {
      switch (change.get()) {
        case Change.Put put -> policy.put(codec.decode(put.entry()));
        case Change.Deleted deleted -> policy.remove(codec.decode(deleted.previous()));
      }
    }
  }
}

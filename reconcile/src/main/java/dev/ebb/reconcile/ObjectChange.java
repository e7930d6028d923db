package dev.ebb.reconcile;

import dev.ebb.kinds.KubernetesObject;
import java.util.Optional;

/// A change of an informer's cache.
///
/// @param object the newest state; the last one when it was deleted
/// @param previous what the cache held before
public record ObjectChange(
    KubernetesObject object, Optional<KubernetesObject> previous, boolean deleted) {}

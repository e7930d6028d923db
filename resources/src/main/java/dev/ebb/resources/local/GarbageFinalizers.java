package dev.ebb.resources.local;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.DeleteOptions.Propagation;
import java.util.ArrayList;
import java.util.List;

/// The finalizers by which a deletion tells the garbage collector what to do with the dependents.
final class GarbageFinalizers {
  static final String ORPHAN = "orphan";
  static final String FOREGROUND = "foregroundDeletion";

  private GarbageFinalizers() {}

  /// The finalizers of an object that is deleted like this.
  static List<String> with(KubernetesObject object, Propagation propagation) {
    List<String> finalizers = new ArrayList<>(object.finalizers());
    if (propagation == Propagation.DEFAULT) {
      return finalizers;
    }
    finalizers.removeAll(List.of(ORPHAN, FOREGROUND));
    switch (propagation) {
      case DEFAULT, BACKGROUND -> {}
      case FOREGROUND -> finalizers.add(FOREGROUND);
      case ORPHAN -> finalizers.add(ORPHAN);
    }
    return finalizers;
  }

  /// How an object asks to be deleted when its owners are gone.
  static Propagation propagation(KubernetesObject object) {
    if (object.finalizers().contains(ORPHAN)) {
      return Propagation.ORPHAN;
    }
    return object.finalizers().contains(FOREGROUND)
        ? Propagation.FOREGROUND
        : Propagation.BACKGROUND;
  }
}

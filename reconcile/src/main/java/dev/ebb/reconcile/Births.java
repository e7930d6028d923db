package dev.ebb.reconcile;

import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;

/// Who hears of the children that [Children] makes.
public interface Births {
  /// Nobody.
  Births UNTOLD =
      new Births() {
        @Override
        public void made(KubernetesObject child) {}

        @Override
        public void refused(KubernetesObject child, ApiException why) {}
      };

  void made(KubernetesObject child);

  /// It could not be made; the exception goes on to who wanted it.
  void refused(KubernetesObject child, ApiException why);

  /// These, and then others.
  default Births and(Births others) {
    return new Births() {
      @Override
      public void made(KubernetesObject child) {
        Births.this.made(child);
        others.made(child);
      }

      @Override
      public void refused(KubernetesObject child, ApiException why) {
        Births.this.refused(child, why);
        others.refused(child, why);
      }
    };
  }
}

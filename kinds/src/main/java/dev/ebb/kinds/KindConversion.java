package dev.ebb.kinds;

import tools.jackson.databind.node.ObjectNode;

/// Turns an object of one version into the stored version of its kind, and back.
///
/// Both ways work in place on a copy that is theirs, and leave `apiVersion` to the caller. What the
/// other version has no word for must come back unchanged after there and back (Kubernetes keeps it
/// in annotations), else a write through one version would lose what another wrote.
public interface KindConversion {
  /// The versions differ in nothing but `apiVersion`: strategy `None` of CustomResourceDefinitions.
  KindConversion NONE =
      new KindConversion() {
        @Override
        public void toStored(ObjectNode object) {}

        @Override
        public void fromStored(ObjectNode object) {}
      };

  void toStored(ObjectNode object);

  void fromStored(ObjectNode object);
}

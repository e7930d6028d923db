package dev.ebb.resources.local;

import dev.ebb.kinds.KindDefinition;
import dev.ebb.kinds.KubernetesObject;
import dev.ebb.resources.ApiException;
import dev.ebb.resources.selector.FieldSelector;
import dev.ebb.resources.selector.LabelSelector;
import dev.ebb.resources.selector.SelectorException;
import java.util.function.Predicate;

/// Both selectors of a query.
record Selection(LabelSelector labels, FieldSelector fields)
    implements Predicate<KubernetesObject> {
  /// @throws ApiException 400 when one cannot be read
  static Selection parse(KindDefinition kind, String labels, String fields) {
    try {
      return new Selection(LabelSelector.parse(labels), FieldSelector.parse(fields, kind));
    } catch (SelectorException e) {
      throw ApiException.badRequest(e.problem());
    }
  }

  boolean isEverything() {
    return labels.isEmpty() && fields.isEmpty();
  }

  @Override
  public boolean test(KubernetesObject object) {
    return (labels.isEmpty() || labels.test(object.labels())) && fields.test(object);
  }
}

/// What operators set in the ConfigMaps of the namespace `knative-serving`: values with their
/// defaults, and what is wrong with them. Pure.
///
/// Source of the keys, the defaults, the rules and the messages: Knative Serving's ConfigMaps and
/// what its webhook `config.webhook.serving.knative.dev` answers.
@NullMarked
package dev.ebb.kinds.settings;

import org.jspecify.annotations.NullMarked;

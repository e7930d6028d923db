/// Kubernetes's own kinds, as far as serverless workloads meet them: Namespaces, Pods, Secrets,
/// ConfigMaps, Services, Events, Deployments.
@NullMarked
package dev.ebb.kinds.core;

import org.jspecify.annotations.NullMarked;

/// The types of Kubernetes's own API, written down once: name, protobuf number and JSON form of
/// each field. Schemas, OpenAPI documents and the reader of protobuf bodies all come from it.
///
/// The resources `*.types` are read at the first use. A line `kind NAME` or `type NAME` begins an
/// object (a kind has `apiVersion` and `kind` too), `enum NAME` a choice of texts. Each line below
/// it is a field:
///
/// ```
/// type Container | One program of a Pod and how it runs.
///    1 name* string | Unique in the Pod.
///    7 env []EnvVar keys=name merge=name | Environment variables.
///   13 terminationMessagePath string =/dev/termination-log
/// ```
///
/// - the number in protobuf, and the name in JSON; `-` for a message whose fields stand in its
///   parent in JSON;
/// - behind the name: `*` the server wants it, `+` the API says that it is there but the server
///   takes objects without it, `?` a zero differs from nothing (a pointer in Go);
/// - the type: a scalar ([Scalar]), a type of this file or, with `GROUP.VERSION.`, of another one;
///   `[]` before it for a list, braces around it for a map from text;
/// - `=` and the default, as far as it is the same for every object;
/// - `atomic`, `set`, `keys=` (server-side apply); `merge`, `merge=`, `retainKeys`, `replace`
///   (strategic merge patch);
/// - behind `|`: what `kubectl explain` says.
///
/// Facts from k8s.io/api, `types.go` of each group and version.
@NullMarked
package dev.ebb.kinds.api;

import org.jspecify.annotations.NullMarked;

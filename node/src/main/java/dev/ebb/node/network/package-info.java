/// The networks of instances on this machine: ready network namespaces, addresses, isolation,
/// services by name. `docs/decisions/0069-instances-are-routed.md` tells why it is built so.
@NullMarked
package dev.ebb.node.network;

import org.jspecify.annotations.NullMarked;

/// The DNS server of instances: names of services, and everything else from the machine's own
/// servers.
@NullMarked
package dev.ebb.node.dns;

import org.jspecify.annotations.NullMarked;

/// Containers: OCI bundles run by crun or runc, with the kernel's isolation around them.
@NullMarked
package dev.ebb.node.sandbox;

import org.jspecify.annotations.NullMarked;

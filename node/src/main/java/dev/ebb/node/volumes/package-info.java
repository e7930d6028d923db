/// The volumes of Pods: directories of this machine that containers mount.
@NullMarked
package dev.ebb.node.volumes;

import org.jspecify.annotations.NullMarked;

/// Functions that a `stack.yml` of OpenFaaS describes: reading the file, and sending what it says
/// to a gateway, as faas-cli does.
@NullMarked
package dev.ebb.cli.stack;

import org.jspecify.annotations.NullMarked;

/// Rules of custom resources in the Common Expression Language. Nothing here is loaded before the
/// first rule is met.
@NullMarked
package dev.ebb.kinds.cel;

import org.jspecify.annotations.NullMarked;

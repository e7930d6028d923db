/// CustomResourceDefinitions: their own kind in both versions, what makes one sound, and the kinds
/// that they define.
@NullMarked
package dev.ebb.kinds.extensions;

import org.jspecify.annotations.NullMarked;

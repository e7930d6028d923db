/// Documents that are derived from the schemas of the kinds: OpenAPI v3, Swagger v2 and
/// CustomResourceDefinitions.
@NullMarked
package dev.ebb.kinds.openapi;

import org.jspecify.annotations.NullMarked;

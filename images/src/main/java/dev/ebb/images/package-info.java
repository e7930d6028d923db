/// Content-addressed bytes: function packages as OCI artifacts.
@NullMarked
package dev.ebb.images;

import org.jspecify.annotations.NullMarked;

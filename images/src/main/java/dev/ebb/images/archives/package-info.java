/// Images in files: OCI layouts and what `docker save` writes, read into the content store.
@NullMarked
package dev.ebb.images.archives;

import org.jspecify.annotations.NullMarked;

"""Compiles a package, in directories as Python looks for byte code in: prepare.py PACKAGE MADE.

The byte code is taken whatever the time of its source is: a package never changes. What cannot be
compiled is told when it is loaded.
"""

import importlib.util
import os
import py_compile
import sys

package, made = sys.argv[1:]
for folder, folders, files in os.walk(package):
    for name in files:
        source = os.path.join(folder, name)
        cached = importlib.util.cache_from_source(source)
        if name.endswith(".py") and not os.path.exists(cached):
            try:
                py_compile.compile(
                    source,
                    made + cached[len(package) :],
                    doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )
            except (py_compile.PyCompileError, RecursionError, MemoryError, OSError):
                pass

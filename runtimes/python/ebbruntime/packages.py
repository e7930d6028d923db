"""Where the function's imports look.

In this order: the function's own folder, the standard library, `vendor` and `site-packages` beside
the function, then what is installed for the interpreter, the user and `VIRTUAL_ENV`. Setting up the
last group means running `site`, 3 ms and more with many .pth files; a function that needs only the
standard library never pays them, because `site` runs at the first import that nothing else finds.
"""

import posix
import sys

from _frozen_importlib_external import PathFinder

# What this runtime imports while it serves. A file of the function with the name of a standard
# module comes first on the path, as in any Python program; it must not break these.
_USED_LATER = ("json", "traceback", "logging", "asyncio")

# Before Python 3.10 there is no list; these are the names that people give to their functions.
_STANDARD = getattr(
    sys, "stdlib_module_names", ("json", "random", "time", "http", "email", "token", "types", "queue", "string")
)


def set_up(function_dir):
    """Puts the function's folders on the path."""
    try:
        names = posix.listdir(function_dir)
    except OSError:
        names = []
    if any(name.partition(".")[0] in _STANDARD for name in names):
        for module in _USED_LATER:
            __import__(module)
    sys.path.insert(0, function_dir)
    for folder in ("vendor", "site-packages"):
        if folder in names:
            sys.path.append(function_dir + "/" + folder)
    sys.meta_path.append(_InstalledPackages)


def is_standard(name):
    return name in _STANDARD


class _InstalledPackages:
    """Comes last: asked only for what nothing else has."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if path is not None or cls not in sys.meta_path:
            return None
        sys.meta_path.remove(cls)
        _run_site()
        return PathFinder.find_spec(name)


def _run_site():
    import site

    before = list(sys.path)
    site.main()
    environment = posix.environ.get(b"VIRTUAL_ENV")
    if environment:
        version = "python%d.%d" % sys.version_info[:2]
        site.addsitedir(environment.decode("utf-8", "surrogateescape") + "/lib/" + version + "/site-packages")
    # site makes all paths absolute and drops what is missing; what was there keeps its order.
    sys.path[:] = before + [entry for entry in sys.path if entry not in before]
    sys.path_importer_cache.clear()

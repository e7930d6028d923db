"""Entry point of the Python runtime.

Python never caches the byte code of the script it starts with, so this file only gives the sign
of life and hands over to the package, whose byte code is cached.
"""

import posix
import sys

if b"EBB_SOCKET" in posix.environ:
    _boot_file = posix.environ[b"EBB_SOCKET"] + b".boot"
    posix.close(posix.open(_boot_file, posix.O_CREAT | posix.O_WRONLY | posix.O_CLOEXEC, 0o600))

_here = __file__.rpartition("/")[0] or "."
if sys.path[:1] != [_here]:
    sys.path.insert(0, _here)
from ebbruntime.main import main  # noqa: E402  (the sign of life comes first)

sys.path.pop(0)  # the function's imports must not find the runtime's files
main()

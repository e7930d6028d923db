"""Entry point of the Python runtime.

Python never caches the byte code of the script it starts with, so this file only gives the sign
of life and hands over to the package, whose byte code is cached.
"""

import posix
import sys

posix.close(
    posix.open(
        posix.environ[b"EBB_SOCKET"] + b".boot", posix.O_CREAT | posix.O_WRONLY | posix.O_CLOEXEC, 0o600
    )
)

from ebbruntime.main import main  # noqa: E402  (the sign of life comes first)

sys.path.pop(0)  # the runtime's own folder: the function's imports must not find it
main()

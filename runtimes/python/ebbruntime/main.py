"""Start and stop: the protocol between the node and a runtime, described in docs/functions.md."""

import _signal
import posix
import sys

from _contextvars import ContextVar

from . import packages
from .handler import UserError, load
from .loop import Loop

# EX_CONFIG of sysexits.h: the function itself is wrong, starting it again cannot help.
EXIT_USER_ERROR = 78


def _env(name, default=""):
    value = posix.environ.get(name.encode())
    return default if value is None else value.decode("utf-8", "surrogateescape")


def main():
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    current = ContextVar("request")
    sys.modules["ebb"] = _module_ebb(current)
    entrypoint = _env("EBB_ENTRYPOINT", "handler.py")
    handler = _load(_env("EBB_FUNCTION_DIR"), entrypoint, _env("EBB_HANDLER"))
    loop = Loop(
        handler,
        current,
        int(_env("EBB_CONCURRENCY", "0")),
        int(_env("EBB_MAX_BODY_BYTES", "0")) or sys.maxsize,
        int(_env("EBB_REQUEST_TIMEOUT_MILLIS", "0")),
    )
    _signal.signal(_signal.SIGTERM, lambda number, frame: loop.stop())
    posix.register_at_fork(after_in_child=loop.forget_in_child)
    loop.listen(_env("EBB_SOCKET") or ("0.0.0.0", int(_env("PORT", "8080"))))
    loop.run()
    _end(0)


def _load(function_dir, entrypoint, name):
    packages.set_up(function_dir)
    try:
        return load(function_dir, entrypoint, name)
    except UserError as e:
        sys.stderr.write("cannot load the function: %s\n" % e)
    except BaseException as e:
        from .failures import log_failure

        first_line = (str(e).splitlines() or [""])[0]
        kind = type(e).__name__
        log_failure(e, "cannot load the function: %s in %s: %s" % (kind, entrypoint, first_line))
    _end(EXIT_USER_ERROR)


def _module_ebb(current):
    """`import ebb` for functions without arguments: `ebb.event()`, `ebb.context()`."""
    module = type(sys)("ebb", "The request that the calling code serves.")
    module.event = lambda: current.get()[0]
    module.context = lambda: current.get()[1]
    return module


def _end(code):
    """Runs what user code registered with atexit, then ends whatever threads still run."""
    atexit = sys.modules.get("atexit")
    if atexit is not None:
        atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # closed by the function
    posix._exit(code)

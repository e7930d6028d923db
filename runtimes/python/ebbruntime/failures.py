"""What is logged when user code fails: its own frames, under the request's id."""

import sys

_HERE = __file__.rpartition("/")[0] + "/"


def log_failure(error, title):
    """Writes the stack to stderr without the runtime's frames."""
    import traceback

    stack = error.__traceback__
    while stack is not None and _is_internal(stack.tb_frame.f_code.co_filename):
        stack = stack.tb_next
    lines = traceback.format_exception(type(error), error, stack)
    _write(title + "\n" + "".join(lines))


def _is_internal(file):
    return file.startswith((_HERE, "<frozen importlib")) or "/concurrent/futures/" in file or "/asyncio/" in file


def _write(text):
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        pass  # the user closed stderr, or the disk is full: nothing is left to tell it to

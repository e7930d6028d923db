"""Finds the user's function and how it wants to be called."""

import posix
import sys

from _frozen_importlib import module_from_spec
from _frozen_importlib_external import SourceFileLoader, spec_from_file_location

from . import packages

# The names that are tried, in this order, when none is given: Ebb's and Kubeless's, Fission's,
# OpenFaaS's, AWS Lambda's.
DEFAULT_NAMES = ("handler", "main", "handle", "lambda_handler")

_VARIABLE_ARGUMENTS = 0x04
_COROUTINE = 0x80
_ASYNC_GENERATOR = 0x200


class UserError(Exception):
    """The function cannot be loaded, and the user can mend it. Ends the process with code 78."""


def load(function_dir, entrypoint, name):
    """Runs the entry file and returns a callable of (event, context)."""
    module_name, _, function_name = name.rpartition(".")
    file = module_name.replace(".", "/") + ".py"
    # Kubeless and Fission write module.function: a file beside the entry file, or its old name.
    if module_name and file != entrypoint and _exists(function_dir + "/" + file):
        __import__(module_name)
        return adapt(_find(sys.modules[module_name], file, function_name), function_name)
    module = _run(function_dir + "/" + entrypoint, entrypoint)
    return adapt(_find(module, entrypoint, function_name), function_name)


def _exists(path):
    try:
        posix.stat(path)
    except OSError:
        return False
    return True


def _run(path, entrypoint):
    folder, _, file = path.rpartition("/")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    name = file[:-3] if file.endswith(".py") else file
    if packages.is_standard(name) or name in sys.modules:
        name = "function_" + name
    spec = spec_from_file_location(name, path, loader=SourceFileLoader(name, path))
    module = module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except FileNotFoundError as e:
        if e.filename == path:
            raise UserError("there is no file %s in the function's package" % entrypoint) from None
        raise
    return module


def _find(module, entrypoint, name):
    if name:
        found = getattr(module, name, None)
        if callable(found):
            return found
        problem = "%s has no function %s" % (entrypoint, name)
    else:
        for candidate in DEFAULT_NAMES:
            found = getattr(module, candidate, None)
            if callable(found) and not isinstance(found, type):
                return found
        own = _functions_of(module)
        if len(own) == 1:
            return getattr(module, own[0])
        problem = "%s has no function named %s" % (entrypoint, ", ".join(DEFAULT_NAMES[:-1]))
        problem += " or " + DEFAULT_NAMES[-1]
    own = _functions_of(module)
    raise UserError(problem + "; it has " + (", ".join(own) if own else "no functions"))


def _functions_of(module):
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and callable(value) and getattr(value, "__module__", None) == module.__name__
        and not isinstance(value, type)
    ]  # fmt: skip


def adapt(function, name=""):
    """A callable of (event, context) whatever the function's own arguments are.

    None: `main()`. One: `main(request)` gets the event, `handle(req)` the body as str. Two or more:
    `(event, context)`. An async function's result is awaited.
    """
    code, bound = _code_of(function)
    count = _arguments(function, code, bound)
    if code is not None and code.co_flags & (_COROUTINE | _ASYNC_GENERATOR):
        from . import coroutines  # in the start, not in the first request
    if count == 0:
        call = lambda event, context: function()  # noqa: E731
    elif count == 1 and (name or getattr(function, "__name__", "")) == "handle":
        call = lambda event, context: function(event.text)  # noqa: E731
    elif count == 1:
        call = lambda event, context: function(event)  # noqa: E731
    else:
        call = function

    def handler(event, context):
        result = call(event, context)
        if hasattr(result, "__await__"):
            from .coroutines import complete

            return complete(result)
        return result

    return handler


def _code_of(function):
    """The code object behind decorators, methods and callable objects, and how many of its
    arguments are bound already."""
    bound = 0
    while hasattr(function, "__wrapped__") or hasattr(function, "__func__"):
        if hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        else:
            function = function.__func__
            bound += 1
    if not hasattr(function, "__code__"):
        function = getattr(type(function), "__call__", None)
        bound += 1
    return getattr(function, "__code__", None), bound


def _arguments(function, code, bound):
    """How many arguments to pass, 0 to 2."""
    if code is None:
        import inspect

        parameters = inspect.signature(function).parameters.values()
        return min(2, sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in parameters))
    if code.co_flags & _VARIABLE_ARGUMENTS:
        return 2
    return min(max(code.co_argcount - bound, 0), 2)

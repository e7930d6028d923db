"""JSON through the C half of the json module.

`import json` takes 10 ms, nearly all of it for regular expressions that only its pure Python half
uses, and a function that answers a dict would pay that in its first request. The C encoder and
scanner need none of it. They are private to CPython, so wherever they are missing or refuse, the
json module does the work; the result is the same.
"""

import sys


def _refuse(value):
    raise TypeError("a value of type %s cannot be written as JSON" % type(value).__name__)


def dumps(value):
    """JSON text of a value; TypeError or ValueError when it has none."""
    if "json" not in sys.modules:
        try:
            from _json import encode_basestring_ascii, make_encoder

            encode = make_encoder({}, _refuse, encode_basestring_ascii, None, ": ", ", ", False, False, True)
        except (ImportError, TypeError):
            pass
        else:
            return "".join(encode(value, 0))
    import json

    return json.dumps(value)


class _ScannerOptions:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int

    @staticmethod
    def parse_constant(name):
        return float(name.replace("Infinity", "inf"))


def loads(text):
    """The value of JSON text; ValueError when it is not JSON."""
    if "json" not in sys.modules:
        try:
            from _json import make_scanner

            value, end = make_scanner(_ScannerOptions)(text, len(text) - len(text.lstrip(" \t\n\r")))
            if not text[end:].strip(" \t\n\r"):
                return value
        except (ImportError, TypeError, StopIteration, SystemError):
            pass  # SystemError: the scanner of 3.10 to 3.12 fails to make its error without the module
    import json

    return json.loads(text)

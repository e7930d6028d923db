"""From what a handler returns to a response.

| returned | response |
| --- | --- |
| None | 200, empty |
| str | 200, text/plain; charset=utf-8 |
| bytes, bytearray, memoryview | 200, application/octet-stream |
| (body, status), (body, headers), (body, status, headers) | as said, with the body by this table |
| dict with `statusCode`, or with `body` and only `status`, `body`, `headers` beside it | as said |
| other dict, list, number, bool | 200, application/json |
| generator, iterator, async generator, file | 200, sent in pieces as they come |
"""

from . import jsons

TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"
JSON = "application/json"

# Headers that belong to the connection, not to the function.
_OWN_HEADERS = frozenset(("connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"))
_NAME_CHARACTERS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_FILE_PIECE_BYTES = 65536


class Answer:
    """A response: `body` is bytes, or `pieces` yields its parts."""

    __slots__ = ("status", "headers", "body", "pieces")

    def __init__(self, status, headers, body=b"", pieces=None):
        self.status = status
        self.headers = headers
        self.body = body
        self.pieces = pieces


def error_answer(status, reason, message, request_id):
    """The form of all errors of Ebb."""
    error = {"code": status, "reason": reason, "message": message, "requestId": request_id}
    body = jsons.dumps({"error": error}).encode()
    return Answer(status, [("content-type", JSON)], body)


def to_answer(result):
    """The response to a handler's result; TypeError or ValueError when there is none."""
    status, headers = 200, ()
    if isinstance(result, tuple) and 2 <= len(result) <= 3 and _is_status_or_headers(result[1:]):
        for part in result[1:]:
            if isinstance(part, int):
                status = part
            else:
                headers = part
        result = result[0]
    elif isinstance(result, dict) and _is_response(result):
        status = result.get("statusCode", result.get("status", 200))
        headers = result.get("headers") or ()
        body = result.get("body")
        if result.get("isBase64Encoded") and body:
            from binascii import a2b_base64

            body = a2b_base64(body)
        result = body
    status = int(status)
    if not 200 <= status <= 599:
        raise ValueError("%d is not a status of a response" % status)
    pairs = _checked(headers)
    kind, body, pieces = _encode(result)
    if kind and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("content-type", kind))
    return Answer(status, pairs, body, pieces)


def _is_status_or_headers(parts):
    if len(parts) == 1:
        return _is_status(parts[0]) or isinstance(parts[0], dict)
    return _is_status(parts[0]) and (isinstance(parts[1], (dict, list)) or parts[1] is None)


def _is_status(value):
    return isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599


def _is_response(result):
    if "statusCode" in result:
        return True
    return "body" in result and result.keys() <= {"status", "body", "headers"} and len(result) > 1


def _checked(headers):
    pairs = []
    for name, value in headers.items() if isinstance(headers, dict) else headers or ():
        name = str(name)
        if not name or not _NAME_CHARACTERS.issuperset(name):
            raise ValueError("%r is not the name of a header" % name)
        if name.lower() in _OWN_HEADERS:
            continue
        for one in value if isinstance(value, (list, tuple)) else (value,):
            text = str(one)
            if "\r" in text or "\n" in text or "\0" in text:
                raise ValueError("the value of header %s has a line break" % name)
            pairs.append((name, text))
    return pairs


def _encode(result):
    """Content type, bytes, pieces."""
    if result is None:
        return None, b"", None
    if isinstance(result, str):
        return TEXT, result.encode("utf-8", "surrogateescape"), None
    if isinstance(result, (bytes, bytearray, memoryview)):
        return BINARY, bytes(result), None
    if isinstance(result, (dict, list, tuple, int, float)):
        return JSON, jsons.dumps(result).encode(), None
    if hasattr(result, "__aiter__"):
        from .coroutines import iterate

        return TEXT, b"", _encoded(iterate(result), None)
    if callable(getattr(result, "read", None)):
        return BINARY, b"", _encoded(iter(lambda: result.read(_FILE_PIECE_BYTES), _end_of(result)), result)
    if hasattr(result, "__next__"):
        return TEXT, b"", _encoded(result, result)
    return JSON, jsons.dumps(result).encode(), None


def _end_of(file):
    """What a file returns at its end: "" when it was opened as text."""
    return "" if hasattr(file, "encoding") else b""


def _encoded(pieces, closed_after):
    try:
        for piece in pieces:
            if isinstance(piece, str):
                piece = piece.encode("utf-8", "surrogateescape")
            elif not isinstance(piece, (bytes, bytearray, memoryview)):
                piece = (jsons.dumps(piece) + "\n").encode()
            if piece:
                yield bytes(piece)
    finally:
        close = getattr(closed_after, "close", None) or getattr(pieces, "close", None)
        if close is not None:
            close()

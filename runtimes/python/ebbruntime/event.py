"""What a handler gets: the event (the request) and the context (its surroundings)."""

import posix
import sys
import time

from . import jsons
from .protocol import HttpError


def _env(name):
    return posix.environ.get(name, b"").decode("utf-8", "surrogateescape")


class Headers(dict):
    """Header fields by name in any case; a field that came several times is joined by commas."""

    def __init__(self, pairs):
        super().__init__()
        for name, value in pairs:
            if name in self:
                value = super().__getitem__(name) + ("; " if name == "cookie" else ", ") + value
            super().__setitem__(name, value)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())

    def __contains__(self, name):
        return super().__contains__(name.lower())

    def get(self, name, default=None):
        return super().get(name.lower(), default)


class Query(dict):
    """The first value of each query parameter; `getlist(name)` has all of them."""

    def __init__(self, text):
        super().__init__()
        self._all = {}
        for pair in text.split("&"):
            if pair:
                name, _, value = pair.partition("=")
                self._all.setdefault(_unquote(name), []).append(_unquote(value))
        for name, values in self._all.items():
            self[name] = values[0]

    def getlist(self, name):
        return list(self._all.get(name, ()))


def _unquote(text):
    text = text.replace("+", " ")
    if "%" not in text:
        return text
    first, *parts = text.encode("utf-8", "surrogateescape").split(b"%")
    out = [first]
    for part in parts:
        try:
            out.append(bytes((int(part[:2].decode("ascii"), 16),)) + part[2:] if len(part) > 1 else b"%" + part)
        except ValueError:
            out.append(b"%" + part)
    return b"".join(out).decode("utf-8", "replace")


class Event:
    """One request.

    Attributes, also as keys (`event["body"]`): `method`, `path` (as sent, without query), `query`,
    `query_string`, `headers`, `body` (bytes), `text` (str), `data` (by content type: JSON is
    parsed, text, forms and requests without a type are str, anything else is bytes), `stream` (the
    body as a file, instead of the others), and of a CloudEvent `id`, `source`, `type`, `subject`,
    `time`. The body is read when one of them asks for it.
    """

    def __init__(self, head, body):
        self.method = head.method
        target = head.target
        if not target.startswith("/") and target != "*":
            rest = target.partition("://")[2]
            target = rest[rest.find("/") :] if "/" in rest else "/"
        self.path, _, self.query_string = target.partition("?")
        self.headers = Headers(head.headers)
        self.stream = body
        self._body = None
        self._query = None

    @property
    def query(self):
        if self._query is None:
            self._query = Query(self.query_string)
        return self._query

    @property
    def body(self):
        if self._body is None:
            self._body = self.stream.read()
        return self._body

    @property
    def text(self):
        return self.body.decode("utf-8", "surrogateescape")

    @property
    def content_type(self):
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def data(self):
        kind = self.content_type
        if kind == "application/json" or kind.endswith("+json"):
            return self.json() if self.body else None
        if not kind or kind.startswith("text/") or kind == "application/x-www-form-urlencoded":
            return self.text
        return self.body

    def json(self):
        """The body as JSON, whatever its type; a body that is not JSON is answered with 400."""
        try:
            return jsons.loads(self.body.decode("utf-8"))
        except ValueError as e:
            raise NotJson("the body is not valid JSON: %s" % e) from None

    def _attribute_of_cloud_event(self, name):
        return self.headers.get("ce-" + name) or self.headers.get("event-" + name)

    id = property(lambda self: self._attribute_of_cloud_event("id"))
    source = property(lambda self: self._attribute_of_cloud_event("source"))
    type = property(lambda self: self._attribute_of_cloud_event("type"))
    subject = property(lambda self: self._attribute_of_cloud_event("subject"))
    time = property(lambda self: self._attribute_of_cloud_event("time"))

    _KEYS = (
        "method", "path", "query", "query_string", "headers", "body", "text", "data", "stream",
        "id", "source", "type", "subject", "time",
    )  # fmt: skip

    def __getitem__(self, key):
        if key in self._KEYS:
            return getattr(self, key)
        if key.startswith("event-"):
            return self.headers[key]
        raise KeyError(key)

    def get(self, key, default=None):
        try:
            return self[key]
        except KeyError:
            return default

    def keys(self):
        return list(self._KEYS)

    def __iter__(self):
        return iter(self._KEYS)

    def __contains__(self, key):
        return key in self._KEYS

    def __repr__(self):
        return "<Event %s %s>" % (self.method, self.path)


class NotJson(ValueError, HttpError):
    """A ValueError to the handler, 400 to the caller when the handler does not catch it."""

    def __init__(self, message):
        HttpError.__init__(self, 400, "BadRequest", message)


def remaining_millis(told, otherwise):
    """What the gateway says of this request, else the limit of all requests."""
    return int(told) if told and told.isascii() and told.isdigit() and len(told) < 10 else otherwise


class Context:
    """Where and for how long a handler runs."""

    def __init__(self, request_id, timeout_millis, namespace):
        self.request_id = request_id
        self.namespace = namespace
        # Seconds since the epoch; None when there is no timeout.
        self.deadline = time.time() + timeout_millis / 1000 if timeout_millis else None

    @property
    def function_name(self):
        return _env(b"K_SERVICE")

    @property
    def revision(self):
        return _env(b"K_REVISION")

    @property
    def remaining_seconds(self):
        """Until the caller gets 504; None when there is no timeout."""
        return None if self.deadline is None else max(0.0, self.deadline - time.time())

    def get_remaining_time_in_millis(self):
        remaining = self.remaining_seconds
        return None if remaining is None else int(remaining * 1000)

    @property
    def logger(self):
        """A `logging` logger with the function's name that writes to the function's log."""
        import logging

        if not logging.getLogger().handlers:
            logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
        return logging.getLogger(self.function_name or "function")

    def __repr__(self):
        return "<Context %s>" % self.request_id

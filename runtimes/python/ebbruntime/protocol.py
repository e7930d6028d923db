"""HTTP/1.1 as a server speaks it (RFC 9112): requests in, responses out.

What is ambiguous is refused, not repaired: two different lengths, a length beside chunks, folded
lines, bare CR. The peer is Ebb's gateway, so limits exist for the memory's sake and are not tuned
against attackers: a head has at most 64 KiB, what is read of a body is at most one buffer.
"""

import time

MAX_HEAD_BYTES = 65536
BUFFER_BYTES = 65536
# A chunk's size line and the trailers come from the gateway and are short; this bounds them.
MAX_CHUNK_LINE_BYTES = 4096

_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

REASONS = {
    200: "OK", 201: "Created", 202: "Accepted", 204: "No Content", 206: "Partial Content",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
    403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict", 410: "Gone",
    413: "Content Too Large", 415: "Unsupported Media Type", 422: "Unprocessable Content",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 500: "Internal Server Error",
    501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported",
}  # fmt: skip


class HttpError(Exception):
    """A request that is answered with an error before or instead of the function."""

    def __init__(self, status, reason, message):
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.message = message


class Disconnected(ConnectionError):
    """The client went away in the middle of its request."""


def bad_request(message):
    return HttpError(400, "BadRequest", message)


class Head:
    """A request without its body. Headers are a list of pairs, names in lower case."""

    __slots__ = ("method", "target", "version", "headers", "length", "chunked", "keep_alive", "expects_continue")


def parse_head(data):
    """Parses the bytes before the empty line."""
    lines = data.split(b"\r\n")
    head = Head()
    parts = lines[0].split(b" ")
    if len(parts) != 3 or not parts[0] or parts[0].translate(None, _TOKEN):
        raise bad_request("the request line is not METHOD TARGET VERSION")
    method, target, version = parts
    if version not in (b"HTTP/1.1", b"HTTP/1.0"):
        if version.startswith(b"HTTP/"):
            raise HttpError(505, "HttpVersionNotSupported", "only HTTP/1.1 is spoken here")
        raise bad_request("the request line does not end with a version")
    if not target or not (target.startswith((b"/", b"http://", b"https://")) or target == b"*"):
        raise bad_request("the request target is neither a path nor an absolute URL")
    if b"\r" in data.replace(b"\r\n", b"") or b"\0" in data or b"\n" in data.replace(b"\r\n", b""):
        raise bad_request("a bare CR, LF or NUL in the header section")
    headers = []
    length = None
    encoding = None
    host = 0
    connection = ""
    head.expects_continue = False
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        if not colon or not name or name.translate(None, _TOKEN):
            raise bad_request("a header line is not NAME: VALUE")
        key = name.decode("ascii").lower()
        text = value.strip(b" \t").decode("latin-1")
        headers.append((key, text))
        if key == "content-length":
            if not (text.isascii() and text.isdigit()) or len(text) > 18 or (length is not None and length != int(text)):
                raise bad_request("Content-Length is not one number")
            length = int(text)
        elif key == "transfer-encoding":
            encoding = text if encoding is None else encoding + "," + text
        elif key == "host":
            host += 1
        elif key == "connection":
            connection += "," + text.lower()
        elif key == "expect":
            head.expects_continue = text.lower() == "100-continue"
    if encoding is not None and length is not None:
        raise bad_request("Content-Length beside Transfer-Encoding")
    if encoding is not None and encoding.strip().lower() != "chunked":
        raise HttpError(501, "NotImplemented", "only the transfer coding chunked is supported")
    if host != 1 and version == b"HTTP/1.1":
        raise bad_request("there must be exactly one Host header")
    options = [option.strip() for option in connection.split(",")]
    head.method = method.decode("ascii")
    head.target = target.decode("latin-1")
    head.version = version
    head.headers = headers
    head.length = length or 0
    head.chunked = encoding is not None
    head.keep_alive = "close" not in options and (version == b"HTTP/1.1" or "keep-alive" in options)
    return head


class Body:
    """The body of one request, read from the connection when somebody asks for it.

    A binary file that cannot seek: `read`, `readline`, iteration. Iterating gives pieces as they
    arrive, not lines. A client that waits for `100 Continue` gets it with the first read.
    """

    def __init__(self, connection, head, limit):
        self._connection = connection
        self._limit = limit
        self._chunked = head.chunked
        self._in_chunk = False
        self._left = head.length
        self._continue = head.expects_continue and (head.chunked or head.length > 0)
        self._line = b""
        self.finished = not head.chunked and head.length == 0

    def read(self, size=-1):
        """At most `size` bytes, b"" at the end; without a size all of it, within the limit."""
        if size is None or size < 0:
            return self._read_all()
        if self._line:
            piece, self._line = self._line[:size], self._line[size:]
            return piece
        return self._next(size) if size else b""

    def readline(self, size=-1):
        while b"\n" not in self._line and (size < 0 or len(self._line) < size):
            if len(self._line) > self._limit:
                raise self._too_large()
            piece = self._next(BUFFER_BYTES)
            if not piece:
                break
            self._line += piece
        end = self._line.find(b"\n") + 1 or len(self._line)
        return self.read(end if size < 0 else min(end, size))

    def __iter__(self):
        return iter(lambda: self.read(BUFFER_BYTES), b"")

    def readable(self):
        return True

    def _read_all(self):
        if not self._chunked and self._left > self._limit:
            raise self._too_large()
        pieces = [self._line]
        size = len(self._line)
        self._line = b""
        while True:
            piece = self._next(BUFFER_BYTES)
            if not piece:
                return b"".join(pieces)
            size += len(piece)
            if size > self._limit:
                raise self._too_large()
            pieces.append(piece)

    def _too_large(self):
        return HttpError(413, "BodyTooLarge", "the body is larger than %d bytes" % self._limit)

    def _next(self, size):
        if self.finished:
            return b""
        if self._continue:
            self._continue = False
            self._connection.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if self._chunked and self._left == 0:
            self._begin_chunk()
            if self.finished:
                return b""
        piece = self._connection.take(min(size, self._left))
        self._left -= len(piece)
        if self._left == 0 and not self._chunked:
            self.finished = True
        return piece

    def _begin_chunk(self):
        connection = self._connection
        if self._in_chunk and connection.line(MAX_CHUNK_LINE_BYTES):
            raise bad_request("a chunk is longer than its size")
        self._in_chunk = True
        digits = connection.line(MAX_CHUNK_LINE_BYTES).partition(b";")[0].strip(b" \t")
        if not digits or digits.translate(None, b"0123456789abcdefABCDEF") or len(digits) > 15:
            raise bad_request("a chunk does not begin with its size")
        self._left = int(digits, 16)
        if self._left == 0:
            room = MAX_HEAD_BYTES
            while True:
                trailer = connection.line(room)
                if not trailer:
                    break
                room -= len(trailer)
            self.finished = True

    def is_short(self, limit):
        """Whether what is left of it is certain to end within `limit` bytes."""
        return self.finished or (not self._chunked and not self._continue and self._left <= limit)

    @property
    def awaited(self):
        """Whether the client still waits to be told to send it."""
        return self._continue

    def skip(self):
        while not self.finished:
            self._next(BUFFER_BYTES)


class Connection:
    """One client connection: its socket, and bytes read ahead of which `_start` are used up."""

    __slots__ = ("socket", "_buffer", "_start")

    def __init__(self, socket):
        self.socket = socket
        self._buffer = b""
        self._start = 0

    def receive(self):
        """Waits for bytes and puts them into the buffer; false at the end of the stream."""
        data = self._receive(BUFFER_BYTES)
        self._buffer = self._buffer[self._start :] + data
        self._start = 0
        return bool(data)

    def take(self, size):
        """Between 1 and `size` bytes of the body."""
        start = self._start
        if start < len(self._buffer):
            piece = self._buffer[start : start + size]
            self._start = start + len(piece)
            return piece
        piece = self._receive(min(size, BUFFER_BYTES))
        if not piece:
            raise Disconnected("the client closed the connection inside the body")
        return piece

    def line(self, limit):
        """One line without its CRLF."""
        while True:
            end = self._buffer.find(b"\r\n", self._start)
            if (end if end >= 0 else len(self._buffer)) - self._start > limit:
                raise bad_request("a line of the chunked body is too long")
            if end >= 0:
                line = self._buffer[self._start : end]
                self._start = end + 2
                return line
            if not self.receive():
                raise Disconnected("the client closed the connection inside the body")

    def next_head(self):
        """The next request's head when all of it has arrived, else None."""
        buffer, start = self._buffer, self._start
        while buffer[start : start + 2] == b"\r\n":  # RFC 9112 2.2: empty lines before a request
            start += 2
        end = buffer.find(b"\r\n\r\n", start)
        if (end if end >= 0 else len(buffer)) - start > MAX_HEAD_BYTES:
            raise HttpError(431, "HeadersTooLarge", "the header section is larger than %d bytes" % MAX_HEAD_BYTES)
        if end < 0:
            if buffer.find(b"\n\n", start) >= 0:
                raise bad_request("lines of the header section end with LF alone")
            return None
        self._start = end + 4
        return parse_head(buffer[start:end])

    def send(self, data):
        try:
            self.socket.sendall(data)
        except OSError as e:
            raise Disconnected("the client closed the connection: %s" % e) from None

    def _receive(self, size):
        try:
            return self.socket.recv(size)
        except OSError as e:
            raise Disconnected("the client closed the connection: %s" % e) from None

    def linger(self, seconds):
        """Lets a client that still sends read the answer before the connection goes.

        Closing with unread data would reset the connection and could take the answer with it.
        """
        deadline = time.monotonic() + seconds
        try:
            self.socket.shutdown(1)
            while deadline > time.monotonic():
                self.socket.settimeout(max(0.01, deadline - time.monotonic()))
                if not self.socket.recv(BUFFER_BYTES):
                    break
        except OSError:
            pass  # it closed, or did not stop in time


def head_of_response(status, headers, keep_alive):
    """Status line and headers. `headers` are pairs of str, already checked."""
    lines = ["HTTP/1.1 %d %s\r\n" % (status, REASONS.get(status, ""))]
    for name, value in headers:
        lines.append("%s: %s\r\n" % (name, value))
    lines.append("\r\n" if keep_alive else "Connection: close\r\n\r\n")
    return "".join(lines).encode("utf-8", "surrogateescape")

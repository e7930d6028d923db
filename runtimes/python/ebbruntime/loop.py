"""Which thread serves which connection.

All threads wait on one epoll instance and serve inline what they get, so a request is never handed
from thread to thread (leader and followers without a queue; Schmidt et al., "Leader/Followers",
2000). Each descriptor is armed for one event at a time (EPOLLONESHOT), so no two threads touch one
connection. An idle keep-alive connection, or one whose header section is not complete, holds no
thread. A thread that takes the last free place starts the next one, up to the limit; with a
concurrency of 1 only the main thread exists. The first request is served by the main thread, so a
module that must be imported there first (`threading`, before Python 3.13) is.
"""

import _socket
import _thread
import posix
import sys
import time

from select import EPOLLIN, EPOLLONESHOT, epoll

from . import failures
from .answer import error_answer, to_answer
from .event import Context, Event, remaining_millis
from .protocol import Body, Connection, Disconnected, HttpError, head_of_response

# Threads when the concurrency is not limited. More requests than this wait for a thread.
UNLIMITED_THREADS = 200
# A body that the handler did not read is skipped up to this size to keep the connection.
SKIP_BYTES = 262144
# Bodies up to this size go out together with their head.
JOIN_BYTES = 65536
BACKLOG = 1024
# No descriptor is free, most likely; the function or other connections may give one back.
ACCEPT_PAUSE_SECONDS = 0.05
# A client that is still sending a body that nobody wants gets so long to read the answer.
LINGER_SECONDS = 1


class Loop:
    """Accepts on a unix socket, or on a port, and serves until `stop`."""

    def __init__(self, handler, current, concurrency, max_body_bytes, timeout_millis):
        self.handler = handler
        self.current = current
        self.max_threads = concurrency or UNLIMITED_THREADS
        self.max_body_bytes = max_body_bytes
        self.timeout_millis = timeout_millis
        self.stopping = False
        self.forked = False
        self.connections = {}
        self.lock = _thread.allocate_lock()
        self.threads = 1
        self.free = 1
        self.all_done = _thread.allocate_lock()
        self.epoll = epoll()
        self.wake_read, self.wake_write = posix.pipe()
        self.epoll.register(self.wake_read, EPOLLIN)
        self.listener = None

    def listen(self, address):
        """At the path of a unix socket, or at (host, port)."""
        by_port = isinstance(address, tuple)
        family = _socket.AF_INET if by_port else _socket.AF_UNIX
        self.listener = _socket.socket(family, _socket.SOCK_STREAM)
        self.listener.setblocking(False)
        if by_port:
            # A restart waits for no old connections, an answer for no more of it.
            self.listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
            self.listener.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.listener.bind(address)
        self.listener.listen(BACKLOG)
        self.epoll.register(self.listener.fileno(), EPOLLIN | EPOLLONESHOT)

    def run(self):
        """Serves on the calling thread and those it starts; returns when stopped and idle."""
        self.all_done.acquire()
        self._serve()
        self.all_done.acquire()

    def stop(self):
        """Accepts no more; `run` returns after the requests in flight. Called by a signal."""
        if not self.stopping:
            self.stopping = True
            posix.write(self.wake_write, b".")

    def forget_in_child(self):
        """After a fork: the child keeps no connection of its parent open."""
        self.forked = True
        self.epoll.close()
        self.listener.close()
        for connection in self.connections.values():
            posix.close(connection.socket.detach())

    def _serve(self):
        while True:
            # When stopping, what has arrived already is still served.
            stopping = self.stopping
            events = [fd for fd, _ in self.epoll.poll(0 if stopping else -1, 64 if stopping else 1)]
            if self.wake_read in events:
                events.remove(self.wake_read)
            for fd in events:
                if fd == self.listener.fileno():
                    self._accept()
                    continue
                self._begin()
                self._on_readable(self.connections[fd])
                with self.lock:
                    self.free += 1
            if stopping and not events:
                break
        with self.lock:
            self.listener.close()
            self.threads -= 1
            if self.threads == 0:
                self.all_done.release()

    def _begin(self):
        with self.lock:
            self.free -= 1
            start = self.free == 0 and self.threads < self.max_threads and not self.stopping
            if start:
                self.threads += 1
                self.free += 1
        if start:
            try:
                _thread.start_new_thread(self._serve, ())
            except RuntimeError:  # no more threads: those that exist go on
                with self.lock:
                    self.threads -= 1
                    self.free -= 1

    def _accept(self):
        accepted = []
        while True:
            try:
                fd, _ = self.listener._accept()
            except BlockingIOError:
                break
            except OSError as e:
                sys.stderr.write("cannot accept a connection: %s\n" % e)
                time.sleep(ACCEPT_PAUSE_SECONDS)
                break
            accepted.append(_socket.socket(self.listener.family, _socket.SOCK_STREAM, 0, fd))
        self.epoll.modify(self.listener.fileno(), EPOLLIN | EPOLLONESHOT)
        for socket in accepted:
            connection = Connection(socket)
            self.connections[socket.fileno()] = connection
            self.epoll.register(socket.fileno(), EPOLLIN | EPOLLONESHOT)

    def _on_readable(self, connection):
        keep = False
        try:
            keep = connection.receive() and self._serve_requests(connection)
        except HttpError as e:
            self._refuse(connection, e)
        except Disconnected:
            pass
        except BaseException as e:  # memory that runs out, say: it costs the connection, not the thread
            failures.log_failure(e, "a connection failed")
        if keep and not self.stopping:
            self.epoll.modify(connection.socket.fileno(), EPOLLIN | EPOLLONESHOT)
        else:
            self._close(connection)

    def _close(self, connection):
        del self.connections[connection.socket.fileno()]
        connection.socket.close()

    def _serve_requests(self, connection):
        """Serves the requests in the buffer; tells whether the connection may live on."""
        while True:
            head = connection.next_head()
            if head is None:
                return True
            if not self._serve_request(connection, head):
                return False

    def _serve_request(self, connection, head):
        """Tells whether the connection may live on."""
        body = Body(connection, head, self.max_body_bytes)
        event = Event(head, body)
        request_id = event.headers.get("x-request-id", "-")
        timeout_millis = remaining_millis(event.headers.get("x-envoy-expected-rq-timeout-ms"), self.timeout_millis)
        context = Context(request_id, timeout_millis, event.headers.get("knative-serving-namespace", ""))
        wanted = True
        try:
            self.current.set((event, context))
            answer = to_answer(self.handler(event, context))
        except HttpError as e:
            wanted = e.status != 413
            answer = error_answer(e.status, e.reason, e.message, request_id)
        except Disconnected:
            raise
        except BaseException as e:  # SystemExit too: a function does not end its instance that way
            answer = self._failed(e, context)
        if self.forked:
            self._end_child()
        keep_alive = head.keep_alive and wanted and not self.stopping and body.is_short(SKIP_BYTES)
        complete = self._send(connection, head, answer, keep_alive, context)
        if keep_alive and complete:
            body.skip()
            return True
        if not body.finished and not body.awaited:
            connection.linger(LINGER_SECONDS)
        return False

    def _failed(self, error, context):
        if self.forked:
            self._end_child(error)
        kind = type(error).__name__
        failures.log_failure(error, "request %s: the function failed" % context.request_id)
        message = "the function raised %s; its log has the stack under this request id" % kind
        return error_answer(500, "FunctionError", message, context.request_id)

    def _send(self, connection, head, answer, keep_alive, context):
        """Sends a response; tells whether it was complete."""
        headers = answer.headers
        bodiless = head.method == "HEAD" or answer.status in (204, 304)
        if answer.pieces is None:
            if answer.status != 204:
                headers.append(("content-length", str(len(answer.body))))
            data = head_of_response(answer.status, headers, keep_alive)
            if bodiless or not answer.body:
                connection.send(data)
            elif len(answer.body) <= JOIN_BYTES:
                connection.send(data + answer.body)
            else:
                connection.send(data)
                connection.send(answer.body)
            return True
        return self._send_pieces(connection, head, answer, keep_alive, bodiless, context)

    def _send_pieces(self, connection, head, answer, keep_alive, bodiless, context):
        chunked = head.version == b"HTTP/1.1"
        headers = answer.headers + ([("transfer-encoding", "chunked")] if chunked else [])
        start = head_of_response(answer.status, headers, keep_alive and chunked)
        try:
            if bodiless:
                connection.send(start)
                return True
            for piece in answer.pieces:
                framed = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
                connection.send(start + framed if start else framed)
                start = b""
            connection.send(start + (b"0\r\n\r\n" if chunked else b""))
            return chunked
        except Disconnected:
            raise
        except BaseException as e:
            failed = self._failed(e, context)
            if start:  # nothing was sent yet: the caller can still be told
                return self._send(connection, head, failed, keep_alive, context)
            return False  # closing without the last chunk tells the client that it is incomplete
        finally:
            answer.pieces.close()

    def _refuse(self, connection, error):
        """Answers what is not a request."""
        answer = error_answer(error.status, error.reason, error.message, "-")
        headers = answer.headers + [("content-length", str(len(answer.body)))]
        try:
            connection.send(head_of_response(answer.status, headers, False) + answer.body)
            connection.linger(LINGER_SECONDS)
        except Disconnected:
            pass

    def _end_child(self, error=None):
        """A forked child that came back from the handler has no request to answer."""
        code = 0
        if isinstance(error, SystemExit):
            code = error.code if isinstance(error.code, int) else int(error.code is not None)
        elif error is not None:
            failures.log_failure(error, "a child process of the function failed")
            code = 1
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            posix._exit(code)

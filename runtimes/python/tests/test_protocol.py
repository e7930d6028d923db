import json
import socket
import threading
import unittest

from .support import Function, wait_until

ECHO = """
def handler(event, context):
    if event.path == "/skip":
        return "skipped"
    if event.path == "/stream":
        return (piece for piece in event.stream)
    if event.path == "/lines":
        lines = iter(event.stream.readline, b"")
        return [line.decode() for line in lines]
    if event.path == "/count":
        total = 0
        for piece in event.stream:
            assert len(piece) <= 65536
            total += len(piece)
        return total
    return event.body
"""

GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\n"

MALFORMED = [
    # request, status, reason
    (b"\r\n\r\n \r\n\r\n", 400, "BadRequest"),
    (b"GET\r\n\r\n", 400, "BadRequest"),
    (b"GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", 400, "BadRequest"),
    (b"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400, "BadRequest"),
    (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505, "HttpVersionNotSupported"),
    (b"GET / FTP/1.1\r\nHost: x\r\n\r\n", 400, "BadRequest"),
    (b"GET relative HTTP/1.1\r\nHost: x\r\n\r\n", 400, "BadRequest"),
    (b"GET / HTTP/1.1\r\n\r\n", 400, "BadRequest"),
    (GET + b"Host: y\r\n\r\n", 400, "BadRequest"),
    (GET + b"No-Colon\r\n\r\n", 400, "BadRequest"),
    (GET + b"Space : x\r\n\r\n", 400, "BadRequest"),
    (GET + b"A: x\r\n folded\r\n\r\n", 400, "BadRequest"),
    (GET + b"A: x\rB: y\r\n\r\n", 400, "BadRequest"),
    (GET + b"A: x\nB: y\r\n\r\n", 400, "BadRequest"),
    (GET + b"A: \0\r\n\r\n", 400, "BadRequest"),
    (b"GET / HTTP/1.1\nHost: x\n\n", 400, "BadRequest"),
    (GET + b"A: " + b"x" * 70000 + b"\r\n\r\n", 431, "HeadersTooLarge"),
    (GET + b"A: " + b"x" * 200000, 431, "HeadersTooLarge"),
    (POST + b"Content-Length: -1\r\n\r\n", 400, "BadRequest"),
    (POST + b"Content-Length: 1x\r\n\r\n", 400, "BadRequest"),
    (POST + b"Content-Length: \xb2\r\n\r\n", 400, "BadRequest"),
    (POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "BadRequest"),
    (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "BadRequest"),
    (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "NotImplemented"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, "BadRequest"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400, "BadRequest"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", 400, "BadRequest"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 5000 + b"\r\n", 400, "BadRequest"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"e" * 5000 + b"\r\na\r\n0\r\n\r\n", 400, "BadRequest"),
    (POST + b"Content-Length: 100001\r\n\r\n", 413, "BodyTooLarge"),
    (POST + b"Transfer-Encoding: chunked\r\n\r\n" + (b"8000\r\n" + b"x" * 0x8000 + b"\r\n") * 4 + b"0\r\n\r\n", 413, "BodyTooLarge"),
]  # fmt: skip

CUT = [
    POST[:10],
    POST + b"Content-Length: 5\r\n\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\n",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
]

BODIES = [
    # what follows the request line and Host, body that arrives
    (b"Content-Length: 3\r\n\r\nabc", b"abc"),
    (b"Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", b"abc"),
    (b"Content-Length: 0\r\n\r\n", b""),
    (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
    (b"Transfer-Encoding: Chunked\r\n\r\n1;x=y\r\na\r\n00A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", b"a0123456789"),
    (b"Expect: something\r\nContent-Length: 1\r\n\r\na", b"a"),
]


class ProtocolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.function = Function(ECHO).__enter__()
        cls.addClassCleanup(cls.function.__exit__)

    def tearDown(self):
        # Whatever a test sent, the instance lives and logged no failure.
        self.assertEqual(200, self.function.request()[0])
        self.assertNotIn("Traceback", self.function.output())

    def test_what_is_not_http_is_refused_and_the_connection_closed(self):
        for request, status, reason in MALFORMED:
            with self.subTest(request[:60]):
                head, _, body = self.function.raw(request).partition(b"\r\n\r\n")
                self.assertEqual(str(status).encode(), head.split(b" ")[1])
                self.assertIn(b"Connection: close", head)
                self.assertEqual(reason, json.loads(body)["error"]["reason"])

    def test_a_request_that_is_cut_off_gets_no_answer(self):
        for request in CUT:
            with self.subTest(request):
                self.assertEqual(b"", self.function.raw(request))

    def test_bodies_arrive_in_every_framing(self):
        for rest, expected in BODIES:
            for size in (1, 7, 1000):
                with self.subTest(rest, size=size), self.function.connect() as client:
                    request = POST + rest
                    for start in range(0, len(request), size):
                        client.sendall(request[start : start + size])
                    client.sendall(GET + b"Connection: close\r\n\r\n")
                    answer = _all(client)
                    self.assertEqual(2, answer.count(b"HTTP/1.1 200 OK"), answer)
                    self.assertIn(b"\r\n\r\n" + expected + b"HTTP/1.1", answer)

    def test_pipelined_requests_are_answered_in_order(self):
        request = b"".join(POST + b"Content-Length: 2\r\n\r\n%02d" % i for i in range(50))
        bodies = [part.partition(b"\r\n\r\n")[2] for part in self.function.raw(request).split(b"HTTP/1.1 200 OK")[1:]]
        self.assertEqual([b"%02d" % i for i in range(50)], bodies)

    def test_100_continue_comes_when_the_body_is_asked_for(self):
        for path, expected in ((b"/", b"HTTP/1.1 100 Continue\r\n\r\n"), (b"/skip", b"HTTP/1.1 200 OK\r\n")):
            with self.subTest(path), self.function.connect() as client:
                client.sendall(b"POST " + path + b" HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                answer = client.recv(1000)
                self.assertTrue(answer.startswith(expected), answer)
                if path == b"/":
                    client.sendall(b"abc")
                    self.assertTrue(client.recv(1000).endswith(b"\r\n\r\nabc"))
                else:
                    self.assertIn(b"Connection: close", answer)

    def test_a_body_that_is_not_read_does_not_disturb_the_next_request(self):
        connection = self.function.connection()
        for body in (b"x" * 10, b"x" * 200000):
            self.assertEqual(b"skipped", connection.exchange("POST", "/skip", body)[2])
        self.assertEqual(b"", connection.exchange()[2])
        connection.close()

    def test_a_body_that_is_not_read_and_long_closes_the_connection(self):
        answer = self.function.raw(b"POST /skip HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900000)
        self.assertIn(b"Connection: close", answer)
        self.assertTrue(answer.endswith(b"skipped"))

    def test_a_refused_upload_gets_its_answer_while_the_client_still_sends(self):
        with self.function.connect() as client:
            client.sendall(POST + b"Content-Length: 10737418240\r\n\r\n")
            try:
                for _ in range(200):
                    client.sendall(b"x" * 65536)
            except OSError:
                pass
            self.assertTrue(client.recv(100).startswith(b"HTTP/1.1 413 "))

    def test_a_stream_is_not_limited_and_not_kept_in_memory(self):
        size = 50_000_000
        pieces = (b"x" * 1_000_000 for _ in range(size // 1_000_000))
        before = self._peak_memory()
        self.assertEqual(str(size).encode(), self.function.request("POST", "/count", pieces, encode_chunked=True)[2])
        self.assertLess(self._peak_memory() - before, 5_000)

    def _peak_memory(self):
        with open("/proc/%d/status" % self.function.process.pid) as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))

    def test_a_stream_flows_both_ways_at_once(self):
        with self.function.connect() as client:
            client.sendall(b"POST /stream HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
            answer = b""
            while not answer.endswith(b"1\r\na\r\n"):
                answer += client.recv(1000)
            client.sendall(b"1\r\nb\r\n0\r\n\r\n")
            while not answer.endswith(b"0\r\n\r\n"):
                answer += client.recv(1000)
            self.assertTrue(answer.endswith(b"1\r\na\r\n1\r\nb\r\n0\r\n\r\n"))

    def test_lines_of_a_stream(self):
        body = b"one\ntwo\n\nlast"
        self.assertEqual(["one\n", "two\n", "\n", "last"], json.loads(self.function.request("POST", "/lines", body)[2]))

    def test_http_1_0_and_connection_close_end_the_connection(self):
        for request in (b"GET / HTTP/1.0\r\n\r\n", GET + b"Connection: close\r\n\r\n"):
            with self.subTest(request), self.function.connect() as client:
                client.sendall(request)
                self.assertIn(b"Connection: close", _all(client))

    def test_absolute_targets_and_asterisk_are_understood(self):
        with Function("def main(r):\n    return [r.path, r.query_string]") as function:
            for target, expected in (
                (b"http://h:80/a?b", ["/a", "b"]),
                (b"http://h", ["/", ""]),
                (b"*", ["*", ""]),
                (b"//x/y?", ["//x/y", ""]),
            ):
                with self.subTest(target):
                    answer = function.raw(b"OPTIONS " + target + b" HTTP/1.1\r\nHost: x\r\n\r\n")
                    self.assertEqual(expected, json.loads(answer.partition(b"\r\n\r\n")[2]))

    def test_clients_that_vanish_leave_nothing_behind(self):
        before = _descriptors(self.function)
        for request in CUT * 10 + [b""] * 50:
            client = self.function.connect()
            client.sendall(request)
            client.close()
        wait_until(lambda: _descriptors(self.function) <= before + 1, "connections to be closed")

    def test_idle_connections_hold_no_thread(self):
        clients = [self.function.connect() for _ in range(300)]
        for client in clients[:10]:
            client.sendall(POST[:8])  # half a header section holds none either
        self.assertEqual(200, self.function.request()[0])
        self.assertLess(_threads(self.function), 30)
        for client in clients:
            client.close()


class ConcurrencyTest(unittest.TestCase):
    SOURCE = """
import threading
barrier = threading.Barrier(8)
def handler(event, context):
    if event.path == "/together":
        barrier.wait(30)
    return str(threading.get_ident())
"""

    def test_requests_run_at_once_in_one_instance(self):
        with Function(self.SOURCE) as function:
            answers = _at_once(8, lambda: function.request(target="/together"))
            self.assertEqual(8, len({body for _, _, body in answers}))

    def test_a_concurrency_of_one_is_one_thread(self):
        with Function(self.SOURCE, EBB_CONCURRENCY="1") as function:
            answers = _at_once(8, function.request)
            self.assertEqual(1, len({body for _, _, body in answers}))
            self.assertEqual(1, _threads(function))

    def test_no_more_threads_than_the_concurrency(self):
        with Function(self.SOURCE, EBB_CONCURRENCY="3") as function:
            _at_once(20, lambda: [function.request() for _ in range(20)])
            self.assertLessEqual(_threads(function), 3)

    def test_async_requests_run_at_once(self):
        source = """
import asyncio
waiting = 0
async def handler(event, context):
    global waiting
    waiting += 1
    while waiting < 8:
        await asyncio.sleep(0.001)
    return context.request_id
"""
        with Function(source) as function:
            ids = iter(range(8))
            answers = _at_once(8, lambda: function.request(headers={"X-Request-Id": str(next(ids))}))
            self.assertEqual({b"%d" % i for i in range(8)}, {body for _, _, body in answers})


def _at_once(count, call):
    results = []
    threads = [threading.Thread(target=lambda: results.append(call())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def _all(client):
    answer = b""
    while True:
        piece = client.recv(65536)
        if not piece:
            return answer
        answer += piece


def _descriptors(function):
    import os

    return len(os.listdir("/proc/%d/fd" % function.process.pid))


def _threads(function):
    import os

    return len(os.listdir("/proc/%d/task" % function.process.pid))


if __name__ == "__main__":
    unittest.main()

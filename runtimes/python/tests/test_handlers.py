import json
import unittest

from .support import Function

# One function per row of a table; the path chooses it.
ANSWERS = '''
import io, os

class Custom:
    pass

def numbers():
    yield "one "
    yield b"two "
    yield {"three": 3}

class Iterator:
    def __init__(self): self.left = 2
    def __iter__(self): return self
    def __next__(self):
        if not self.left: raise StopIteration
        self.left -= 1
        return "x"

def broken():
    yield "begun"
    raise RuntimeError("in the middle")

def broken_at_once():
    raise RuntimeError("at once")
    yield

VALUES = {
    "/none": lambda: None,
    "/str": lambda: "h\\u00e9",
    "/surrogate": lambda: b"\\xff".decode("utf-8", "surrogateescape"),
    "/bytes": lambda: b"\\x00\\xff",
    "/bytearray": lambda: bytearray(b"ab"),
    "/memoryview": lambda: memoryview(b"ab"),
    "/dict": lambda: {"a": [1, None, True, "\\u00e9"]},
    "/list": lambda: [1, 2],
    "/int": lambda: 42,
    "/bool": lambda: True,
    "/status": lambda: ("gone", 410),
    "/headers": lambda: ("ok", {"X-A": "1"}),
    "/all": lambda: ({"a": 1}, 201, {"X-A": "1", "Content-Type": "application/hal+json"}),
    "/pair": lambda: (1, 2),
    "/lambda": lambda: {"statusCode": 202, "body": "later", "headers": {"X-A": "1"}},
    "/lambda-json": lambda: {"statusCode": 200, "body": {"a": 1}},
    "/lambda-base64": lambda: {"statusCode": 200, "body": "AAE=", "isBase64Encoded": True},
    "/fission": lambda: {"status": 203, "body": "x", "headers": {"X-A": "1"}},
    "/looks-like": lambda: {"status": "ok", "uptime": 3},
    "/body-only": lambda: {"body": "x"},
    "/cookies": lambda: ("", 200, {"Set-Cookie": ["a=1", "b=2"]}),
    "/no-content": lambda: ("ignored", 204),
    "/not-modified": lambda: (None, 304, {"ETag": "x"}),
    "/own-headers": lambda: ("abc", {"Content-Length": "99", "Connection": "close", "Transfer-Encoding": "x"}),
    "/generator": numbers,
    "/iterator": Iterator,
    "/file": lambda: io.BytesIO(b"f" * 100000),
    "/text-file": lambda: io.StringIO("text"),
    "/big": lambda: b"z" * 1000000,
    "/custom": Custom,
    "/status-range": lambda: ("x", 199),
    "/header-break": lambda: ("x", {"X-A": "1\\r\\nX-B: 2"}),
    "/header-name": lambda: ("x", {"X A": "1"}),
    "/cycle": lambda: CYCLE,
    "/raise": lambda: 1 // 0,
    "/exit": lambda: __import__("sys").exit(3),
    "/connection": lambda: (_ for _ in ()).throw(ConnectionResetError("the database")),
    "/broken": broken,
    "/broken-at-once": broken_at_once,
}
CYCLE = []
CYCLE.append(CYCLE)

def handler(event, context):
    return VALUES[event.path]()
'''

TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"
JSON = "application/json"

ROWS = [
    # path, status, content type, body
    ("/none", 200, None, b""),
    ("/str", 200, TEXT, "h\u00e9".encode()),
    ("/surrogate", 200, TEXT, b"\xff"),
    ("/bytes", 200, BINARY, b"\x00\xff"),
    ("/bytearray", 200, BINARY, b"ab"),
    ("/memoryview", 200, BINARY, b"ab"),
    ("/dict", 200, JSON, b'{"a": [1, null, true, "\\u00e9"]}'),
    ("/list", 200, JSON, b"[1, 2]"),
    ("/int", 200, JSON, b"42"),
    ("/bool", 200, JSON, b"true"),
    ("/status", 410, TEXT, b"gone"),
    ("/headers", 200, TEXT, b"ok"),
    ("/all", 201, "application/hal+json", b'{"a": 1}'),
    ("/pair", 200, JSON, b"[1, 2]"),
    ("/lambda", 202, TEXT, b"later"),
    ("/lambda-json", 200, JSON, b'{"a": 1}'),
    ("/lambda-base64", 200, BINARY, b"\x00\x01"),
    ("/fission", 203, TEXT, b"x"),
    ("/looks-like", 200, JSON, b'{"status": "ok", "uptime": 3}'),
    ("/body-only", 200, JSON, b'{"body": "x"}'),
    ("/no-content", 204, TEXT, b""),
    ("/not-modified", 304, None, b""),
    ("/own-headers", 200, TEXT, b"abc"),
    ("/generator", 200, TEXT, b'one two {"three": 3}\n'),
    ("/iterator", 200, TEXT, b"xx"),
    ("/file", 200, BINARY, b"f" * 100000),
    ("/text-file", 200, BINARY, b"text"),
    ("/big", 200, BINARY, b"z" * 1000000),
]

FAILURES = [
    # path, what the log says
    ("/custom", "TypeError: a value of type Custom cannot be written as JSON"),
    ("/status-range", "199 is not a status"),
    ("/header-break", "the value of header X-A has a line break"),
    ("/header-name", "'X A' is not the name of a header"),
    ("/cycle", "ValueError: Circular reference detected"),
    ("/raise", "ZeroDivisionError"),
    ("/exit", "SystemExit: 3"),
    ("/connection", "ConnectionResetError: the database"),
    ("/broken-at-once", "RuntimeError: at once"),
    ("/unknown", "KeyError: '/unknown'"),
]


class AnswerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.function = Function(ANSWERS).__enter__()
        cls.addClassCleanup(cls.function.__exit__)

    def test_what_a_handler_returns_becomes_a_response(self):
        connection = self.function.connection()  # one connection: keep-alive after each kind
        for path, status, kind, body in ROWS:
            with self.subTest(path):
                self.assertEqual((status, kind, body), _of(connection.exchange(target=path)))
        connection.close()

    def test_head_has_the_same_head_and_no_body(self):
        connection = self.function.connection()
        for path, status, kind, body in ROWS:
            with self.subTest(path):
                got = connection.exchange("HEAD", path)
                self.assertEqual((status, kind, b""), _of(got))
                if "transfer-encoding" not in got[1] and status != 204:
                    self.assertEqual(str(len(body)), got[1]["content-length"])
        connection.close()

    def test_a_failure_is_500_for_the_caller_and_a_stack_in_the_log(self):
        for number, (path, logged) in enumerate(FAILURES):
            with self.subTest(path):
                request_id = "failure-%d" % number
                status, headers, body = self.function.request(target=path, headers={"X-Request-Id": request_id})
                error = json.loads(body)["error"]
                self.assertEqual((500, 500, "FunctionError"), (status, error["code"], error["reason"]))
                self.assertEqual(request_id, error["requestId"])
                self.assertNotIn("Traceback", error["message"])
                log = self.function.output()
                part = log[log.index("request %s: the function failed" % request_id) :]
                self.assertIn(logged, part)
                self.assertNotIn("ebbruntime/loop.py", part)

    def test_headers_of_the_function_arrive(self):
        self.assertEqual("1", self.function.request(target="/all")[1]["x-a"])
        self.assertIn(b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n", self.function.raw(_get("/cookies")))
        self.assertNotIn(b"Connection", self.function.raw(_get("/own-headers")))

    def test_a_stream_that_fails_ends_without_its_last_chunk(self):
        answer = self.function.raw(_get("/broken"))
        self.assertTrue(answer.startswith(b"HTTP/1.1 200"))
        self.assertTrue(answer.endswith(b"5\r\nbegun\r\n"))
        self.assertIn("in the middle", self.function.output())


def _get(path):
    return b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\n\r\n"


def _of(response):
    status, headers, body = response
    return status, headers.get("content-type"), body


FORMS = [
    # source, EBB_HANDLER, what a POST of {"n": 1} as JSON to /p?q=v answers
    ("def main():\n    return 'no arguments'", "", b"no arguments"),
    ("import ebb\ndef main():\n    return ebb.event().query['q'] + ebb.context().request_id", "", b"vid"),
    ("def main(request):\n    return request.json()", "", b'{"n": 1}'),
    ("def handler(event, context):\n    return event['data']['n'] + 1", "", b"2"),
    ("def handler(event, context):\n    return context.function_name + context.revision", "", b"hellohello-00001"),
    ("def handle(req):\n    return type(req).__name__ + req", "", b'str{"n": 1}'),
    ("def handle(event, context):\n    return {'statusCode': 200, 'body': event.body}", "", b'{"n": 1}'),
    ("def lambda_handler(event, context):\n    return event.path", "", b"/p"),
    ("def only_one(event):\n    return 'the only function'", "", b"the only function"),
    ("def a(e, c):\n    return 'a'\ndef b(e, c):\n    return 'b'", "b", b"b"),
    ("def yeah(e, c):\n    return 'kubeless'", "yeah.yeah", b"kubeless"),
    ("async def main(request):\n    return request.text", "", b'{"n": 1}'),
    ("import asyncio\nasync def main():\n    await asyncio.sleep(0)\n    return 'async'", "", b"async"),
    ("async def main():\n    yield 'a'\n    yield 'b'", "", b"ab"),
    ("def main(*args, **kwargs):\n    return str(len(args))", "", b"2"),
    ("def main(event, context, extra='default'):\n    return extra", "", b"default"),
    (
        "import functools\ndef d(f):\n    @functools.wraps(f)\n    def w(*a):\n        return 'd' + f(*a)\n"
        "    return w\n@d\ndef main():\n    return 'ecorated'",
        "",
        b"decorated",
    ),
    ("class C:\n    def __call__(self, event, context):\n        return 'object'\nhandler = C()", "", b"object"),
    ("class C:\n    def m(self, event):\n        return 'method'\nmain = C().m", "", b"method"),
    ("import functools\ndef f(x, event, context):\n    return x\nmain = functools.partial(f, 'partial')", "", b"partial"),
    ("main = lambda request: request.method", "", b"POST"),
]


class HandlerFormTest(unittest.TestCase):
    def test_each_form_of_a_handler_is_called_as_it_wants(self):
        for source, name, expected in FORMS:
            with self.subTest(source), Function(source, EBB_HANDLER=name) as function:
                headers = {"Content-Type": "application/json", "X-Request-Id": "id"}
                status, _, body = function.request("POST", "/p?q=v", b'{"n": 1}', headers)
                self.assertEqual((200, expected), (status, body), function.output())


LOAD_FAILURES = [
    # files, env, what the first line of the log says
    ({"handler.py": "def main(:\n"}, {}, "SyntaxError in handler.py"),
    ({"handler.py": "import no_such_module\ndef main(): pass"}, {}, "No module named 'no_such_module'"),
    ({"handler.py": "raise RuntimeError('on load')"}, {}, "RuntimeError in handler.py: on load"),
    ({"handler.py": "import sys; sys.exit(0)"}, {}, "SystemExit in handler.py"),
    ({"handler.py": "def a(): pass\ndef b(): pass"}, {}, "has no function named handler, main, handle or lambda_handler; it has a, b"),
    ({"handler.py": "x = 1"}, {}, "it has no functions"),
    ({"handler.py": "def a(): pass"}, {"EBB_HANDLER": "b"}, "handler.py has no function b; it has a"),
    ({"other.py": "def main(): pass"}, {}, "there is no file handler.py"),
    ({"handler.py": "open('/no/such/file')"}, {}, "FileNotFoundError in handler.py"),
    ({"handler.py": b"x = \xff"}, {}, "SyntaxError in handler.py"),
]  # fmt: skip


class LoadFailureTest(unittest.TestCase):
    def test_a_function_that_cannot_be_loaded_ends_with_78_and_one_clear_line(self):
        for files, env, expected in LOAD_FAILURES:
            with self.subTest(expected):
                function = Function(files, **env)
                try:
                    self.assertEqual(78, function.wait_exit())
                    first = function.output().splitlines()[0]
                    self.assertIn("cannot load the function: ", first)
                    self.assertIn(expected, first)
                    self.assertNotIn("ebbruntime", function.output())
                finally:
                    function.__exit__()


IMPORTS = [
    # files, expected answer
    ({"handler.py": "import helper\ndef main(): return helper.X", "helper.py": "X = 'beside'"}, b"beside"),
    ({"handler.py": "import dep\ndef main(): return dep.X", "vendor/dep.py": "X = 'vendored'"}, b"vendored"),
    ({"handler.py": "import dep\ndef main(): return dep.X", "site-packages/dep/__init__.py": "X = 'site'"}, b"site"),
    (
        {"handler.py": "try:\n    import no_such\nexcept ImportError:\n    no_such = None\ndef main(): return str(no_such)"},
        b"None",
    ),
    ({"handler.py": "def main(): return {'a': 1}", "json.py": "raise RuntimeError('shadowed')"}, b'{"a": 1}'),
    ({"handler.py": "def main():\n    import sys\n    return str('site' in sys.modules)"}, b"False"),
    (
        {"handler.py": "def main():\n    import sys\n    return str(any('runtimes/python' in p for p in sys.path))"},
        b"False",
    ),
    ({"handler.py": "from test import hello as main", "test.py": "def hello(e, c): return 'test.py'"}, b"test.py"),
]


class ImportTest(unittest.TestCase):
    def test_imports_look_where_they_should(self):
        for files, expected in IMPORTS:
            with self.subTest(expected), Function(files) as function:
                self.assertEqual(expected, function.request()[2], function.output())

    def test_a_file_named_like_a_standard_module_is_a_fine_function(self):
        source = "def main(request):\n    return {'n': request.json()}"
        for name in ("json.py", "random.py", "http.py", "server.py"):
            with self.subTest(name), Function({name: source}, EBB_ENTRYPOINT=name) as function:
                self.assertEqual((200, b'{"n": 1}'), function.request("POST", body=b"1")[::2], function.output())

    def test_packages_installed_for_the_user_are_found(self):
        source = "def main():\n    import installed_for_user\n    return installed_for_user.X"
        function = Function(source)
        with function:
            import sys

            folder = "%s/.local/lib/python%d.%d/site-packages" % ((function.directory,) + sys.version_info[:2])
            _write(folder, "installed_for_user.py", "X = 'user'")
            self.assertEqual(b"user", function.request()[2], function.output())

    def test_packages_of_a_virtual_environment_are_found(self):
        import sys
        import tempfile

        with tempfile.TemporaryDirectory() as environment:
            folder = "%s/lib/python%d.%d/site-packages" % ((environment,) + sys.version_info[:2])
            _write(folder, "installed_in_venv.py", "X = 'venv'")
            source = "import installed_in_venv\ndef main():\n    return installed_in_venv.X"
            with Function(source, VIRTUAL_ENV=environment) as function:
                self.assertEqual(b"venv", function.request()[2], function.output())


def _write(folder, name, text):
    import os

    os.makedirs(folder)
    with open(folder + "/" + name, "w") as file:
        file.write(text)


DATA = [
    # content type, body, repr of event.data
    ("application/json", b'{"a": [1, 2.5, null]}', "{'a': [1, 2.5, None]}"),
    ("application/cloudevents+json; charset=utf-8", b"[]", "[]"),
    ("application/json", b"", "None"),
    ("text/plain", "h\u00e9".encode(), "'h\u00e9'"),
    ("application/x-www-form-urlencoded", b"a=1", "'a=1'"),
    (None, b"raw", "'raw'"),
    ("image/png", b"\x89P", "b'\\x89P'"),
]


class EventTest(unittest.TestCase):
    def test_data_is_what_the_content_type_says(self):
        with Function("def handler(event, context):\n    return repr(event.data)") as function:
            for kind, body, expected in DATA:
                with self.subTest(kind=kind, body=body):
                    headers = {"Content-Type": kind} if kind else {}
                    answer = function.request("POST", "/", body, headers)[2]
                    self.assertEqual(expected, answer.decode())

    def test_bad_json_is_400_unless_the_function_catches_it(self):
        headers = {"Content-Type": "application/json"}
        with Function("def handler(event, context):\n    return event.data") as function:
            status, _, body = function.request("POST", "/", b"{", headers)
            self.assertEqual((400, "BadRequest"), (status, json.loads(body)["error"]["reason"]))
        source = "def main(r):\n    try:\n        return r.json()\n    except ValueError:\n        return 'caught'"
        with Function(source) as function:
            self.assertEqual(b"caught", function.request("POST", "/", b"{", headers)[2])

    def test_what_is_known_of_the_request(self):
        source = (
            "def handler(event, context):\n"
            "    return [event.method, event.path, event.query, event.query.getlist('a'), event.query_string,\n"
            "            event.headers['X-TWICE'], event['headers'].get('nothing'), event.id, event['event-id'],\n"
            "            event.type, context.request_id, context.namespace, 29 < context.remaining_seconds <= 30,\n"
            "            'body' in event, sorted(dict(event))[:2]]"
        )
        with Function(source) as function:
            raw = (
                b"PUT /a%20b/?a=1&a=%C3%BC+x&c&d=%zz HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\nx-twice: 2\r\n"
                b"Event-Id: 7\r\nCe-Type: greeting\r\nX-Request-Id: rid\r\nKnative-Serving-Namespace: default\r\n\r\n"
            )
            body = function.raw(raw).partition(b"\r\n\r\n")[2]
            expected = ["PUT", "/a%20b/", {"a": "1", "c": "", "d": "%zz"}, ["1", "\u00fc x"], "a=1&a=%C3%BC+x&c&d=%zz",
                        "1, 2", None, "7", "7", "greeting", "rid", "default", True, True, ["body", "data"]]  # fmt: skip
            self.assertEqual(expected, json.loads(body), function.output())

    def test_the_deadline_is_what_the_gateway_says(self):
        name = "X-Envoy-Expected-Rq-Timeout-Ms"
        with Function("def handler(event, context):\n    return context.get_remaining_time_in_millis()") as function:
            for said, least, most in (("1500", 500, 1500), ("0", None, None), ("soon", 29000, 30000), ("-5", 29000, 30000)):
                remaining = json.loads(function.request("GET", "/", None, {name: said})[2] or "null")
                self.assertTrue(remaining == least or least < remaining <= most, (said, remaining))

    def test_the_logger_writes_to_the_log(self):
        source = "def handler(event, context):\n    context.logger.info('logged %d', 7)"
        with Function(source) as function:
            function.request()
            self.assertIn("INFO logged 7", function.output())


if __name__ == "__main__":
    unittest.main()

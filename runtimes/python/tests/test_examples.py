import os
import unittest

from .support import SERVER, Function

EXAMPLES = os.path.join(os.path.dirname(SERVER), "..", "..", "examples", "python")
JSON = {"Content-Type": "application/json"}

ROWS = [
    # file, method, target, headers, body, status, answer
    ("hello.py", "GET", "/", {}, None, 200, b"Hello, World!\n"),
    ("hello.py", "GET", "/?name=J%C3%BCrg", {}, None, 200, "Hello, J\u00fcrg!\n".encode()),
    ("greet_json.py", "POST", "/", JSON, b'{"name": "Ebb"}', 200, b'{"greeting": "Hello, Ebb!"}'),
    ("greet_json.py", "POST", "/", JSON, b"[]", 422, b'{"error": "send a JSON object with a name"}'),
    ("greet_json.py", "GET", "/", {}, None, 422, b'{"error": "send a JSON object with a name"}'),
    ("counter.py", "GET", "/", {}, None, 200, b'{"count": 1, "revision": "hello-00001"}'),
    ("stream.py", "GET", "/?lines=2", {}, None, 200, b"line 0\nline 1\n"),
]


class ExamplesTest(unittest.TestCase):
    def test_each_example_answers(self):
        for file, method, target, headers, body, status, answer in ROWS:
            with open(os.path.join(EXAMPLES, file), encoding="utf-8") as source:
                files = {file: source.read()}
            with self.subTest(file, target=target), Function(files, EBB_ENTRYPOINT=file) as function:
                got = function.request(method, target, body, headers)
                self.assertEqual((status, answer), got[::2], function.output())

    def test_every_example_is_tried(self):
        files = {name for name in os.listdir(EXAMPLES) if name.endswith(".py")}
        self.assertEqual(files, {row[0] for row in ROWS})


if __name__ == "__main__":
    unittest.main()

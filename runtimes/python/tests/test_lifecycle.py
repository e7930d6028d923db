import os
import signal
import socket
import threading
import time
import unittest

from .support import Function, wait_until

WAITING = """
import os, time
def handler(event, context):
    if event.path == "/wait":
        print("begun", flush=True)
        while not os.path.exists(os.environ["HOME"] + "/go"):
            time.sleep(0.005)
    return "done"
"""


class StartTest(unittest.TestCase):
    def test_the_sign_of_life_comes_before_the_function_is_loaded(self):
        source = """
import os, time
assert os.path.exists(os.environ["EBB_SOCKET"] + ".boot")
assert not os.path.exists(os.environ["EBB_SOCKET"])
def main(): return "ok"
"""
        with Function(source) as function:
            self.assertEqual(b"ok", function.request()[2])

    def test_the_environment_arrives(self):
        source = "import os\ndef main():\n    return os.environ['GREETING'] + os.environ['K_SERVICE']"
        with Function(source, GREETING="gr\u00fc\u00df") as function:
            self.assertEqual("gr\u00fc\u00dfhello", function.request()[2].decode())


class StopTest(unittest.TestCase):
    def test_sigterm_ends_an_idle_instance_with_0(self):
        for concurrency in ("0", "1"):
            with self.subTest(concurrency), Function(WAITING, EBB_CONCURRENCY=concurrency) as function:
                idle = function.connect()
                function.process.terminate()
                self.assertEqual(0, function.wait_exit())
                self.assertEqual(b"", idle.recv(1))
                idle.close()

    def test_sigterm_lets_requests_in_flight_finish(self):
        for concurrency in ("0", "1"):
            with self.subTest(concurrency), Function(WAITING, EBB_CONCURRENCY=concurrency) as function:
                answers = []
                caller = threading.Thread(target=lambda: answers.append(function.request(target="/wait")))
                caller.start()
                wait_until(lambda: "begun" in function.output(), "the request")
                function.process.terminate()
                if concurrency == "0":  # with one thread the signal is seen between two requests
                    wait_until(lambda: not _accepts(function), "the listener to close")
                with open(function.directory + "/go", "w"):
                    pass
                caller.join()
                self.assertEqual((200, b"done"), answers[0][::2])
                self.assertEqual("close", answers[0][1]["connection"])
                self.assertEqual(0, function.wait_exit())

    def test_what_atexit_registered_runs_and_output_is_flushed(self):
        source = "import atexit\natexit.register(print, 'goodbye', end='')\ndef main(): pass"
        with Function(source) as function:
            function.process.terminate()
            self.assertEqual(0, function.wait_exit())
            self.assertEqual("goodbye", function.output())

    def test_a_thread_of_the_function_does_not_keep_the_instance(self):
        source = "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,)).start()\ndef main(): pass"
        with Function(source) as function:
            function.process.terminate()
            self.assertEqual(0, function.wait_exit())


class MisbehaviourTest(unittest.TestCase):
    def test_os_exit_ends_the_instance_with_its_code(self):
        with Function("import os\ndef main():\n    os._exit(3)") as function:
            with self.assertRaises(OSError):
                function.request()
            self.assertEqual(3, function.wait_exit())

    def test_a_child_that_comes_back_from_fork_does_not_answer(self):
        source = "import os\ndef handler(event, context):\n    child = os.fork()\n    return 'parent' if child else 'child'"
        for concurrency in ("0", "1"):
            with self.subTest(concurrency), Function(source, EBB_CONCURRENCY=concurrency) as function:
                connection = function.connection()
                for _ in range(5):
                    self.assertEqual(b"parent", connection.exchange()[2])
                connection.close()
                function.process.terminate()
                self.assertEqual(0, function.wait_exit())

    def test_the_exit_of_a_child_is_its_own(self):
        source = '''
import os, sys
def handler(event, context):
    child = os.fork()
    if child == 0:
        sys.exit(7)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
'''
        with Function(source) as function:
            self.assertEqual(b"7", function.request()[2])
            self.assertEqual("", function.output())

    def test_a_connection_that_no_descriptor_is_left_for_waits(self):
        source = '''
import resource, os
def sockets():
    count = 0
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            count += os.readlink("/proc/self/fd/" + descriptor).startswith("socket:")
        except OSError:
            pass
    return count
def handler(event, context):
    if event.path == "/sockets":
        return sockets()
    if event.path == "/take":
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, 4096))
    else:
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
'''
        with Function(source) as function:
            connection = function.connection()
            # The listener and this connection: what is closed later would leave room for one.
            wait_until(lambda: connection.exchange(target="/sockets")[2] == b"2", "the first client's end")
            connection.exchange(target="/take")
            waiting = function.connect()
            waiting.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            wait_until(lambda: "cannot accept a connection" in function.output(), "the message")
            connection.exchange(target="/give")
            self.assertTrue(waiting.recv(100).startswith(b"HTTP/1.1 200"))
            waiting.close()
            connection.close()

    def test_the_first_request_runs_in_the_main_thread(self):
        source = '''
def handler(event, context):
    import threading
    return threading.current_thread() is threading.main_thread()
'''
        with Function(source) as function:
            self.assertEqual(b"true", function.request()[2])

    def test_a_child_that_lives_on_holds_no_connection(self):
        source = """
import os, time
def handler(event, context):
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(60)
        os._exit(0)
    return "ok"
"""
        with Function(source) as function:
            client = function.connect()
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertTrue(client.recv(1000).startswith(b"HTTP/1.1 200"))
            wait_until(lambda: function.output().endswith("\n"), "the child")
            try:
                function.process.kill()
                function.process.wait()
                self.assertEqual(b"", client.recv(1))
                self.assertFalse(_accepts(function))
            finally:
                os.kill(int(function.output()), signal.SIGKILL)
                client.close()

    def test_subprocesses_work_and_inherit_no_connection(self):
        source = """
import subprocess
def handler(event, context):
    return subprocess.check_output(["ls", "-l", "/proc/self/fd"])
"""
        with Function(source) as function:
            self.assertNotIn(b"socket", function.request()[2])

    def test_a_generator_is_closed_when_the_client_goes(self):
        source = """
def main():
    try:
        while True:
            yield b"x" * 65536
    finally:
        print("closed")
"""
        with Function(source) as function:
            client = function.connect()
            client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            client.recv(1000)
            client.close()
            wait_until(lambda: "closed" in function.output(), "the generator to be closed")
            self.assertNotIn("Traceback", function.output())

    def test_output_comes_line_by_line_and_in_any_encoding(self):
        source = (
            "import sys\n"
            "def main():\n"
            "    print('line \\u00e9 \\ud800 \\U0001f40d')\n"
            "    sys.stdout.buffer.write(b'\\xff raw\\n')\n"
            "    sys.stdout.flush()\n"
        )
        with Function(source) as function:
            self.assertEqual(200, function.request()[0])
            self.assertIn("line \u00e9 \\ud800 \U0001f40d\n", function.output())
            self.assertIn("\ufffd raw\n", function.output())

    def test_closed_output_does_not_end_the_instance(self):
        source = "import sys\nsys.stdout.close()\nsys.stderr.close()\ndef main():\n    return 1 // 0"
        with Function(source) as function:
            self.assertEqual(500, function.request()[0])
            function.process.terminate()
            self.assertEqual(0, function.wait_exit())

    def test_memory_that_runs_out_fails_the_request_only(self):
        source = (
            "import resource\nresource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))\n"
            "def main(request):\n    return bytearray(10**9) if request.path == '/big' else 'ok'"
        )
        with Function(source, EBB_CONCURRENCY="2") as function:
            self.assertEqual(500, function.request(target="/big")[0])
            self.assertEqual(200, function.request()[0])
            self.assertIn("MemoryError", function.output())


def _accepts(function):
    client = socket.socket(socket.AF_UNIX)
    try:
        client.connect(function.socket_path)
        return True
    except OSError:
        return False
    finally:
        client.close()


if __name__ == "__main__":
    unittest.main()

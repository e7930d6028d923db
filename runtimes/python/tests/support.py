"""A function in a real process behind a real unix socket."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

SERVER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "server.py")
DEADLINE_SECONDS = 120


def wait_until(condition, what):
    end = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.005)


class Function:
    """Writes files, starts the runtime and talks to it. Use as a context manager."""

    def __init__(self, files, **env):
        self.directory = tempfile.mkdtemp(prefix="ebb-")
        self.socket_path = self.directory + "/s"
        package = self.directory + "/package"
        files = {"handler.py": files} if isinstance(files, str) else files
        for name, text in files.items():
            path = os.path.join(package, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb" if isinstance(text, bytes) else "w") as file:
                file.write(text)
        os.makedirs(package, exist_ok=True)
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.directory,
            "LANG": "C",
            "K_SERVICE": "hello",
            "K_REVISION": "hello-00001",
            "EBB_SOCKET": self.socket_path,
            "EBB_FUNCTION_DIR": package,
            "EBB_ENTRYPOINT": "handler.py",
            "EBB_HANDLER": "",
            "EBB_MAX_BODY_BYTES": "100000",
            "EBB_REQUEST_TIMEOUT_MILLIS": "30000",
            "EBB_CONCURRENCY": "0",
        }
        environment.update(env)
        self.log = open(self.directory + "/log", "w+b")
        self.process = subprocess.Popen(
            [sys.executable, "-S", SERVER],
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    def __enter__(self):
        try:
            self.wait_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)

    def wait_ready(self):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError("exit code %s: %s" % (self.process.returncode, self.output()))
            try:
                self.connect().close()
                return True
            except OSError:
                return False

        wait_until(ready, "the function to listen")

    def wait_exit(self):
        return self.process.wait(DEADLINE_SECONDS)

    def output(self):
        with open(self.directory + "/log", "rb") as file:
            return file.read().decode("utf-8", "replace")

    def connect(self):
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(DEADLINE_SECONDS)
        try:
            client.connect(self.socket_path)
        except BaseException:
            client.close()
            raise
        return client

    def connection(self):
        return Http(self)

    def request(self, method="GET", target="/", body=None, headers=None, **kwargs):
        """One request on its own connection: (status, headers, body)."""
        connection = self.connection()
        try:
            return connection.exchange(method, target, body, headers, **kwargs)
        finally:
            connection.close()

    def raw(self, data):
        """Sends bytes, ends the sending side, and reads to the end."""
        with self.connect() as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            while True:
                piece = client.recv(65536)
                if not piece:
                    return answer
                answer += piece


class Http(http.client.HTTPConnection):
    def __init__(self, function):
        super().__init__("localhost")
        self._function = function

    def connect(self):
        self.sock = self._function.connect()

    def exchange(self, method="GET", target="/", body=None, headers=None, **kwargs):
        self.request(method, target, body, headers or {}, **kwargs)
        response = self.getresponse()
        content = response.read()
        return response.status, {k.lower(): v for k, v in response.getheaders()}, content

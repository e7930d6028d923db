"""What goes with a package, made by `prepare.py`."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PREPARE = os.path.join(os.path.dirname(os.path.dirname(__file__)), "prepare.py")


class PrepareTest(unittest.TestCase):
    def setUp(self):
        self.package = tempfile.mkdtemp()
        self.made = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.package)
        self.addCleanup(shutil.rmtree, self.made)

    def write(self, path, text):
        whole = os.path.join(self.package, path)
        os.makedirs(os.path.dirname(whole), exist_ok=True)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(text)

    def prepare(self):
        command = [sys.executable, "-S", "-E", PREPARE, self.package, self.made]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout + done.stderr, "")
        return sorted(
            os.path.relpath(os.path.join(folder, name), self.made)
            for folder, _, names in os.walk(self.made)
            for name in names
        )

    def cached(self, name):
        return f"__pycache__/{name}.{sys.implementation.cache_tag}.pyc"

    def test_python_takes_it_instead_of_the_source(self):
        self.write("main.py", "import library.deep\nVALUE = library.deep.VALUE")
        self.write("library/deep.py", "VALUE = 'compiled'")
        self.write("notes.txt", "not Python")
        made = self.prepare()
        self.assertEqual(made, [self.cached("main"), f"library/{self.cached('deep')}"])
        shutil.copytree(self.made, self.package, dirs_exist_ok=True)
        self.write("library/deep.py", "VALUE = 'source!!'")
        command = [sys.executable, "-B", "-c", "import main; print(main.VALUE)"]
        run = subprocess.run(command, cwd=self.package, capture_output=True, text=True, check=True)
        self.assertEqual(run.stdout, "compiled\n")

    def test_what_cannot_be_compiled_is_left_out(self):
        self.write("good.py", "")
        self.write("broken.py", "def (")
        self.write("deep.py", "(" * 5000)
        self.write("binary.py", "\0")
        self.assertEqual(self.prepare(), [self.cached("good")])

    def test_what_is_there_is_not_made_again(self):
        self.write("main.py", "")
        self.write(self.cached("main"), "whatever")
        self.assertEqual(self.prepare(), [])


if __name__ == "__main__":
    unittest.main()

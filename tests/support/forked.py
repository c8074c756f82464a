"""Programs whose imports are done: each is a fork of a new interpreter that did them once.

Each begins like a process of its own, in milliseconds instead of seconds.
"""

import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_SERVER = """
import gc, json, os, signal, sys
exec(sys.argv[1])
gc.freeze()  # or each fork would go through it all
for line in sys.stdin:
    asked = json.loads(line)
    if "pid" in asked:
        ended, status = os.waitpid(asked["pid"], asked["options"])
        answer = os.waitstatus_to_exitcode(status) if ended else None
    elif not (answer := os.fork()):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, path in enumerate((os.devnull, asked["out"], asked["errors"])):
            os.dup2(os.open(path, os.O_RDWR), number)
        os.chdir(asked["cwd"])
        os.environ.update(asked["environment"])
        sys.argv = asked["argv"]
        exec(asked["code"], {"__name__": "__main__"})
        sys.exit()
    print(json.dumps(answer), flush=True)
"""


class Imported:
    """A process that has done its imports, and forks.

    Args:
        imports: code that does them.
        environment: variables that they read.
    """

    def __init__(self, imports, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "-c", _SERVER, imports], env=os.environ | environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def ask(self, **what):
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, code, *words, cwd=".", **environment):
        return Program(self, code, list(map(str, words)), str(Path(cwd).resolve()), environment)

    def close(self):
        self.process.communicate()


class Program:
    """A program that runs, with what a ``Popen`` has."""

    def __init__(self, home, code, words, cwd, environment):
        files = [tempfile.mkstemp() for _ in range(2)]
        for descriptor, _ in files:
            os.close(descriptor)
        self.home = home
        self.returncode = None
        self.out, self.errors = (Path(name) for _, name in files)
        self.pid = home.ask(
            code=code, argv=["textaug", *words], cwd=cwd, environment=environment,
            out=str(self.out), errors=str(self.errors),
        )  # fmt: skip

    def poll(self, options=os.WNOHANG):
        if self.returncode is None:
            self.returncode = self.home.ask(pid=self.pid, options=options)
        return self.returncode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def communicate(self):
        self.poll(options=0)
        found = [path.read_text() for path in (self.out, self.errors)]
        for path in (self.out, self.errors):
            path.unlink()
        return found


@cache
def _shell():
    return Imported("import datasets, textaug.cli.app, textaug.runs.run")


def start_shell(*words, **options):
    """Start ``textaug`` with these words."""
    return _shell().start("from textaug.cli.app import main; main()", *words, **options)

"""Measured against the misbehaving server of the tests."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.llm.data import sample
from textaug import Augmented, Example, LLMRewriting
from textaug.core.reading import read_examples
from textaug.llm.base import Request, Usage
from textaug.llm.cache import AnswerCache, ask
from textaug.llm.endpoint import KEY_VARIABLE, URL_VARIABLE, EndpointError, OpenAIEndpoint

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "support" / "chat_server.py"
KEY = "sk-benchmark-98765432100"
SENTENCES, KILLS, DELAY = 2000, 20, 0.05
SIGNALS = (("kill -9", signal.SIGKILL), ("kill", signal.SIGTERM))
INVENTED = ("Zacharias", "Quill", "Germany")  # that the server writes
SPEC = "llm:engine=openai,model=tests"


@contextmanager
def misbehaving(*arguments: str) -> Iterator[str]:
    """The server of the tests, in a process of its own; its address."""
    command = [sys.executable, str(SERVER), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def counts_at(url: str) -> dict[str, Any]:
    """What the server was asked."""
    with urllib.request.urlopen(f"{url}/models") as response:
        found: dict[str, Any] = json.load(response)
    return found


def surfaces(example: Example) -> Counter[tuple[str, tuple[str, ...]]]:
    """The mentions with their labels."""
    return Counter((label, example.tokens[start:end]) for start, end, label in example.spans)


def occurrences(tokens: Sequence[str], part: Sequence[str]) -> int:
    """How often a mention's tokens stand in a sentence."""
    size = len(part)
    return sum(tuple(tokens[i : i + size]) == tuple(part) for i in range(len(tokens)))


def is_aligned(before: Example, after: Example) -> bool:
    """Whether all mentions are there, none is new, and no name stands unlabelled that did not."""
    if surfaces(before) != surfaces(after):
        return False
    if any(after.tokens.count(word) > before.tokens.count(word) for word in INVENTED):
        return False
    return all(
        occurrences(after.tokens, part) <= occurrences(before.tokens, part)
        for _, part in surfaces(before)
    )


def server(given: argparse.Namespace) -> dict[str, Any]:
    """2,000 sentences through the misbehaving server."""
    number = given.sentences or SENTENCES
    rows = sample(given.data, number)
    examples = read_examples(rows, "train", {})
    faults = ["--faults", "all", "--share", "0.6"]
    with misbehaving(*faults) as url, tempfile.TemporaryDirectory() as cache:
        engine = OpenAIEndpoint("tests", base_url=url, timeout=1.0)
        augment = LLMRewriting(engine=engine, cache=cache)
        start = time.perf_counter()
        results = augment.run(examples, [0] * len(examples))
        seconds = time.perf_counter() - start
        made = counts_at(url)
        # The same as rows, with tags read back from what `map` returns.
        mapped = rows.map(LLMRewriting(engine=engine, cache=cache), batched=True)
    read = read_examples(mapped, "train", {})
    changed = [
        (before, result.example)
        for before, result in zip(examples, results, strict=True)
        if isinstance(result, Augmented) and result.example != before
    ]
    return {
        "sentences": number,
        "changed": len(changed),
        "misaligned": sum(not is_aligned(*pair) for pair in changed),
        "misaligned as rows": sum(
            not is_aligned(*pair) for pair in zip(examples, read, strict=True)
        ),
        "counted": sum(augment.counts.values()),
        "counts": dict(augment.counts.most_common()),
        "faults of the server": made["faults"],
        "calls": augment.usage.calls,
        "seconds": round(seconds, 1),
    }


def _run(folder: Path, out: str, url: str, **more: Any) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "textaug.cli", "augment", str(folder / "data.jsonl"),
        "-o", str(folder / out), "--with", f"{SPEC},cache={folder / f'cache-{out}'}",
    ]  # fmt: skip
    env = {**os.environ, URL_VARIABLE: url, KEY_VARIABLE: KEY}
    return subprocess.Popen(command, env=env, start_new_session=True, **more)


def _checksum(folder: Path) -> str:
    files = sorted((folder / "data").iterdir())
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def killed(given: argparse.Namespace) -> dict[str, Any]:
    """The same run, uninterrupted, killed 20 times by SIGKILL, and 20 times by SIGTERM."""
    found: dict[str, Any] = {}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = sample(given.data, given.sentences or SENTENCES)
        rows.to_json(folder / "data.jsonl")
        labels = rows.features["ner_tags"].feature.names
        tagged = rows.to_list()
        with (folder / "data.jsonl").open("w") as file:
            for row in tagged:
                tags = [labels[tag] for tag in row["ner_tags"]]
                print(json.dumps({"tokens": row["tokens"], "ner_tags": tags}), file=file)
        server_options = ("--faults", "texts", "--delay", str(DELAY))
        with misbehaving(*server_options) as url:
            assert _run(folder, "whole", url, **quiet).wait() == 0
            whole = counts_at(url)
        expected = _checksum(folder / "whole")
        found["sentences"], found["calls"] = len(tagged), whole["different"]
        for how, sign in SIGNALS:
            with misbehaving(*server_options) as url:
                kills = 0
                for k in range(1, KILLS + 1):
                    process = _run(folder, how, url, **quiet)
                    goal = k * whole["different"] // (KILLS + 1)
                    while process.poll() is None and counts_at(url)["different"] < goal:
                        time.sleep(0.02)
                    if process.poll() is None:
                        process.send_signal(sign)
                        process.wait()
                        kills += 1
                assert _run(folder, how, url, **quiet).wait() == 0
                counts = counts_at(url)
            found[how] = {
                "times": kills,
                "same bytes": _checksum(folder / how) == expected,
                "same calls": counts["different"] == whole["different"],
                "sent again": counts["received"] - counts["different"],
                "calls that can be under way": kills * 16,
                # Sockets stay open for a moment after the process is killed.
                "of those sent again answered to a process that was gone": counts[
                    "delivered twice"
                ],
            }
    return found


def speed(given: argparse.Namespace) -> dict[str, Any]:
    """16 requests at once against one at a time, each answered after 50 ms.

    The calls alone, and whole runs, in which slots are made and answers are judged between them.
    """
    calls: dict[int, float] = {}
    runs: dict[int, float] = {}
    examples = read_examples(sample(given.data, SENTENCES), "train", {})
    texts = [example.text for example in examples]
    with misbehaving("--delay", str(DELAY)) as url, tempfile.TemporaryDirectory() as cache:
        engine = OpenAIEndpoint("tests", base_url=url)
        LLMRewriting(engine=engine, cache=False).run(examples[:50], [0] * 50)  # warms up
        for k, (at_once, number) in enumerate(((1, 100), (16, 1400)) * 3):
            engine = OpenAIEndpoint("tests", base_url=url, requests_at_once=at_once)
            kept, usage = f"{cache}/{k}", Usage()
            requests = [Request((("user", text),), seed=k) for text in texts[:number]]
            start = time.perf_counter()
            ask(engine, requests, AnswerCache(kept), usage)
            rate = usage.calls / (time.perf_counter() - start)
            calls[at_once] = max(rate, calls.get(at_once, 0))
            augment = LLMRewriting(engine=engine, cache=f"{kept}-run")
            start = time.perf_counter()
            augment.run(examples[:number], [0] * number)
            rate = augment.usage.calls / (time.perf_counter() - start)
            runs[at_once] = max(rate, runs.get(at_once, 0))
    return {
        "calls a second, one at a time": round(calls[1], 2),
        "calls a second, 16 at once": round(calls[16], 2),
        "ratio": round(calls[16] / calls[1], 2),
        "ratio of whole runs": round(runs[16] / runs[1], 2),
    }


def leaks(given: argparse.Namespace) -> dict[str, Any]:
    """The key, names of the data and the prompt, looked for in all that a run leaves behind."""
    rows = sample(given.data, 300)
    examples = read_examples(rows, "train", {})
    names = {
        " ".join(example.tokens[s.start : s.end]) for example in examples for s in example.spans
    }
    names = {name for name in names if len(name) > 5}
    prompts = ["You rewrite sentences", "Answer with the new sentence", "After 3 months [PER1]"]
    labels = rows.features["ner_tags"].feature.names
    left: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "data.jsonl").open("w") as file:
            for row in rows:
                tags = [labels[tag] for tag in row["ner_tags"]]
                print(json.dumps({"tokens": row["tokens"], "ner_tags": tags}), file=file)
        with misbehaving("--faults", "all") as url:
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
            process = _run(folder, "out", url, **pipes)
            left["output of the command"] = process.communicate()[0].decode()
            left["log"] = _log_of(examples, url)
        for written in ("README.md", "manifest.json"):
            left[written] = (folder / "out" / written).read_text()
        with closing(sqlite3.connect(folder / "cache-out" / "answers.sqlite")) as connection:
            kept = connection.execute("SELECT * FROM answers").fetchall()
        left["index of the cache"] = "\n".join(row[0] for row in kept)
        answers = "\n".join(row[1] for row in kept)
        left["traceback"] = _traceback_of(examples)
        refused = _run(folder, "none", "http://127.0.0.1:9/v1", **pipes)
        left["output of a command that fails"] = refused.communicate()[0].decode()
    return {
        "looked for": {"key": 1, "names": len(names), "parts of the prompt": len(prompts)},
        "found": {
            where: sum(text.count(part) for part in [KEY, *names, *prompts])
            for where, text in left.items()
        },
        # The server writes names into some of its answers; these are rejected, and kept.
        "names in kept answers": sum(answers.count(part) for part in names),
        "key and prompt in kept answers": sum(answers.count(part) for part in [KEY, *prompts]),
        "characters read": {where: len(text) for where, text in left.items()},
    }


def _log_of(examples: Sequence[Example], url: str) -> str:
    """Everything that is logged, debug messages too."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.DEBUG)
    engine = OpenAIEndpoint("tests", base_url=url, api_key=KEY, timeout=1.0)
    LLMRewriting(engine=engine, cache=False).run(examples, [0] * len(examples))
    logging.getLogger().removeHandler(handler)
    return stream.getvalue()


def _traceback_of(examples: Sequence[Example]) -> str:
    """What Python prints where there is no server."""
    engine = OpenAIEndpoint("tests", base_url="http://127.0.0.1:9/v1", api_key=KEY)
    try:
        LLMRewriting(engine=engine, cache=False).run(examples, [0] * len(examples))
    except EndpointError:
        return traceback.format_exc()
    raise AssertionError("there is a server on port 9")

"""Language models that rewrite: what the README and the docs say of them, measured.

    python -m benchmarks.llm server killed speed leaks --data ../shared/data/conll2003/eng.train
    python -m benchmarks.llm smollm overhead --data ../shared/data/conll2003/eng.train

Each writes ``benchmarks/results/llm/NAME.json``. ``smollm`` also writes the pairs to read, with a
hash each, to ``--pairs``; ``smollm_verdicts.tsv`` in the folder of results has the verdicts on them
by hash, without the sentences.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b, sha256
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.throughput.timing import environment
from textaug import Augmented, Example, LLMRewriting
from textaug.core.reading import read_examples
from textaug.corpora import load_conll
from textaug.llm.base import Answer, Engine, Keep, Request, Usage
from textaug.llm.cache import AnswerCache, ask
from textaug.llm.endpoint import KEY_VARIABLE, URL_VARIABLE, EndpointError, OpenAIEndpoint
from textaug.llm.local import LocalModel
from textaug.llm.slots import Slots
from textaug.models.loading import ModelSpec, load
from textaug.offline import language_model

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "llm"
VERDICTS = RESULTS / "smollm_verdicts.tsv"
SERVER = ROOT / "tests" / "support" / "chat_server.py"
KEY = "sk-benchmark-98765432100"
SENTENCES, KILLS, DELAY = 2000, 20, 0.05
SMOL_SENTENCES, READ = 200, 50
OVERHEAD_SENTENCES, IDEAL_BATCH = 96, 32
SPEC = "llm:engine=openai,model=tests"


def main() -> None:
    """Run the parts that are named and write their results."""
    parts = {f.__name__: f for f in (server, killed, speed, leaks, smollm, overhead)}
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="+", choices=parts)
    parser.add_argument("--data", type=Path, required=True, help="a CoNLL-2003 file")
    parser.add_argument("--pairs", type=Path, default=Path("pairs.txt"))
    parser.add_argument("--cache", default=None, help="folder of answers for smollm")
    parser.add_argument("--sentences", type=int, default=None)
    given = parser.parse_args()
    RESULTS.mkdir(parents=True, exist_ok=True)
    for name in given.parts:
        load = os.getloadavg()[0]
        found = {"load at the start": load, **parts[name](given)}
        text = json.dumps({**found, "environment": environment("cpu")}, indent=1)
        (RESULTS / f"{name}.json").write_text(text + "\n")
        print(name, json.dumps(found, indent=1), flush=True)


def sample(path: Path, number: int) -> Any:
    """Sentences of the file, drawn with a fixed seed."""
    rows = load_conll(path)
    rows = rows["train"] if isinstance(rows, dict) else rows
    return rows.select(sorted(Random(18).sample(range(len(rows)), number)))


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
    """The same run, uninterrupted, killed 20 times, and interrupted 20 times."""
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
        for how, sign in (("killed", signal.SIGKILL), ("interrupted", signal.SIGINT)):
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
                "answered twice": counts["delivered twice"],
                "sent again, cut before the answer": counts["received"] - counts["different"],
                "same calls": counts["different"] == whole["different"],
            }
    return found


def speed(given: argparse.Namespace) -> dict[str, Any]:
    """16 requests at once against one at a time, each answered after 50 ms."""
    rates = {}
    examples = read_examples(sample(given.data, SENTENCES), "train", {})
    with misbehaving("--delay", str(DELAY)) as url:
        for at_once, number in ((1, 100), (16, 1400), (1, 100), (16, 1400)):
            engine = OpenAIEndpoint("tests", base_url=url, requests_at_once=at_once)
            with tempfile.TemporaryDirectory() as cache:
                augment = LLMRewriting(engine=engine, cache=cache)
                start = time.perf_counter()
                augment.run(examples[:number], [0] * number)
                rate = augment.usage.calls / (time.perf_counter() - start)
            rates[at_once] = max(rate, rates.get(at_once, 0))
    return {
        "calls a second, one at a time": round(rates[1], 2),
        "calls a second, 16 at once": round(rates[16], 2),
        "ratio": round(rates[16] / rates[1], 2),
    }


def leaks(given: argparse.Namespace) -> dict[str, Any]:
    """The key, names of the data and the prompt, looked for in all that a run leaves behind."""
    rows = sample(given.data, 300)
    examples = read_examples(rows, "train", {})
    names = {
        " ".join(example.tokens[s.start : s.end]) for example in examples for s in example.spans
    }
    names = {name for name in names if len(name) > 5}
    prompts = ["You rewrite sentences", "Answer with the new sentence", "[PER1] said on Monday"]
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
        for file in ("README.md", "manifest.json"):
            left[file] = (folder / "out" / file).read_text()
        kept = b"".join(path.read_bytes() for path in (folder / "cache-out").iterdir())
        left["cache"] = kept.decode(errors="replace")
        left["traceback"] = _traceback_of(examples)
        refused = _run(folder, "none", "http://127.0.0.1:9/v1", **pipes)
        left["output of a command that fails"] = refused.communicate()[0].decode()
    return {
        "looked for": {"key": 1, "names": len(names), "parts of the prompt": len(prompts)},
        "found": {
            where: sum(text.count(part) for part in [KEY, *names, *prompts])
            for where, text in left.items()
        },
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


class Recorder(Engine):
    """Another engine, and what it was asked and answered."""

    def __init__(self, engine: Engine, cache: AnswerCache | None = None) -> None:
        self.engine, self.cache = engine, cache
        self.calls: list[tuple[Request, Answer]] = []

    def identity(self) -> None:
        """Not kept twice."""

    def answer(self, requests: Sequence[Request], keep: Keep) -> None:
        """Ask the other engine."""
        for i, answer in enumerate(ask(self.engine, requests, self.cache, Usage())):
            self.calls.append((requests[i], answer))
            keep(i, answer)


def is_well_formed(request: Request, answer: Answer) -> bool:
    """Whether all slots stand in an answer, each once, and nothing like a slot beside them."""
    assert request.pattern is not None
    opening, closing = request.pattern.signs
    names = tuple(slot.strip(request.pattern.signs) for slot in request.pattern.slots)
    found = Slots(names, (opening, closing)).split(answer.text)
    return not answer.fault and not isinstance(found, str)


def smollm(given: argparse.Namespace) -> dict[str, Any]:
    """SmolLM2-135M-Instruct with slots and grammar: well-formed, accepted, usable."""
    number = given.sentences or SMOL_SENTENCES
    examples = read_examples(sample(given.data, number), "train", {})
    cache = AnswerCache(given.cache) if given.cache else None
    recorder = Recorder(LocalModel("offline", grammar=True), cache)
    augment = LLMRewriting(engine=recorder, cache=False, tries=1)
    results = augment.run(examples, [0] * number)
    pairs = [
        (" ".join(before.tokens), " ".join(result.example.tokens))
        for before, result in zip(examples, results, strict=True)
        if isinstance(result, Augmented) and result.example != before
    ]
    asked = len(recorder.calls)
    verdicts = dict(line.split("\t") for line in _lines(VERDICTS))
    hashes = [blake2b(f"{a}\n{b}".encode(), digest_size=6).hexdigest() for a, b in pairs]
    shown = list(zip(hashes, pairs, strict=True))[:READ]
    given.pairs.write_text("".join(f"{h}\n- {a}\n+ {b}\n" for h, (a, b) in shown))
    judged = [verdicts[h] for h, _ in shown if h in verdicts]
    return {
        "sentences": number,
        "asked, one try": asked,
        "well-formed": round(sum(is_well_formed(*call) for call in recorder.calls) / asked, 3),
        "accepted": round(augment.counts["changed"] / asked, 3),
        "outcomes": dict(augment.counts.most_common()),
        "not asked": number - asked,
        "read": len(judged),
        "usable of those read": round(judged.count("usable") / max(1, len(judged)), 3),
        "tokens sent and received": [
            sum(answer.prompt_tokens for _, answer in recorder.calls),
            sum(answer.completion_tokens for _, answer in recorder.calls),
        ],
    }


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def overhead(given: argparse.Namespace) -> dict[str, Any]:
    """CPU time of the whole method against bare ``generate`` of the same tokens."""
    import transformers

    number = given.sentences or OVERHEAD_SENTENCES
    examples = read_examples(sample(given.data, number), "train", {})
    engine = LocalModel("offline", grammar=True)
    augment = LLMRewriting(engine=engine, cache=False, tries=1)
    augment.run(examples[:8], [0] * 8)  # loads the model
    rows: list[tuple[list[int], list[int]]] = []
    generate = transformers.GenerationMixin.generate

    def noting(self: Any, **arguments: Any) -> Any:
        output = generate(self, **arguments)
        prompts, masks = arguments["input_ids"].tolist(), arguments["attention_mask"].tolist()
        end = arguments["generation_config"].pad_token_id
        for prompt, mask, full in zip(prompts, masks, output.tolist(), strict=True):
            new = full[len(prompt) :]
            new = new[: new.index(end) + 1] if end in new else new
            rows.append(([t for t, seen in zip(prompt, mask, strict=True) if seen], new))
        return output

    transformers.GenerationMixin.generate = noting
    start = time.process_time()
    augment.run(examples, [0] * number)
    method = time.process_time() - start
    transformers.GenerationMixin.generate = generate
    unique = list({json.dumps(row): row for row in rows}.values())  # without rows that only fill
    model, tokenizer = load("AutoModelForCausalLM", ModelSpec(language_model()))
    start = time.process_time()
    _bare(model, unique, tokenizer.eos_token_id)
    bare = time.process_time() - start
    return {
        "sentences": number,
        "generated": len(unique),
        "tokens": sum(len(new) for _, new in unique),
        "CPU seconds of the method": round(method, 1),
        "CPU seconds of bare generate": round(bare, 1),
        "ratio": round(method / bare, 3),
    }


def _bare(model: Any, rows: list[tuple[list[int], list[int]]], end: int) -> None:
    """Sampling by ``generate``, sorted by length, in full batches, made to write given tokens."""
    import torch
    from transformers import GenerationConfig, LogitsProcessorList

    rows = sorted(rows, key=lambda row: len(row[0]))
    for start in range(0, len(rows), IDEAL_BATCH):
        batch = rows[start : start + IDEAL_BATCH]
        longest, most = (max(len(row[k]) for row in batch) for k in (0, 1))
        ids = torch.tensor([[end] * (longest - len(p)) + p for p, _ in batch])
        mask = torch.tensor([[0] * (longest - len(p)) + [1] * len(p) for p, _ in batch])
        wanted = torch.tensor([new + [end] * (most - len(new)) for _, new in batch])

        def forced(seen: Any, scores: Any, wanted: Any = wanted, longest: int = longest) -> Any:
            token = wanted[:, seen.shape[1] - longest, None]
            return scores.scatter(1, token, scores.max() + 100.0)

        config = GenerationConfig(
            max_new_tokens=most, do_sample=True, top_k=50, eos_token_id=end, pad_token_id=end
        )
        with torch.inference_mode():
            model.generate(
                input_ids=ids,
                attention_mask=mask,
                generation_config=config,
                logits_processor=LogitsProcessorList([forced]),
            )


if __name__ == "__main__":
    main()

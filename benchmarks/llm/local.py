"""Measured with SmolLM2 in this process."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

from benchmarks.llm.data import sample
from textaug import Augmented, LLMRewriting
from textaug.core.reading import read_examples
from textaug.llm.base import Answer, Engine, Keep, Request, Usage
from textaug.llm.cache import AnswerCache, ask
from textaug.llm.local import LocalModel
from textaug.llm.slots import Slots
from textaug.models.loading import ModelSpec, load
from textaug.offline import language_model

ROOT = Path(__file__).resolve().parents[2]
VERDICTS = ROOT / "benchmarks" / "results" / "llm" / "smollm_verdicts.tsv"
SMOL_SENTENCES, READ = 200, 50
OVERHEAD_SENTENCES, IDEAL_BATCH = 160, 32


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
    opening, closing = tuple(request.pattern.signs)
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
            return scores.scatter(1, token, float(scores.max()) + 100.0)

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

"""How the time grows when one long input is doubled: 2 times if it is linear, 4 if quadratic."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from .timing import in_turns, ratio

CHARACTERS, TOKENS, POOL = 20_000, 10_000, 1_000_000
TEXT = "Shares of the company fell sharply on Friday , Ann Lee said in Rome ."
SENTENCE = TEXT.split()
TAGS = ["O"] * 9 + ["B-PER", "I-PER", "O", "O", "B-LOC", "O"]


def doubling(options: argparse.Namespace) -> dict[str, Any]:
    """For each case and augmenter: seconds of the whole over seconds of its half."""
    scale = 10 if options.quick else 1
    cases: dict[str, tuple[Callable[[int], Callable[[], Any]], int]] = {
        f"{name}, {what}": (lambda n, f=make, a=augmenter: f(a, n), size // scale)
        for what, size, make in (
            (f"text of {CHARACTERS:,} characters", CHARACTERS, _text),
            (f"row of {TOKENS:,} tokens", TOKENS, _row),
        )
        for name, augmenter in _augmenters().items()
    }
    cases[f"mentions, pool of {POOL:,}"] = (_pool, POOL // scale)
    found = {}
    for name, (make, size) in cases.items():
        arms: dict[str, Any] = {"half": make(size // 2), "whole": make(size)}
        repeated = {key: lambda f=f: [f() for _ in range(3)] and None for key, f in arms.items()}
        seconds = in_turns(repeated, options.rounds, name)
        found[name] = {"ratio": ratio(seconds, "whole", "half"), "seconds": seconds}
        options.save(found)
    return found


def _augmenters() -> dict[str, Any]:
    from textaug import (
        CaseVariants,
        MentionReplacement,
        NoiseInjection,
        SegmentShuffle,
        SynonymReplacement,
    )

    return {
        "noise": NoiseInjection(),
        "synonyms": SynonymReplacement(context=False),
        "shuffle": SegmentShuffle(),
        "case": CaseVariants(),
        "mentions": MentionReplacement({"PER": ["Bo Holm", "Ida"], "LOC": ["Oslo", "New York"]}),
    }


def _text(augmenter: Any, length: int) -> Callable[[], Any]:
    sentence = "Shares of the company fell sharply on Friday, Ann Lee said in Rome. "
    text = (sentence * (length // len(sentence) + 1))[:length]
    return lambda: augmenter(text)


def _row(augmenter: Any, tokens: int) -> Callable[[], Any]:
    times = -(-tokens // len(SENTENCE))
    row = {"tokens": (SENTENCE * times)[:tokens], "ner_tags": (TAGS * times)[:tokens]}
    return lambda: augmenter(row)


def _pool(size: int) -> Callable[[], Any]:
    from textaug import MentionReplacement

    names = [f"Ann {number}" for number in range(size)]
    row = {"tokens": SENTENCE, "ner_tags": TAGS}
    return lambda: MentionReplacement({"PER": names, "LOC": ["Oslo", "Bergen"]})(row)

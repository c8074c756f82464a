"""Other libraries for comparison: speed, and how many tags still fit."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from .breakdown import where_time_goes
from .inputs import copy_columns, mapped, sentences, some_sentences
from .models import marian, masked_lm
from .peer_process import Peer
from .report import OURS
from .settings import COPYING, OUTPUT_TOKENS, SHARE
from .timing import in_turns, ratio


@dataclass(frozen=True)
class Comparison:
    """One method in several libraries.

    Attributes:
        title: its name in the table.
        method: its functions in ``peer_worker.py``, without the library.
        ours: augmenters of this library by name.
        others: names of other libraries.
        sentences: number of sentences to augment.
        copying: whether to measure a ``map`` that only copies too; no augmenter can be faster.
    """

    title: str
    method: str
    ours: dict[str, Any]
    others: Sequence[str]
    sentences: int
    copying: bool = False


def peers(options: argparse.Namespace) -> dict[str, Any]:
    """Other libraries for comparison: speed, and how many rows' tags still fit."""
    import torch
    from datasets.utils.logging import set_verbosity_error

    set_verbosity_error()
    folders, folder = marian(), masked_lm("minilm")
    job = {
        "p": SHARE,
        "threads": torch.get_num_threads(),
        "model": folder,
        "models": folders,
        "batch_size": 32,
        "tagged": parts_of_speech(sentences(1_000)),
        "max_length": OUTPUT_TOKENS + 2,
    }
    return {one.title: compare(one, job, options) for one in comparisons(folder, folders)}


def comparisons(folder: str, folders: Sequence[str]) -> list[Comparison]:
    """All comparisons, with the models in these folders."""
    from textaug import BackTranslation, MaskedLMSubstitution, NoiseInjection, SynonymReplacement
    from textaug.translation.ct2 import CTranslate2
    from textaug.translation.seq2seq import HFTranslator

    # Random weights lose every mention: textaug would translate again, which the peers do not do.
    transformers, ctranslate2 = (
        BackTranslation(engine=[made(f, device="cpu") for f in folders], fallback=False)
        for made in (HFTranslator, CTranslate2)
    )
    keyboard = NoiseInjection(SHARE, operations=["keyboard"])
    contextual = MaskedLMSubstitution(folder, SHARE, device="cpu")
    both = {OURS: transformers, f"{OURS}, CTranslate2": ctranslate2}
    every = ("nlpaug", "augmenty", "textattack")
    return [
        Comparison("keyboard noise", "keyboard", {OURS: keyboard}, every, 5_000, copying=True),
        Comparison(
            "synonyms",
            "synonyms",
            {OURS: SynonymReplacement(context=False)},
            ("nlpaug", "textattack"),
            5_000,
            copying=True,
        ),
        Comparison("contextual words", "contextual", {OURS: contextual}, ("nlpaug",), 128),
        Comparison("back-translation", "back_translation", both, ("nlpaug",), 32),
    ]


def compare(one: Comparison, job: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    """Measure one comparison; libraries that do not run are named with the reason."""
    number = max(8, one.sentences // 16) if options.quick else one.sentences
    data = some_sentences(number)
    names = data.features["ner_tags"].feature.names
    texts = [" ".join(tokens) for tokens in data["tokens"]]
    latest: dict[str, Any] = {}

    def run(name: str) -> None:
        latest[name] = mapped(data, one.ours[name], batch_size=max(1000, len(data)))

    arms: dict[str, Any] = {name: lambda n=name: run(n) for name in one.ours}
    if one.copying:
        arms[COPYING] = lambda: mapped(data, copy_columns, batch_size=len(data)) and None
    missing = {}
    for other in one.others:
        try:
            arms[other] = Peer(f"{other}_{one.method}", job | {"texts": texts})
        except RuntimeError as error:
            missing[other] = str(error)
    seconds = in_turns(arms, options.rounds, one.title)
    entry: dict[str, Any] = {"sentences": number, "not_run": missing, "libraries": {}}
    if one.copying:
        del arms[COPYING]
        entry["copying"] = {
            "per_second": number / median(seconds[COPYING]),
            "faster": {other: ratio(seconds, other, COPYING) for other in arms},
            "seconds": seconds[COPYING],
        }
        entry["where_time_goes"] = where_time_goes(one.ours[OURS], data, options.rounds)
    before = [tagged(row, names) for row in data]
    for name in arms:
        if name in one.ours:
            rows = [tagged(row, names) for row in latest[name]]
            new = [" ".join(row["tokens"]) for row in rows]
            fits = [same_mentions(a, b) for a, b in zip(before, rows, strict=True)]
        else:
            new = arms[name].output()
            fits = [tags_fit(a, text) for a, text in zip(before, new, strict=False)]
        entry["libraries"][name] = {
            "per_second": number / median(seconds[name]),
            "faster": {ours: ratio(seconds, name, ours) for ours in one.ours},
            "sentences": len(new),
            "changed_words": sum(map(changed_words, texts, new)) / len(new),
            "rows_changed": sum(a != b for a, b in zip(texts, new, strict=False)) / len(new),
            "tags_fit": sum(fits) / len(new),
            "seconds": seconds[name],
        }
    return entry


def parts_of_speech(data: Any) -> list[list[tuple[str, str]]]:
    """Words with their parts of speech; all are nouns if the data set has none."""
    if "pos_tags" not in data.column_names:
        return [[(token, "NN") for token in tokens] for tokens in data["tokens"]]
    names = data.features["pos_tags"].feature.names
    return [
        [(token, names[tag]) for token, tag in zip(row["tokens"], row["pos_tags"], strict=True)]
        for row in data
    ]


def tagged(row: Any, names: Sequence[str]) -> dict[str, Any]:
    """Words and tag names of a row."""
    return {"tokens": row["tokens"], "tags": [names[tag] for tag in row["ner_tags"]]}


def mentions(row: Any) -> list[tuple[str, str]]:
    """Labels and words of the mentions, from the columns alone."""
    from textaug.core.tag_schemes import to_spans

    return [(s.label, " ".join(row["tokens"][s.start : s.end])) for s in to_spans(row["tags"])]


def same_mentions(before: Any, after: Any) -> bool:
    """Whether a row has a tag for each word, and the mentions that it had."""
    whole = len(after["tokens"]) == len(after["tags"])
    return whole and sorted(mentions(before)) == sorted(mentions(after))


def tags_fit(before: Any, text: str) -> bool:
    """Whether the old tags fit a new string: as many words, and mentions at the same positions."""
    return same_mentions(before, {"tokens": text.split(), "tags": before["tags"]})


def changed_words(before: str, after: str) -> int:
    """How many words of a text were removed or replaced."""
    return (Counter(before.split()) - Counter(after.split())).total()

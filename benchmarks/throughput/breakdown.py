"""The time of an augmenter by step."""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

from .inputs import mapped, some_sentences
from .models import masked_lm
from .timing import in_turns


def around_the_model(options: argparse.Namespace) -> dict[str, Any]:
    """Microseconds per sentence of the masked LM without its model, whose answers are kept.

    On a GPU this is the floor of one process: the forward pass takes less.
    """
    from textaug import MaskedLMSubstitution
    from textaug.models.masked_lm import MaskedLM

    data = some_sentences(64 if options.quick else 1_000)
    augmenter = MaskedLMSubstitution(masked_lm("minilm"), device="cpu")
    answers: list[Any] = []
    predict = MaskedLM.predict

    def record(*arguments: Any) -> Any:
        answers[:] = predict(*arguments)
        return answers

    try:
        MaskedLM.predict = record
        mapped(data, augmenter, batch_size=len(data))
        MaskedLM.predict = lambda *_: answers
        return {"sentences": len(data), "us": where_time_goes(augmenter, data, options.rounds)}
    finally:
        MaskedLM.predict = predict


def where_time_goes(augmenter: Any, data: Any, rounds: int) -> dict[str, float]:
    """Microseconds per sentence: reading, sampling and editing, writing rows, ``map`` itself."""
    from datasets.formatting import get_formatter
    from datasets.formatting.formatting import LazyBatch

    from textaug.core.arrow import no_collection
    from textaug.core.batch import Batch

    def lazy() -> Any:  # as `map` passes them
        formatter = get_formatter("python", features=data.features)
        return LazyBatch(data.data.table, formatter)

    def read() -> list[Any]:
        with no_collection():
            return list(Batch(lazy(), augmenter.columns).examples())

    examples = read()
    first_copy = [0] * len(examples)

    def draw() -> None:
        with no_collection():
            augmenter.run(examples, first_copy)

    arms: dict[str, Any] = {
        "reading": lambda: read() and None,
        "drawing and editing": draw,
        "call": lambda: augmenter(lazy()) and None,
        "map": lambda: mapped(data, augmenter, batch_size=len(data)) and None,
    }
    seconds = in_turns(arms, rounds, "where time goes")
    each = {name: 1e6 * median(seconds[name]) / len(data) for name in arms}
    call, whole = each.pop("call"), each.pop("map")
    return {**each, "writing rows": call - sum(each.values()), "`map` itself": whole - call}

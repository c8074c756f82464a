"""Sentences before and after augmentation, for a terminal: mentions marked, changes highlighted."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from rich.text import Text

from textaug import Augmented, Augmenter, Example

COLOURS = ("cyan", "magenta", "green", "blue", "red", "bright_yellow")


def marked(example: Example, other: Example, labels: list[str]) -> Text:
    """A sentence with its mentions in brackets and what ``other`` has not in «quotes».

    The marks are there beside the colours, so that the picture survives a log file.
    """
    same = SequenceMatcher(None, other.tokens, example.tokens, autojunk=False).get_matching_blocks()
    kept = {i for block in same for i in range(block.b, block.b + block.size)}
    starts = {span.start: span for span in example.spans}
    ends = {span.end: span for span in example.spans}
    style = ""
    text = Text()
    for i, token in enumerate(example.tokens):
        if i in ends:
            style = ""
        if i:
            text.append(" ")
        if i in starts:
            style = COLOURS[labels.index(starts[i].label) % len(COLOURS)]
            text.append("[", style)
        if i in kept:
            text.append(token, style)
        else:
            text.append(f"«{token}»", f"bold yellow {style and 'underline'}")
        if i + 1 in ends:
            text.append(f" {ends[i + 1].label}]", style)
    return text


def examples(
    augmenter: Augmenter, sentences: list[Example], limit: int, labels: list[str]
) -> Iterator[tuple[Text, Text]]:
    """Up to ``limit`` pairs of a sentence and its augmented version, the changed ones only."""
    results = augmenter.run(sentences, [0] * len(sentences))
    for before, result in zip(sentences, results, strict=True):
        if limit and isinstance(result, Augmented) and result.example.tokens != before.tokens:
            limit -= 1
            yield marked(before, result.example, labels), marked(result.example, before, labels)

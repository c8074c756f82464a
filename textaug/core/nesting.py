"""Mentions that share tokens, and protected words: merged into blocks, and the edits they allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from textaug.core.example import PROTECTED, Augmented, Edit, Example, Rejected, Span


def blocks(example: Example) -> list[Span]:
    """The mentions and protected ranges, those that share tokens merged into one span.

    Its label is that of the first mention, or ``PROTECTED`` if there is none. Text between blocks
    may change.

    >>> spans = (Span(0, 4, "ORG"), Span(3, 4, "LOC"))
    >>> blocks(Example(("University", "of", "New", "York"), spans))
    [Span(start=0, end=4, label='ORG')]
    """
    if not example.protected and not example.is_nested:
        return list(example.spans)
    merged: list[Span] = []
    for span in sorted(
        (*example.spans, *example.protected_spans), key=lambda span: (span.start, -span.end)
    ):
        if merged and span.start < merged[-1].end:
            last = merged[-1]
            label = span.label if last.label == PROTECTED else last.label
            merged[-1] = Span(last.start, max(last.end, span.end), label)
        else:
            merged.append(span)
    return merged


def allowed(example: Example, edits: Sequence[Edit]) -> Sequence[Edit]:
    """The edits that neither cut a nested mention, nor touch a protected token.

    Of two edits that overlap, the first is kept. Without nested mentions and protected tokens, all
    edits are returned.
    """
    if not edits or not (example.protected or example.is_nested):
        return edits
    kept: list[Edit] = []
    for edit in edits:
        start, end = edit.start, edit.end
        free = all(end <= first or start >= last for first, last in example.protected)
        whole = all(
            end <= span.start or start >= span.end or span.start <= start <= end <= span.end
            for span in example.spans
        )
        apart = all(end <= other.start or start >= other.end for other in kept)
        if free and whole and apart:
            kept.append(edit)
    return kept


def blocks_only(example: Example) -> Example:
    """An example whose mentions and protected tokens are one layer of spans.

    If nothing is nested or protected, this is the example itself.
    """
    if not example.protected and not example.is_nested:
        return example
    return example._replace(spans=tuple(blocks(example)), protected=())


def with_nested(example: Example, view: Example, result: Augmented) -> Augmented | Rejected:
    """The result for ``example``, from a method's result for its ``view`` of blocks.

    A block with the same words as before gets back the mentions inside it. If the words of a block
    with several mentions changed, it is not known which word belongs to which: rejected.
    """
    spans: list[tuple[Span, int | None]] = []
    protected: list[tuple[int, int]] = []
    new = result.example
    for block, origin in zip(new.spans, result.old_spans(view), strict=True):
        if origin is None:
            spans.append((block, None))
            continue
        old = view.spans[origin]
        inside = [
            (i, span)
            for i, span in enumerate(example.spans)
            if old.start <= span.start and span.end <= old.end
        ]
        is_same = view.tokens[old.start : old.end] == new.tokens[block.start : block.end]
        fixed = [(a, b) for a, b in example.protected if old.start <= a and b <= old.end]
        if not is_same and fixed:
            return Rejected("a protected word was lost")
        if not is_same and (len(inside) != 1 or inside[0][1][:2] != old[:2]):
            return Rejected("a nested mention was lost")
        shift = block.start - old.start
        if is_same:
            spans += [(Span(s + shift, e + shift, label), i) for i, (s, e, label) in inside]
            protected += [(a + shift, b + shift) for a, b in fixed]
        else:
            spans.append((block, inside[0][0]))
    spans.sort(key=lambda pair: (pair[0].start, -pair[0].end))
    kept = tuple(span for span, _ in spans if span.label != PROTECTED)
    origins = tuple(origin for span, origin in spans if span.label != PROTECTED)
    made = new._replace(spans=kept, labels=example.labels, protected=tuple(protected))
    return result._replace(example=made, span_origins=origins)


# The type of `Augmenter.transform`: from examples and their generators to results.
Transform = Callable[[Sequence[Example], Sequence[Random]], Sequence["Augmented | Rejected"]]


def keep_nested(
    transform: Transform, examples: Sequence[Example], rngs: Sequence[Random], is_able: bool
) -> list[Augmented | Rejected]:
    """The results of ``transform``, with nested mentions, protected words and labels kept.

    ``is_able``: the method handles nested mentions itself; else it sees blocks.
    """
    if is_able and not any(example.labels for example in examples[:1]):
        return list(transform(examples, rngs))
    views = examples if is_able else [blocks_only(example) for example in examples]
    results = list(transform(views, rngs))
    for i, (example, view) in enumerate(zip(examples, views, strict=True)):
        result = results[i]
        if isinstance(result, Rejected):
            continue
        if result.example is view:
            results[i] = Augmented(example)
        elif view is not example:
            results[i] = with_nested(example, view, result)
        elif example.labels and result.example.labels != example.labels:
            results[i] = result._replace(example=result.example._replace(labels=example.labels))
    return results

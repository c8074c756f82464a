"""Nested mentions for methods that rewrite a sentence: each block of them as one mention."""

from __future__ import annotations

from textaug.core.example import PROTECTED, Augmented, Example, Rejected, Span


def blocks_only(example: Example) -> Example:
    """An example whose mentions and protected tokens are one layer of spans.

    The example itself where that is what it has.
    """
    if not example.protected and not example.is_nested:
        return example
    return example._replace(spans=tuple(example.blocks()), protected=())


def with_nested(example: Example, view: Example, result: Augmented) -> Augmented | Rejected:
    """What became of ``example``, from what a method made of its ``view`` out of blocks.

    A block whose words are the same gets back the mentions inside it. Where a block with several
    mentions has other words, nobody knows which of them belong to which: rejected.
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

"""Tag schemes: the only code that knows what ``B-`` means.

=======  =====================================================================================
IOB1     ``I-`` for every token of a mention; ``B-`` only where a mention follows another of the
         same type without a gap (the original CoNLL-2003 files)
IOB2     ``B-`` for the first token, ``I-`` for the rest (CoNLL-2003 on the hub)
IOBES    ``B- I- E-``, and ``S-`` for mentions of one token
BILOU    ``B- I- L-``, and ``U-`` for mentions of one token
plain    labels with no spans, such as parts of speech
=======  =====================================================================================

A damaged sequence (an ``I-`` without a start, say) is read as ``seqeval`` reads it in its default
mode, so that what is trained on is what will be scored.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

from textaug.core.example import Span


def split_tag(tag: str) -> tuple[str, str]:
    """``"B-PER"`` → ``("B", "PER")``; ``("", "")`` for what is no tag of a mention."""
    return (tag[0], tag[2:]) if prefixed(tag) else ("", "")


SCHEMES = ("IOB1", "IOB2", "IOBES", "BILOU", "plain")
_PREFIXES = {"IOB": "BI", "IOBES": "BIES", "BILOU": "BILU"}
# (single, first, middle, last) prefix by scheme
_WRITTEN = {
    "IOB1": ("I", "I", "I", "I"),
    "IOB2": ("B", "B", "I", "I"),
    "IOBES": ("S", "B", "I", "E"),
    "BILOU": ("U", "B", "I", "L"),
}


@lru_cache(maxsize=4096)
def _split(tag: str) -> tuple[str, str]:
    """``"B-PER"`` → ``("B", "PER")``; ``"O"`` and the scheme-less ``"NN"`` have no prefix."""
    if len(tag) > 2 and tag[1] == "-" and tag[0] in "BIESLU":
        return tag[0], tag[2:]
    return "", tag


def prefixed(tag: str) -> bool:
    """Whether a tag is one of a mention: ``"B-PER"``, but not ``"O"`` or ``"NN"``."""
    return _split(tag)[0] != ""


def complete(names: Iterable[str]) -> tuple[str, ...]:
    """Every label the scheme of these can need: ``"O"``, then each type with each prefix.

    So that two mentions of one type side by side can be written even where the data had none.
    Labels that belong to no span scheme come back sorted.

    >>> complete(["I-PER", "O", "I-LOC"])
    ('O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER')
    """
    found = set(names)
    scheme = family(tuple(sorted(found)))
    if scheme == "plain":
        return tuple(sorted(found))
    kinds = sorted({_split(name)[1] for name in found if name != "O"})
    return ("O", *(f"{prefix}-{kind}" for kind in kinds for prefix in _PREFIXES[scheme]))


@lru_cache(maxsize=256)
def family(names: tuple[str, ...]) -> str:
    """``"IOB"``, ``"IOBES"``, ``"BILOU"`` or ``"plain"``, from the label names alone.

    IOB1 and IOB2 use the same names; :func:`detect` tells them apart by a row's tags.

    Raises:
        ValueError: if names of two schemes are mixed, such as ``S-PER`` beside ``U-LOC``.

    >>> family(("O", "B-PER", "I-PER", "E-PER", "S-PER"))
    'IOBES'
    """
    prefixes = {_split(name)[0] for name in names if name != "O"}
    if not prefixes:
        return "IOB" if names == ("O",) else "plain"
    if prefixes == {""}:
        return "plain"
    for name, allowed in _PREFIXES.items():
        if prefixes <= set(allowed):
            return name
    odd = sorted(name for name in names if name != "O" and _split(name)[0] in ("", *"ESLU"))
    raise ValueError(f"these labels belong to no one tag scheme: {', '.join(odd[:6])}")


def detect(tags: Sequence[str], names: tuple[str, ...] | None = None) -> str:
    """The scheme of one row's tags.

    A row is IOB1 if some mention starts with ``I-`` and no ``B-`` stands where IOB1 would not put
    one. A row that fits both (all ``O``) is given as IOB2.

    Args:
        tags: one row.
        names: all the label names, if known; they decide the family.

    Raises:
        ValueError: if the tags belong to no one scheme.

    >>> detect(["I-ORG", "O", "I-PER", "B-PER"])
    'IOB1'
    >>> detect(["O", "B-PER", "I-PER"])
    'IOB2'
    """
    found = family(names) if names is not None else family(tuple(sorted({"O", *tags})))
    if found != "IOB":
        return found
    starts_with_i = False
    previous = ""  # type of the mention that the token before belongs to
    for tag in tags:
        if tag == "O":
            previous = ""
            continue
        prefix, kind = _split(tag)
        if prefix == "B" and kind != previous:
            return "IOB2"
        if prefix == "I" and kind != previous:
            starts_with_i = True
        previous = kind if prefix else ""
    return "IOB1" if starts_with_i else "IOB2"


def to_spans(tags: Sequence[str]) -> tuple[Span, ...]:
    """The mentions in a row of tags of any span scheme, as ``seqeval`` finds them.

    >>> to_spans(["I-ORG", "O", "B-PER", "I-PER"])
    (Span(start=0, end=1, label='ORG'), Span(start=2, end=4, label='PER'))
    """
    spans: list[Span] = []
    start, kind, last = 0, "", ""
    for i, tag in enumerate((*tags, "O")):
        if tag == "O":  # most tags
            if kind:
                spans.append(Span(start, i, kind))
                kind = ""
            continue
        prefix, label = _split(tag)
        if not prefix:
            label = ""
        if kind and (label != kind or prefix in "BSU" or last in "ESLU"):
            spans.append(Span(start, i, kind))
            kind = ""
        if label and not kind:
            start, kind = i, label
        last = prefix
    return tuple(spans)


def from_spans(spans: Sequence[Span], length: int, scheme: str) -> list[str]:
    """Write mentions as a row of ``length`` tags.

    Adjacent mentions of one type stay two in every scheme.

    >>> from_spans([Span(0, 1, "PER"), Span(1, 3, "PER")], 4, "IOB1")
    ['I-PER', 'B-PER', 'I-PER', 'O']
    """
    tags = ["O"] * length
    before: tuple[int, str] | None = None  # end and label of the span before
    for start, end, label in spans:
        tags[start:end] = _mention(label, end - start, scheme)
        if scheme == "IOB1" and before == (start, label):
            tags[start] = f"B-{label}"
        before = end, label
    return tags


@lru_cache(maxsize=4096)
def _mention(label: str, length: int, scheme: str) -> tuple[str, ...]:
    """The tags of one mention alone."""
    single, first, middle, last = _WRITTEN[scheme]
    if length == 1:
        return (f"{single}-{label}",)
    return (f"{first}-{label}", *[f"{middle}-{label}"] * (length - 2), f"{last}-{label}")


@lru_cache(maxsize=16_384)
def read(
    tags: tuple[str | int, ...], names: tuple[str, ...], scheme: str | None = None
) -> tuple[str, tuple[Span, ...], bool]:
    """Scheme and mentions of one row of tags, and whether they would be written as they stand.

    Kept for the rows read last: most rows of a data set have the tags of another one.

    Args:
        tags: one row, as names or as their numbers.
        names: all the label names.
        scheme: if given, is not looked for.

    Raises:
        KeyError: for a tag that is not among the names.
        ValueError: if the names belong to no one scheme.

    >>> read((0, 2, 0), ("O", "B-PER", "I-PER"))
    ('IOB1', (Span(start=1, end=2, label='PER'),), True)
    """
    row = list(map(_name_of(names).__getitem__, tags))
    scheme = scheme or detect(row, names)
    if scheme == "plain":
        return scheme, (), True
    spans = to_spans(row)
    return scheme, spans, from_spans(spans, len(row), scheme) == row


@lru_cache(maxsize=256)
def _name_of(names: tuple[str, ...]) -> dict[str | int, str]:
    """The name of each label, by its number and by itself."""
    return {**dict(enumerate(names)), **{name: name for name in names}}


def follow(tags: Sequence[str], origins: Sequence[int | None], scheme: str) -> list[str | None]:
    """Carry a second tag layer (chunks, say) along with tokens that moved.

    A token with no origin gets ``None``. A span of that layer whose first token went starts with
    the next one, so that the layer stays well formed.

    >>> follow(["B-NP", "I-NP", "B-VP"], (1, None, 2), "IOB2")
    ['B-NP', None, 'B-VP']
    """
    if scheme == "plain":
        return [None if origin is None else tags[origin] for origin in origins]
    span_of = {i: span for span in to_spans(tags) for i in range(span.start, span.end)}
    pieces: list[list[int]] = []  # new positions by span and unbroken run of it
    owner: Span | None = None
    for i, origin in enumerate(origins):
        span = None if origin is None else span_of.get(origin)
        if span is not None and span is owner:
            pieces[-1].append(i)
        elif span is not None:
            pieces.append([i])
        if origin is not None:
            owner = span
    result: list[str | None] = [None if origin is None else "O" for origin in origins]
    for piece in pieces:
        origin = origins[piece[0]]
        assert origin is not None
        for i, tag in zip(piece, _mention(span_of[origin].label, len(piece), scheme), strict=True):
            result[i] = tag
    if scheme == "IOB1":
        _mark_adjacent(result, pieces)
    return result


def _mark_adjacent(tags: list[str | None], pieces: Sequence[Sequence[int]]) -> None:
    for left, right in pairwise(pieces):
        before, tag = tags[left[-1]], tags[right[0]]
        if left[-1] + 1 == right[0] and before and tag and before[2:] == tag[2:]:
            tags[right[0]] = "B" + tag[1:]

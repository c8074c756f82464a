"""Tag schemes: the only code that knows what ``B-`` means.

=====  =========================================================================================
IOB1   ``I-`` for every token of a mention; ``B-`` only for the first token of a mention that
       follows another of the same type directly (the original CoNLL-2003 files)
IOB2   ``B-`` for the first token, ``I-`` for the rest (CoNLL-2003 on the hub)
IOE1   ``I-`` for every token; ``E-`` only for the last token of a mention that another of the same
       type follows directly
IOE2   ``E-`` for the last token, ``I-`` for the rest
IO     ``I-PER``, or only ``PER``, for every token: mentions that touch become one
IOBES  ``B- I- E-``, and ``S-`` for mentions of one token; BILOU, BMES and BMEWO are the same with
       other letters
plain  labels of single words, such as parts of speech: no mentions
=====  =========================================================================================

The letter is before or after the type (``B-PER``, ``PER-B``, ``B_PER``, ``b-per``), or there is no
type (``B``). :class:`TagScheme` holds both, is read once for a data set, and writes the tags
back the same way. A damaged sequence (an ``I-`` without a start) is read as ``seqeval`` reads it in
its default mode, so that training and scoring see the same mentions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from textaug.core.example import Span
from textaug.core.tag_spelling import USUAL, Spelling, outside_of, spelling_of
from textaug.core.tag_spelling import prefixed as prefixed
from textaug.core.tag_spelling import split_tag as split_tag

# Canonical letters of (the only, the first, a middle, the last) token of a mention.
_CANONICAL = {
    "IOB1": "IIII",
    "IOB2": "BBII",
    "IOE1": "IIII",
    "IOE2": "EIIE",
    "IO": "IIII",
    "IOBES": "SBIE",
}
# What is written for B, I, E and S.
_LETTERS = {"IOBES": "BIES", "BIOES": "BIES", "BILOU": "BILU", "BMES": "BMES", "BMEWO": "BMEW"}
SCHEMES = (*_CANONICAL, "BIOES", "BILOU", "BMES", "BMEWO", "plain")
# The label names cannot tell these two apart; a row can.
_OPEN = {"IOB": ("IOB1", "IOB2"), "IOE": ("IOE1", "IOE2")}


class OpenScheme(ValueError):
    """It is not known in which of several schemes a new mention has to be written."""


class TagScheme(NamedTuple):
    """A scheme and its spelling.

    Attributes:
        name: ``IOB1``, ``IOB2``, ``IOE1``, ``IOE2``, ``IO``, ``IOBES`` or ``plain``; ``IOB`` or
            ``IOE`` if it is not known which of the two; ``""`` if nothing is known.
        spelling: how the tags are written.
    """

    name: str
    spelling: Spelling = USUAL

    @property
    def is_open(self) -> bool:
        """Whether a new mention could be written in more than one way."""
        return self.name in ("", *_OPEN)

    def __str__(self) -> str:
        by_letters = {"BILU": "BILOU", "BMES": "BMES", "BMEW": "BMEWO"}
        return by_letters.get(self.spelling.letters.upper(), self.name) or "open"


@lru_cache(maxsize=256)
def scheme_named(name: str, names: tuple[str, ...] = ()) -> TagScheme:
    """A scheme by its name, spelt as the label names are.

    >>> scheme_named("BILOU").spelling.letters
    'BILU'
    """
    if name == "plain":
        return TagScheme("plain")
    found = spelling_of(names) if names else None
    if found is None and name == "IO" and any(tag not in ("O", "o") for tag in names):
        found = Spelling(layout="bare", outside=outside_of(names))
    spelling = found or Spelling()
    if name in _LETTERS:
        letters = _LETTERS[name]
        lower = spelling.letters.islower()
        return TagScheme("IOBES", spelling._replace(letters=letters.lower() if lower else letters))
    return TagScheme(name, spelling)


def complete(names: Iterable[str]) -> tuple[str, ...]:
    """Every label that the scheme of these can need: ``"O"``, then each type with each letter.

    So adjacent mentions of one type can be written even if the data have none. Labels that are not
    tags of mentions are only sorted.

    >>> complete(["I-PER", "O", "I-LOC"])
    ('O', 'B-LOC', 'I-LOC', 'B-PER', 'I-PER')
    """
    found = tuple(sorted(set(names)))
    group = family(found)
    spelling = spelling_of(found)
    if group == "plain" or spelling is None:
        return found
    labels = sorted({split_tag(name, spelling)[1] for name in found if name != spelling.outside})
    letters = {"IOB": "BI", "IOE": "IE"}.get(group, "BIES")
    tags = (spelling.join(letter, label) for label in labels for letter in letters)
    return (spelling.outside, *tags)


@lru_cache(maxsize=256)
def family(names: tuple[str, ...]) -> str:
    """``"IOB"``, ``"IOE"``, ``"IOBES"``, ``"BILOU"``, ``"BMES"``, ``"BMEWO"`` or ``"plain"``.

    From the label names alone. IOB1 and IOB2 use the same names; :func:`detect` tells them apart.

    Raises:
        ValueError: if names of two schemes are mixed, such as ``S-PER`` and ``U-LOC``, or names
            with and without a letter.

    >>> family(("O", "B-PER", "I-PER", "E-PER", "S-PER"))
    'IOBES'
    """
    spelling = spelling_of(names)
    rest = [name for name in names if name not in ("O", "o")]
    if spelling is None:
        odd = [name for name in rest if prefixed(name)]
        if odd:
            odd += [name for name in rest if name not in odd]
            raise ValueError(f"these labels do not belong to one tag scheme: {', '.join(odd[:6])}")
        return "plain"
    used = {split_tag(name, spelling)[0] for name in rest}
    if used <= {"B", "I"} and spelling.letters.upper() == "BIES":
        return "IOB"
    if used <= {"I", "E"} and spelling.letters.upper() == "BIES":
        return "IOE"
    return {"BILU": "BILOU", "BMES": "BMES", "BMEW": "BMEWO"}.get(spelling.letters.upper(), "IOBES")


def detect(tags: Sequence[str], names: tuple[str, ...] | None = None) -> TagScheme:
    """The scheme of one row's tags.

    A row is IOB1 if some mention starts with ``I-`` and IOB1 would write each of its ``B-`` too. If
    a row fits IOB1 and IOB2 (all ``O``, for instance), its scheme is open.

    ``names`` are all the label names, if known; they decide the family.

    Raises:
        ValueError: if the tags do not belong to one scheme.

    >>> str(detect(["I-ORG", "O", "I-PER", "B-PER"])), str(detect(["O", "B-PER", "I-PER"]))
    ('IOB1', 'IOB2')
    >>> detect(["O", "O"]).is_open
    True
    """
    known = tuple(sorted({"O", *tags})) if names is None else names
    group = family(known)
    if group == "plain":
        return TagScheme("plain")
    spelling = spelling_of(known) or Spelling()
    if names is None and all(tag == spelling.outside for tag in tags):
        return TagScheme("", spelling)
    if group not in _OPEN:
        return TagScheme("IOBES", spelling)
    return TagScheme(_which(tags, spelling, group), spelling)


def _which(tags: Sequence[str], spelling: Spelling, group: str) -> str:
    """Which of two schemes with the same letters a row has; the group's name if it fits both."""
    # IOE is IOB read from its end.
    ordered = tags if group == "IOB" else tags[::-1]
    border = "B" if group == "IOB" else "E"
    is_first = False
    previous = None  # type of the mention that the token before belongs to
    for tag in ordered:
        letter, label = split_tag(tag, spelling)
        if not letter:
            previous = None
            continue
        if label != previous:
            if letter == border:
                return _OPEN[group][1]
            is_first = True
        previous = label
    return _OPEN[group][0] if is_first else group


def to_spans(tags: Sequence[str], spelling: Spelling = USUAL) -> tuple[Span, ...]:
    """The mentions in a row of tags of any scheme, as ``seqeval`` finds them.

    >>> to_spans(["I-ORG", "O", "B-PER", "I-PER"])
    (Span(start=0, end=1, label='ORG'), Span(start=2, end=4, label='PER'))
    """
    spans: list[Span] = []
    start, last = -1, ""  # of the mention that is open, and the letter before
    label = ""
    outside = spelling.outside
    for i, tag in enumerate((*tags, outside)):
        if tag == outside:  # most tags
            if start >= 0:
                spans.append(Span(start, i, label))
                start = -1
            continue
        letter, new = split_tag(tag, spelling)
        if start >= 0 and (not letter or new != label or letter in "BS" or last in "ES"):
            spans.append(Span(start, i, label))
            start = -1
        if letter and start < 0:
            start, label = i, new
        last = letter
    return tuple(spans)


def from_spans(spans: Sequence[Span], length: int, scheme: TagScheme | str) -> list[str]:
    """Write mentions as a row of ``length`` tags.

    Raises:
        OpenScheme: if there is a mention and the scheme is open.
        ValueError: if IO cannot separate two adjacent mentions, or spans overlap.

    >>> from_spans([Span(0, 1, "PER"), Span(1, 3, "PER")], 4, "IOB1")
    ['I-PER', 'B-PER', 'I-PER', 'O']
    """
    if isinstance(scheme, str):
        scheme = scheme_named(scheme)
    name, spelling = scheme.name, scheme.spelling
    tags = [spelling.outside] * length
    if not spans:
        return tags
    if scheme.is_open:
        raise OpenScheme(f"the scheme can be {' or '.join(_OPEN.get(name, SCHEMES[:6]))}")
    end, label = -1, ""  # of the span before
    for span in spans:
        if span.start < end:
            raise ValueError(f"{span} overlaps the mention before, which tags cannot express")
        tags[span.start : span.end] = _mention(span.label, span.end - span.start, scheme)
        if (span.start, span.label) == (end, label):
            if name == "IOB1":
                tags[span.start] = spelling.join("B", label)
            elif name == "IOE1":
                tags[end - 1] = spelling.join("E", label)
            elif name == "IO":
                raise ValueError(f"IO tags cannot separate {span} from the mention before")
        end, label = span.end, span.label
    return tags


@lru_cache(maxsize=4096)
def _mention(label: str, length: int, scheme: TagScheme) -> tuple[str, ...]:
    """The tags of one mention."""
    only, first, middle, last = (
        scheme.spelling.join(letter, label) for letter in _CANONICAL[scheme.name]
    )
    if length == 1:
        return (only,)
    return (first, *[middle] * (length - 2), last)


@lru_cache(maxsize=16_384)
def read(
    tags: tuple[str | int, ...], names: tuple[str, ...], scheme: TagScheme | None = None
) -> tuple[TagScheme, tuple[Span, ...], bool]:
    """Scheme and mentions of one row of tags, and whether the tags round-trip.

    Cached: most rows of a data set have the same tags as another row.

    Args:
        tags: one row, as names or as their numbers.
        names: all the label names.
        scheme: their scheme; found from the row if ``None`` or open.

    Raises:
        KeyError: for a tag that is not among the names.
        ValueError: if the names do not belong to one scheme.

    >>> read((0, 2, 0), ("O", "B-PER", "I-PER"))[1:]
    ((Span(start=1, end=2, label='PER'),), True)
    """
    row = list(map(_name_of(names).__getitem__, tags))
    if scheme is None or scheme.is_open:
        scheme = detect(row, names)
    if scheme.name == "plain":
        return scheme, (), True
    spans = to_spans(row, scheme.spelling)
    return scheme, spans, round_trips(row, spans, scheme)


def round_trips(tags: Sequence[str], spans: Sequence[Span], scheme: TagScheme) -> bool:
    """Whether the mentions that were read from tags are written as the same tags."""
    try:
        return from_spans(spans, len(tags), scheme) == list(tags)
    except ValueError:
        return False


@lru_cache(maxsize=256)
def _name_of(names: tuple[str, ...]) -> dict[str | int, str]:
    """The name of each label, by its number and by itself."""
    return {**dict(enumerate(names)), **{name: name for name in names}}


# A mention that was replaced: its old tokens and its new ones.
Moved = tuple[tuple[int, int], tuple[int, int]]


def follow(
    tags: Sequence[str],
    origins: Sequence[int | None],
    scheme: TagScheme | str,
    moved: Iterable[Moved] = (),
) -> list[str | None]:
    """Move a second layer of tags (chunks, for instance) along with its tokens.

    A token without an origin gets ``None``. If the first token of a span of that layer is gone, the
    span starts with the next one, so that the layer stays well formed. A span that covered exactly
    a replaced mention covers the new one.

    ``moved`` has the old and new tokens of the replaced mentions.

    >>> follow(["B-NP", "I-NP", "B-VP"], (1, None, 2), "IOB2")
    ['B-NP', None, 'B-VP']
    >>> follow(["B-NP", "I-NP", "B-VP"], (None, 2), "IOB2", [((0, 2), (0, 1))])
    ['B-NP', 'B-VP']
    """
    if isinstance(scheme, str):
        scheme = scheme_named(scheme)
    if scheme.name == "plain":
        return [None if origin is None else tags[origin] for origin in origins]
    spelling = scheme.spelling
    spans = to_spans(tags, spelling)
    at = {(span.start, span.end): span for span in spans}
    covered = {new: at[old] for old, new in moved if old in at}
    starts = {start: (end, span) for (start, end), span in covered.items()}
    span_of = {i: span for span in spans for i in range(span.start, span.end)}
    parts: list[tuple[Span, list[int]]] = []  # each span's new tokens, in runs without a break
    owner: Span | None = None
    inside = 0
    for i, origin in enumerate(origins):
        if i in starts:
            inside, whole = starts[i]
            parts.append((whole, list(range(i, inside))))
            owner = None
        if i < inside:
            continue
        span = None if origin is None else span_of.get(origin)
        if span is not None and span is owner:
            parts[-1][1].append(i)
        elif span is not None:
            parts.append((span, [i]))
        if origin is not None:
            owner = span
    result: list[str | None] = [None if origin is None else spelling.outside for origin in origins]
    for span, positions in parts:
        written = _mention(span.label, len(positions), scheme)
        for i, tag in zip(positions, written, strict=True):
            result[i] = tag
    for (left, before), (right, after) in pairwise(parts):
        if before[-1] + 1 == after[0] and left.label == right.label:
            if scheme.name == "IOB1":
                result[after[0]] = spelling.join("B", right.label)
            elif scheme.name == "IOE1":
                result[before[-1]] = spelling.join("E", left.label)
    return result


def of_layer(tags: tuple[str, ...], names: tuple[str, ...] | None) -> TagScheme | None:
    """The scheme of another layer of tags; ``None`` if its tags are not those of spans."""
    try:
        scheme = detect(tags, names)
    except ValueError:
        return None
    return None if scheme.name == "plain" or scheme.is_open else scheme

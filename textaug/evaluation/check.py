"""What is wrong with the labels of a data set, row by row, and what of it can be mended.

Mended is only what leaves no choice: no label is ever guessed. The rest is for a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import Columns, find_columns

if TYPE_CHECKING:
    from datasets import Dataset


KINDS = {
    "missing": "no words, no text or no tags at all (None)",
    "length": "not one tag for each word",
    "empty token": "a token that is empty or white space, or a text that is",
    "blank in token": "a token with white space inside",
    "unknown tag": "a tag that is not among the labels, or belongs to no scheme",
    "mixed schemes": "a tag of another scheme than the others are in",
    "orphan tag": "a tag that its neighbours do not allow, such as I-PER after O in IOB2",
    "duplicate": "the same words and labels as an earlier row",
    "contradiction": "the same words as an earlier row, and other labels",
    "overlap": "words that also stand in the other split",
    "several types": "a mention that elsewhere has another type",
}
# Which of the letters before a type tell the scheme.
_TELLING = {"E": "IOBES", "S": "IOBES", "L": "BILOU", "U": "BILOU"}
_CONTINUES, _IS_CONTINUED = "IEL", "BI"


@dataclass(frozen=True)
class Mend:
    """How a row is mended.

    Attributes:
        text: what is done, for people.
        tags: new tags by position.
        tokens: positions of tokens to take out, with their tags.
        drop: whether the row is left out.
    """

    text: str
    tags: Mapping[int, str] = field(default_factory=dict)
    tokens: tuple[int, ...] = ()
    drop: bool = False


@dataclass(frozen=True)
class Problem:
    """Something wrong with a row.

    Attributes:
        row: its number, from 0.
        kind: one of ``KINDS``.
        message: what is wrong.
        mend: how it can be mended with certainty, if it can.
    """

    row: int
    kind: str
    message: str
    mend: Mend | None = None


def check(
    data: Dataset,
    against: Iterable[Dataset] = (),
    *,
    tokens_column: str | None = None,
    tags_column: str | None = None,
    text_column: str | None = None,
    ignore: Sequence[str] = (),
) -> list[Problem]:
    """Find what is wrong with the labels of a data set.

    Args:
        data: one split, with words and tags or with text and labels. Tags may be strings or
            ``ClassLabel``; their scheme is the one that most of them are in.
        against: splits that must have no row in common with it, such as the test split.
        tokens_column: column of words; default: ``tokens`` or ``words``.
        tags_column: column of tags; default: ``ner_tags``, ``tags``, ``labels`` or ``ner``.
        text_column: column of text; default: ``text`` or ``sentence``.
        ignore: kinds of problems that are none here.

    Returns:
        The problems in order of the rows.

    Raises:
        ValueError: if there is no column of words or text, or no such kind.

    >>> from datasets import Dataset
    >>> rows = {"tokens": [["in", "Oslo"], ["Oslo"]], "ner_tags": [["O", "I-LOC"], ["B-LOC"]]}
    >>> check(Dataset.from_dict(rows))[0].message
    "token 1 ('Oslo'): I-LOC has no mention to continue; IOB2 writes B-LOC"
    """
    unknown = [kind for kind in ignore if kind not in KINDS]
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no kind of problem; there are {', '.join(KINDS)}")
    columns = find_columns(data, tokens_column, tags_column, text_column)
    if columns.is_text:
        problems = list(_check_texts(data, columns))
    else:
        problems = list(_check_rows(data, columns))
    problems += _check_doubles(data, columns, against)
    problems = [problem for problem in problems if problem.kind not in ignore]
    return sorted(problems, key=lambda problem: problem.row)


def _rows(data: Dataset, *names: str | None) -> Iterator[tuple[Any, ...]]:
    """Columns side by side, row by row, with the names of class labels."""
    wanted = [name for name in names if name is not None]
    features = data.features  # a copy is made at each look
    for batch in data.select_columns(wanted).with_format(None).iter(1000):
        yield from zip(
            *(
                [_named(value, features[name]) for value in batch[name]]
                if name is not None
                else [None] * len(batch[wanted[0]])
                for name in names
            ),
            strict=True,
        )


def _named(value: Any, feature: Any) -> Any:
    """Class labels by name; numbers that have none stay numbers."""
    kind = getattr(feature, "feature", feature)
    names = getattr(kind, "names", None)
    if names is None or value is None:
        return value
    if isinstance(value, list):
        return [_named_label(item, names) for item in value]
    return _named_label(value, names)


def _named_label(value: Any, names: Sequence[str]) -> Any:
    return names[value] if isinstance(value, int) and 0 <= value < len(names) else value


# Words and tags


def split_tag(tag: str) -> tuple[str, str]:
    """``"B-PER"`` → ``("B", "PER")``; ``("", "")`` for a tag that is not one of a mention."""
    return (tag[0], tag[2:]) if tag_schemes.prefixed(tag) else ("", "")


@dataclass(frozen=True)
class _Tagging:
    """What the tags of the whole data set say about themselves."""

    scheme: str
    known: frozenset[str] | None
    kinds: Mapping[str, Counter[str]]  # how often each mention has each type


def _tagging(data: Dataset, columns: Columns) -> _Tagging:
    feature = getattr(data.features.get(columns.tags), "feature", None)
    names = getattr(feature, "names", None)
    told: Counter[str] = Counter()
    starts: Counter[str] = Counter()
    kinds: dict[str, Counter[str]] = {}
    prefixed = 0
    for tokens, tags in _rows(data, columns.words, columns.tags):
        tags = [tag if isinstance(tag, str) else "O" for tag in tags or ()]
        before = ""
        for tag in tags:
            prefix, kind = split_tag(tag)
            prefixed += bool(prefix)
            told[_TELLING.get(prefix, "IOB")] += prefix in _TELLING
            if prefix in ("B", "I") and kind != before:
                starts[prefix] += 1
            before = kind
        for span in tag_schemes.to_spans(tags) if tokens and len(tokens) == len(tags) else ():
            surface = " ".join(map(str, tokens[span.start : span.end]))
            kinds.setdefault(surface, Counter())[span.label] += 1
    scheme = "plain"
    if prefixed or (names and any(tag_schemes.prefixed(name) for name in names)):
        scheme = "IOB2" if starts["B"] >= starts["I"] else "IOB1"
        if told.total():
            scheme = told.most_common(1)[0][0]
    return _Tagging(scheme, None if names is None else frozenset(names), kinds)


def _check_rows(data: Dataset, columns: Columns) -> Iterator[Problem]:
    tagging = _tagging(data, columns)
    for row, (tokens, tags, *others) in enumerate(
        _rows(data, columns.words, columns.tags, *columns.aligned)
    ):
        if tokens is None or (columns.tags and tags is None):
            missing = columns.words if tokens is None else columns.tags
            yield Problem(row, "missing", f"column {missing!r} is None")
            continue
        even = True
        for name, values in zip((columns.tags, *columns.aligned), (tags, *others), strict=True):
            if name is not None and values is not None and len(values) != len(tokens):
                even = False
                text = f"column {name!r} has {len(values)} values for {len(tokens)} tokens"
                yield Problem(row, "length", text)
        yield from _check_tokens(row, tokens, tags if even else None, columns)
        if even and columns.tags:
            yield from _check_tags(row, tokens, tags, tagging)


def _check_tokens(row: int, tokens: Any, tags: Any, columns: Columns) -> Iterator[Problem]:
    for i, token in enumerate(tokens):
        words = token.split() if isinstance(token, str) else []
        if len(words) > 1:
            yield Problem(
                row, "blank in token", f"token {i} ({token!r:.60}) has white space inside"
            )
        elif words != [token]:
            mend = None
            if words:
                text = f"token {i} ({token!r:.60}) has white space around it"
                yield Problem(row, "blank in token", text)
                continue
            if columns.tags is None or (tags is not None and _between_no_mentions(tags, i)):
                mend = Mend(f"token {i} ({token!r:.60}) taken out", tokens=(i,))
            yield Problem(row, "empty token", f"token {i} is {token!r:.60}", mend)


def _between_no_mentions(tags: list[Any], i: int) -> bool:
    """Whether taking a token out can neither cut, join nor shorten a mention."""
    around = tags[i - 1 : i] + tags[i + 1 : i + 2]
    between = len(around) == 2 and "O" not in around
    return tags[i] == "O" and not between


def _check_tags(
    row: int, tokens: Sequence[Any], tags: Sequence[Any], tagging: _Tagging
) -> Iterator[Problem]:
    sound = True
    for i, (token, tag) in enumerate(zip(tokens, tags, strict=True)):
        where = f"token {i} ({token!r:.60})"
        open_label = tag is None or tag == -1
        if open_label and tagging.scheme == "plain":
            continue
        if isinstance(tag, str) and tagging.scheme != "plain":
            stripped = tag.strip()
            if stripped != tag and (stripped == "O" or tag_schemes.prefixed(stripped)):
                mend = Mend(f"{where}: tag {tag!r} became {stripped!r}", tags={i: stripped})
                sound = False
                yield Problem(row, "unknown tag", f"{where}: tag {tag!r} has blanks", mend)
                continue
        bad = not isinstance(tag, str) or (tagging.known is not None and tag not in tagging.known)
        prefix, _ = split_tag(tag) if isinstance(tag, str) else ("", "")
        if bad or (tagging.scheme != "plain" and not prefix and tag != "O"):
            sound = False
            yield Problem(row, "unknown tag", f"{where}: tag {tag!r} is unknown")
        elif prefix and not _allowed(prefix, tagging.scheme):
            sound = False
            text = f"{where}: {tag} is no tag of {tagging.scheme}, which the others are in"
            yield Problem(row, "mixed schemes", text)
    if not sound or tagging.scheme == "plain":
        return
    spans = tag_schemes.to_spans(tags)
    right = tag_schemes.from_spans(spans, len(tags), tagging.scheme)
    for i, (old, new) in enumerate(zip(tags, right, strict=True)):
        if old == new:
            continue
        prefix, kind = split_tag(old)
        alone = prefix in _CONTINUES and (i == 0 or split_tag(tags[i - 1])[1] != kind)
        fault = "has no mention to continue" if alone else "does not fit here"
        certain = _is_certain(tags, i) and (tagging.known is None or new in tagging.known)
        text = f"token {i} ({tokens[i]!r:.60}): {old} {fault}; {tagging.scheme} writes {new}"
        if not certain:
            text += ", if the types beside it are right"
        mend = Mend(f"token {i} ({tokens[i]!r:.60}): {old} became {new}", tags={i: new})
        yield Problem(row, "orphan tag", text, mend if certain else None)
    for span in spans:
        surface = " ".join(map(str, tokens[span.start : span.end]))
        kinds = tagging.kinds[surface]
        most = kinds.most_common(2)
        if len(kinds) > 1 and (span.label != most[0][0] or most[0][1] == most[1][1]):
            others = ", ".join(f"{kind} ×{n}" for kind, n in sorted(kinds.items()))
            text = f"{surface!r:.60} is {span.label} here (in all rows: {others})"
            yield Problem(row, "several types", text)


def _allowed(prefix: str, scheme: str) -> bool:
    return prefix in "BI" or _TELLING[prefix] == scheme


def _is_certain(tags: Sequence[str], i: int) -> bool:
    """Whether the tag at ``i`` can only be meant one way: no other type touches it."""
    prefix, kind = split_tag(tags[i])
    left = split_tag(tags[i - 1])[1] if i else ""
    after, right = split_tag(tags[i + 1]) if i + 1 < len(tags) else ("", "")
    if prefix in _CONTINUES and left not in ("", kind):
        return False
    return not (prefix in _IS_CONTINUED and after in _CONTINUES and after and right != kind)


# Text, and rows that stand twice


def _check_texts(data: Dataset, columns: Columns) -> Iterator[Problem]:
    names = getattr(data.features.get(columns.tags), "names", None)
    for row, (text, label) in enumerate(_rows(data, columns.words, columns.tags)):
        if text is None:
            yield Problem(row, "missing", f"column {columns.words!r} is None")
        elif not str(text).strip():
            yield Problem(row, "empty token", f"column {columns.words!r} is {text!r:.60}")
        if names is not None and not isinstance(label, str) and label not in (None, -1):
            yield Problem(row, "unknown tag", f"label {label!r} is unknown")


def _key(words: Any) -> Any:
    return tuple(words) if isinstance(words, list) else words


def _check_doubles(
    data: Dataset, columns: Columns, against: Iterable[Dataset]
) -> Iterator[Problem]:
    elsewhere: set[Any] = set()
    for other in against:
        theirs = find_columns(other)
        elsewhere |= {_key(words) for (words,) in _rows(other, theirs.words)}
    first: dict[Any, tuple[int, Any]] = {}
    for row, (words, labels) in enumerate(_rows(data, columns.words, columns.tags)):
        key = _key(words)
        if not key:
            continue
        if key in elsewhere:
            mend = Mend("row left out: its words also stand in the other split", drop=True)
            yield Problem(row, "overlap", "its words also stand in the other split", mend)
        if key not in first:
            first[key] = (row, labels)
            continue
        earlier, known = first[key]
        if labels == known:
            text = f"row left out: the same as row {earlier}"
            yield Problem(row, "duplicate", f"the same as row {earlier}", Mend(text, drop=True))
        else:
            text = f"the same words as row {earlier}, with other labels"
            yield Problem(row, "contradiction", text)

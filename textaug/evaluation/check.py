"""Find faults in the labels of a data set, and the fixes that are certain; none is guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import JUDGED, LABEL_SOURCE, MISSING_LABEL, ColumnNames, class_names
from textaug.core.finding import dataset_schema, find_columns
from textaug.core.reader import span_problem
from textaug.core.schema import Columns
from textaug.core.sources import split_of
from textaug.core.span_columns import CHARACTERS
from textaug.core.tag_schemes import TagScheme
from textaug.core.tag_spelling import Spelling, spelling_of
from textaug.core.word_borders import cut_word
from textaug.evaluation.problems import KINDS, Fix, Problem, named_rows
from textaug.evaluation.repeats import find_repeats

if TYPE_CHECKING:
    from datasets import Dataset

# Prefixes of a tag that continues the mention before it, and of one that can be continued.
CONTINUES, CAN_BE_CONTINUED = "IEL", "BI"


def check(
    data: Any,
    against: Iterable[Any] = (),
    *,
    split: str = "train",
    tokens_column: str | None = None,
    tags_column: str | None = None,
    text_column: str | None = None,
    ignore: Sequence[str] = (),
) -> list[Problem]:
    """Find faults in the labels of a data set.

    Args:
        data: one split, several splits (``split`` is checked), or anything else that
            :func:`textaug.load` takes, with words and tags or with text and labels. Tags may be
            strings or ``ClassLabel``; their scheme is that of most tags.
        against: splits that must not share a row with it, such as the test split; their words are
            in the column of the same name, or in one that is found.
        split: the split of a ``DatasetDict``.
        tokens_column: column of words; default: ``tokens`` or ``words``.
        tags_column: column of tags; default: ``ner_tags``, ``tags``, ``labels`` or ``ner``.
        text_column: column of text; default: ``text`` or ``sentence``.
        ignore: kinds of problems to leave out.

    Returns:
        The problems in order of the rows.

    Raises:
        ValueError: if there is no column of words or text, if ``against`` has text and ``data``
            has words, or if ``ignore`` has an unknown kind.

    >>> rows = {"tokens": [["in", "Oslo"], ["Oslo"]], "ner_tags": [["O", "I-LOC"], ["B-LOC"]]}
    >>> check(rows)[0].message
    "token 1 ('Oslo'): I-LOC has no mention to continue; IOB2 writes B-LOC"
    """
    if unknown := [kind for kind in ignore if kind not in KINDS]:
        raise ValueError(f"{unknown[0]!r} is not a kind of problem; choose from {', '.join(KINDS)}")
    data = split_of(data, split, strict=False)
    columns = find_columns(data, tokens_column, tags_column, text_column)
    one_by_one = _check_texts if columns.is_text else _check_rows
    problems = [*one_by_one(data, columns), *_check_spans(data, columns)]
    problems += find_repeats(data, columns, (split_of(each, split, False) for each in against))
    problems = [problem for problem in problems if problem.kind not in ignore]
    return sorted(problems, key=lambda problem: problem.row)


@dataclass(frozen=True)
class _Tagging:
    """What the tags of the whole data set have in common."""

    scheme: TagScheme
    known: frozenset[str] | None
    types: Mapping[str, Counter[str]]  # how often each mention has each type

    def split(self, tag: str) -> tuple[str, str]:
        """Letter and type of a tag, ``("", "")`` for one that is not of a mention."""
        letter, label = tag_schemes.split_tag(tag, self.scheme.spelling)
        return (letter, label) if letter else ("", "")


def _tagging(data: Dataset, columns: Columns) -> _Tagging:
    names = class_names(data.features.get(columns.tags))
    rows = [
        (tokens, [tag if isinstance(tag, str) else "O" for tag in tags or ()])
        for tokens, tags in named_rows(data, columns.words, columns.tags)
    ]
    scheme = _scheme(Counter(tag for _, tags in rows for tag in tags), rows, names)
    types: dict[str, Counter[str]] = {}
    for tokens, tags in rows:
        if scheme.name == "plain" or not tokens or len(tokens) != len(tags):
            continue
        for start, end, label in tag_schemes.to_spans(tags, scheme.spelling):
            surface = " ".join(map(str, tokens[start:end]))
            types.setdefault(surface, Counter())[label] += 1
    return _Tagging(scheme, None if names is None else frozenset(names), types)


def _scheme(
    counts: Counter[str], rows: Sequence[tuple[Any, list[str]]], names: Sequence[str] | None
) -> TagScheme:
    """The scheme of most tags."""
    known = tuple(names or sorted(counts))
    try:
        spelling = spelling_of(known)
    except ValueError:
        spelling = None
    if spelling is None:  # not all belong to one scheme
        covered = {
            letters: sum(n for tag, n in counts.items() if tag[:1] in letters and tag[1:2] == "-")
            for letters in ("BIES", "BILU", "BMES", "BMEW")
        }
        if not any(covered.values()):
            return TagScheme("plain")
        spelling = Spelling(max(covered, key=lambda letters: covered[letters]))
    used = {tag_schemes.split_tag(tag, spelling)[0] for tag in (*counts, *known)} - {""}
    if spelling.letters.upper() != "BIES" or not (used <= {"B", "I"} or used <= {"I", "E"}):
        return TagScheme("IOBES", spelling)
    if not used:
        return TagScheme("IOB2", spelling)
    group = ("IOB1", "IOB2") if used <= {"B", "I"} else ("IOE1", "IOE2")
    said: Counter[str] = Counter()
    for _, tags in rows:
        fitting = [tag for tag in tags if tag_schemes.split_tag(tag, spelling)[0] or tag == "O"]
        said[tag_schemes.detect(fitting, ("O", f"{group[0][2]}-X", "I-X")).name] += 1
    return TagScheme(group[said[group[1]] >= said[group[0]]], spelling)


def _check_rows(data: Dataset, columns: Columns) -> Iterator[Problem]:
    tagging = _tagging(data, columns)
    layers = (columns.tags, *columns.aligned)
    source = LABEL_SOURCE if LABEL_SOURCE in data.features else None
    for row, (tokens, made_by, *values) in enumerate(
        named_rows(data, columns.words, source, *layers)
    ):
        if made_by == JUDGED and values[0]:  # may have words without a label
            outside = tagging.scheme.spelling.outside
            values[0] = [outside if tag in (None, MISSING_LABEL) else tag for tag in values[0]]
        tags = values[0]
        if tokens is None or (columns.tags and tags is None):
            missing = columns.words if tokens is None else columns.tags
            yield Problem(row, "missing", f"column {missing!r} is None")
            continue
        uneven = [
            f"column {name!r} has {len(value)} values for {len(tokens)} tokens"
            for name, value in zip(layers, values, strict=True)
            if value is not None and len(value) != len(tokens)
        ]
        yield from (Problem(row, "length", text) for text in uneven)
        yield from _check_tokens(row, tokens, None if uneven else tags or (), columns)
        if columns.tags and not uneven:
            yield from _check_tags(row, tokens, tags, tagging)


def _check_tokens(row: int, tokens: Any, tags: Any, columns: Columns) -> Iterator[Problem]:
    for i, token in enumerate(tokens):
        words = token.split() if isinstance(token, str) else []
        where = f"token {i} ({token!r:.60})"
        if words:
            if words != [token]:
                side = "inside" if len(words) > 1 else "around it"
                yield Problem(row, "blank in token", f"{where} has white space {side}")
            continue
        text, fix = f"token {i} is {token!r:.60}", None
        if columns.counting:
            text += f"; column {columns.counting[0]!r} counts tokens, so none is removed"
        elif tags is not None and (columns.tags is None or _is_outside_mentions(tags, i)):
            fix = Fix(f"{where} removed", tokens=(i,))
        yield Problem(row, "empty token", text, fix)


def _is_outside_mentions(tags: list[Any], i: int) -> bool:
    """Whether removing a token can neither cut, join nor shorten a mention."""
    around = tags[i - 1 : i] + tags[i + 1 : i + 2]
    between_mentions = len(around) == 2 and "O" not in around
    return tags[i] == "O" and not between_mentions


def _check_tags(
    row: int, tokens: Sequence[Any], tags: Sequence[Any], tagging: _Tagging
) -> Iterator[Problem]:
    single = [
        problem
        for i, (token, tag) in enumerate(zip(tokens, tags, strict=True))
        if (problem := _check_tag(row, i, f"token {i} ({token!r:.60})", tag, tagging))
    ]
    yield from single
    if not single and tagging.scheme.name != "plain":
        spans = tag_schemes.to_spans(tags, tagging.scheme.spelling)
        expected = tag_schemes.from_spans(spans, len(tags), tagging.scheme)
        for i, (old, new) in enumerate(zip(tags, expected, strict=True)):
            if old != new:
                yield _orphan(row, i, f"token {i} ({tokens[i]!r:.60})", tags, new, tagging)
        for span in spans:
            yield from _check_type(row, tokens[span.start : span.end], span.label, tagging)


def _check_tag(row: int, i: int, where: str, tag: Any, tagging: _Tagging) -> Problem | None:
    """The problem of a single tag, whatever its neighbours are."""
    plain = tagging.scheme.name == "plain"
    if plain and (tag is None or tag == MISSING_LABEL):  # a missing label
        return None
    text = tag if isinstance(tag, str) else ""
    stripped = text.strip()
    if not plain and stripped != text and (stripped == "O" or tagging.split(stripped)[0]):
        fix = Fix(f"{where}: tag {tag!r} became {stripped!r}", tags={i: stripped})
        return Problem(row, "unknown tag", f"{where}: tag {tag!r} has white space around it", fix)
    letter, _ = tagging.split(text)
    known = isinstance(tag, str) and (tagging.known is None or tag in tagging.known)
    spelling = tagging.scheme.spelling
    usual = letter and spelling.join(letter, tagging.split(text)[1]) == text
    other = letter or tag_schemes.prefixed(text)
    if not known or not (plain or other or tag == spelling.outside):
        return Problem(row, "unknown tag", f"{where}: tag {tag!r} is unknown")
    if not plain and other and not usual:
        text = f"{where}: {tag} does not belong to {tagging.scheme}, the scheme of most tags"
        return Problem(row, "mixed schemes", text)
    return None


def _orphan(
    row: int, i: int, where: str, tags: Sequence[str], new: str, tagging: _Tagging
) -> Problem:
    prefix, label = tagging.split(tags[i])
    alone = prefix in CONTINUES and (i == 0 or tagging.split(tags[i - 1])[1] != label)
    fault = "has no mention to continue" if alone else "does not fit here"
    text = f"{where}: {tags[i]} {fault}; {tagging.scheme} writes {new}"
    if not _is_certain(tags, i, tagging) or (
        tagging.known is not None and new not in tagging.known
    ):
        return Problem(row, "orphan tag", f"{text}, if the types next to it are right")
    return Problem(row, "orphan tag", text, Fix(f"{where}: {tags[i]} became {new}", tags={i: new}))


def _is_certain(tags: Sequence[str], i: int, tagging: _Tagging) -> bool:
    """Whether the tag at ``i`` has one possible meaning: no other type touches it."""
    prefix, label = tagging.split(tags[i])
    left = tagging.split(tags[i - 1])[1] if i else ""
    after, right = tagging.split(tags[i + 1]) if i + 1 < len(tags) else ("", "")
    if prefix in CONTINUES and left not in ("", label):
        return False
    return not (prefix in CAN_BE_CONTINUED and after and after in CONTINUES and right != label)


def _check_type(
    row: int, mention: Sequence[Any], label: str, tagging: _Tagging
) -> Iterator[Problem]:
    """The problem of a mention that has another type at least as often."""
    surface = " ".join(map(str, mention))
    types = tagging.types[surface]
    (first, most), *others = types.most_common(2)
    if others and (label != first or others[0][1] == most):
        listed = ", ".join(f"{name} ×{n}" for name, n in sorted(types.items()))
        text = f"{surface!r:.60} is {label} here (in all rows: {listed})"
        yield Problem(row, "several types", text)


def _check_texts(data: Dataset, columns: Columns) -> Iterator[Problem]:
    named = class_names(data.features.get(columns.tags)) is not None
    for row, (text, label) in enumerate(named_rows(data, columns.words, columns.tags)):
        if text is None:
            yield Problem(row, "missing", f"column {columns.words!r} is None")
        elif not str(text).strip():
            yield Problem(row, "empty token", f"column {columns.words!r} is {text!r:.60}")
        if named and not isinstance(label, str) and label not in (None, MISSING_LABEL):
            yield Problem(row, "unknown tag", f"label {label!r} is unknown")


def _check_spans(data: Dataset, columns: Columns) -> Iterator[Problem]:
    """Offsets that are outside the text, cut a word or do not cover the text the entry names."""
    texts = _text_column(data, columns)
    for column in columns.spans:
        rows = named_rows(data, columns.words, texts, column.name)
        for row, (words, side_text, value) in enumerate(rows):
            text = None
            if column.unit == CHARACTERS and words is not None:
                text = side_text if texts else " ".join(map(str, words))
            try:
                entries = list(column.entries(value))
            except (ValueError, TypeError, AttributeError) as error:
                yield Problem(row, "stale span", f"column {column.name!r}: {error}")
                continue
            known = words is not None and (column.unit != CHARACTERS or text is not None)
            for number, entry in enumerate(entries if known else ()):
                where = f"column {column.name!r}, entry {number} ({entry.start}:{entry.end})"
                problem = span_problem(entry, len(words if text is None else text), text)
                if not problem and text is not None and not text[entry.start : entry.end].strip():
                    problem = "covers no word"
                if problem:
                    yield Problem(row, "stale span", f"{where} {problem}")
                elif text is not None and (cut := cut_word(text, entry.start, entry.end)):
                    yield Problem(row, "cut word", f"{where} {cut}")


def _text_column(data: Dataset, columns: Columns) -> str | None:
    """The text that offsets in characters refer to; ``None``: the words with blanks between."""
    if columns.is_text:
        return columns.words
    if all(column.unit != CHARACTERS for column in columns.spans):
        return None
    given = ColumnNames(columns.words, columns.tags)
    return next(iter(dataset_schema(data, given, is_sound=False).side_texts), None)

"""Annotated rows as columns: tokens and tags, or text and spans if spans overlap."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from textaug.core import shapes, tag_schemes
from textaug.core.example import Span
from textaug.core.span_forms import span_form
from textaug.io.entities import ENTITY_KEYS, Annotated, holds_entities
from textaug.io.errors import Row, SourceError
from textaug.io.offsets import fitting_units, locate, overlap, to_tokens
from textaug.io.tools import annotated

logger = logging.getLogger("textaug")

FAULTS_SHOWN = 10
_LABELS = "label"


@dataclass
class _Survey:
    """What is true of all rows of a file.

    Attributes:
        keys: columns that hold entities.
        spans: whether rows have entities.
        overlapping: whether some entities overlap, so that tags cannot hold them.
        pointing: columns with other offsets into the text, which must stay.
        unit: unit of the offsets.
        answers: the most answers that a row has to each question about the whole text; -1 if every
            row has one value that is not in a list.
    """

    keys: dict[str, None] = field(default_factory=dict)
    spans: bool = False
    overlapping: bool = False
    pointing: dict[str, None] = field(default_factory=dict)
    unit: str = "characters"
    answers: dict[str, int] = field(default_factory=dict)


def converted_rows(
    path: str | Path, read: Callable[[], Iterable[Row | Annotated]], offsets: str | None
) -> Iterator[Row]:
    """Rows with annotations of spans as ``tokens`` and ``ner_tags``; other rows unchanged.

    If spans overlap in some row of the file, or another column (``answers``) has offsets into the
    text, all its rows have columns ``text`` and ``entities`` (``start``, ``end`` and ``label`` in
    characters) instead. A row without annotations has no mentions if other rows have spans, and a
    missing label if other rows have labels.

    All faults of a file are reported together, so that they can be fixed in one pass.

    Args:
        path: the file, for messages.
        read: gives the rows; called twice, because the meaning of a row depends on the others.
        offsets: see :func:`textaug.io.read.read`.
    """
    survey = _survey(path, read(), offsets)
    faults: list[tuple[int, str]] = []
    skipped: Counter[str] = Counter()
    dropped: set[str] = set()
    for number, row in enumerate(read()):
        try:
            found = annotated(row, offsets, survey.keys)
            if found.skipped:
                skipped[found.skipped] += 1
                continue
            converted = _columns(found, survey)
        except SourceError as error:
            faults.append((number, str(error)))
            continue
        dropped |= found.dropped
        if not faults:
            yield converted
    if faults:
        shown = "\n".join(f"  row {number}: {fault}" for number, fault in faults[:FAULTS_SHOWN])
        if len(faults) > FAULTS_SHOWN:
            shown += f"\n  and {len(faults) - FAULTS_SHOWN} more"
        raise SourceError(f"{path}: {len(faults)} rows cannot be read:\n{shown}", faults)
    for reason, count in skipped.items():
        logger.warning("%s: left out %s %s", path, count, reason)
    if dropped:
        logger.warning(
            "%s: left out %s: the result has no place for it, or it would not fit changed tokens",
            path,
            ", ".join(sorted(dropped)),
        )


def _survey(path: str | Path, rows: Iterable[Row | Annotated], offsets: str | None) -> _Survey:
    survey, units = _Survey(), _Units()
    empty: dict[str, None] = {}  # columns that hold an empty list in some row
    other: set[str] = set()  # columns that hold something else in some row
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            empty |= dict.fromkeys(key for key in ENTITY_KEYS if row.get(key) == [])
            other |= {key for key in ENTITY_KEYS if row.get(key)}
        try:
            found = annotated(row, offsets)
        except SourceError:
            continue  # reported with the other faults
        if found.skipped:
            continue
        if isinstance(row, dict) and found.entities:
            survey.keys |= dict.fromkeys(k for k in row if holds_entities(row[k], k))
        for question, answer in found.labels.items():
            count = len(answer) if isinstance(answer, list) else -1
            survey.answers[question] = max(count, survey.answers.get(question, -1))
        if found.entities is not None and found.text is not None:
            survey.spans = True
            bounds = dict.fromkeys(entity[:3] for entity in found.entities)
            survey.overlapping = survey.overlapping or overlap(list(bounds))
            survey.pointing |= dict.fromkeys(filter(partial(_has_offsets, found), found.columns))
            units.add(found, number)
    if not survey.spans:
        survey.keys = {key: None for key in empty if key not in other}
        survey.spans = bool(survey.keys)
    if survey.spans:  # an empty list among lists of spans is not an answer
        survey.answers = {
            name: most for name, most in survey.answers.items() if most and name not in survey.keys
        }
    survey.unit = offsets or units.decide(path)
    return survey


def _has_offsets(found: Annotated, name: str) -> bool:
    return span_form(name, shapes.of_values([found.columns[name]]), is_said=False) is not None


@dataclass
class _Units:
    """The unit of the offsets of a file.

    Attributes:
        proofs: the first row with an entity that fits only one unit.
        ambiguous: the first row with one that fits both, from a tool that may count either.
    """

    proofs: dict[str, int] = field(default_factory=dict)
    ambiguous: int | None = None

    def add(self, found: Annotated, number: int) -> None:
        for entity in () if found.unit else found.entities or ():
            units = fitting_units(found.text or "", entity)
            if units is not None and len(units) == 1:
                self.proofs.setdefault(units[0], number)
            elif units and found.javascript and self.ambiguous is None:
                self.ambiguous = number

    def decide(self, path: str | Path) -> str:
        if len(self.proofs) == 2:
            (one, first), (two, second) = self.proofs.items()
            raise SourceError(
                f"{path}: offsets are in {one} in row {first} and in {two} in row {second}; export "
                "again with one unit, or split the file and pass offsets= (--offsets in the shell)"
            )
        if self.ambiguous is not None and not self.proofs:
            raise SourceError(
                f"{path}: row {self.ambiguous} holds characters such as emoji, which some versions "
                "of the annotation tool count as two characters; pass offsets='characters' or "
                "'utf-16' (--offsets characters or --offsets utf-16 in the shell)"
            )
        return next(iter(self.proofs), "characters")


def _columns(found: Annotated, survey: _Survey) -> Row:
    columns = {**found.columns, **_labels(found, survey)}
    if found.text is None:
        if survey.spans:
            raise SourceError("it has no text, and other rows have a text with entities")
        return columns
    if not survey.spans:
        return {"text": found.text, **columns}
    unit = found.unit or survey.unit
    given = dict.fromkeys(found.entities or ())  # an entity that is listed twice counts once
    entities = sorted({locate(found.text, entity, unit): None for entity in given})
    if survey.pointing and unit != "characters" and max(found.text, default="") > "\uffff":
        raise SourceError(
            f"column {next(iter(survey.pointing))!r} has offsets in {unit}, which are not "
            "converted beside entities; leave one of them out"
        )
    if survey.overlapping or survey.pointing:
        spans = [{"start": start, "end": end, "label": label} for start, end, label in entities]
        found.dropped |= found.aligned.keys() | ({"ner_tags"} if found.tags else set())
        return {**columns, "text": found.text, "entities": spans}
    tokens, mentions = to_tokens(found.text, entities, found.tokens)
    if found.aligned and len(tokens) != len(found.tokens or ()):
        raise SourceError(
            f"an entity ends inside a token, and columns {', '.join(found.aligned)} have one value "
            "per token; move the entity to the token's edge"
        )
    tags = tag_schemes.from_spans(mentions, len(tokens), "IOB2")
    if found.tags and not _same_mentions(found.tags, mentions, len(tokens)):
        found.dropped.add("ner_tags")
    return {**columns, "tokens": tokens, **found.aligned, "ner_tags": tags}


def _same_mentions(tags: list[Any], mentions: Sequence[Span], length: int) -> bool:
    """Whether a row's tags say the same as its entities; ``False`` if that cannot be told.

    Raises:
        SourceError: if they say something else.
    """
    if len(tags) != length or not all(isinstance(tag, str) for tag in tags):
        return False
    try:
        scheme = tag_schemes.detect(tags)
    except ValueError:
        return False
    if scheme.name == "plain":
        return False
    found = tag_schemes.to_spans(tags, scheme.spelling)
    if set(found) != set(mentions):
        odd = min(set(found) ^ set(mentions))
        raise SourceError(
            f"its ner_tags and its entities say different things about the tokens {odd.start} to "
            f"{odd.end - 1} ({odd.label}); fix one, or leave one of them out"
        )
    return True


def _labels(found: Annotated, survey: _Survey) -> Row:
    """The sentence-level labels; the answers to the only question are called ``label``."""
    labels: dict[str, Any] = {}
    for question, most in survey.answers.items():
        answer = found.labels.get(question)
        answers = answer if isinstance(answer, list) else [] if answer is None else [answer]
        free = question == _LABELS or _LABELS not in found.columns
        name = _LABELS if len(survey.answers) == 1 and free else question
        if question not in found.labels and name in found.columns:
            continue  # a row with its own tokens keeps the column
        if name in found.columns and found.columns[name] != found.labels.get(question):
            found.dropped.add(f"{name} of the data, beside an annotation of that name")
        labels[name] = answers if most > 1 else next(iter(answers), None)
    return labels

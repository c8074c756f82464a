"""Which columns hold words, tags and text, and the settings that name them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

ORIGINAL = "original"
TOKEN_COLUMNS = ("tokens", "words", "tokenized_text")
TAG_COLUMNS = ("ner_tags", "tags", "labels", "ner")
TEXT_COLUMNS = ("text", "sentence")
CONTEXT = "context"  # the text of extractive question answering, beside `answers`
# Written by self-training: where the labels of a row come from, and how sure they are.
LABEL_SOURCE, LABEL_WEIGHT = "label_source", "label_weight"
GIVEN, JUDGED = "given", "self-training"
IGNORED = -100  # the label that PyTorch's cross entropy ignores
MISSING_LABEL = -1  # what `datasets` itself writes for a class label that is not known


class Settings(TypedDict, total=False):
    """Keyword arguments that every augmenter takes; see :class:`Augmenter`."""

    seed: int
    target: str
    tokens_column: str | None
    tags_column: str | None
    text_column: str | Sequence[str] | None
    label_names: Sequence[str] | Mapping[str, Sequence[str]] | None
    aligned_columns: Sequence[str] | None
    scheme: str | None
    provenance_column: str | None
    spans_column: str | Sequence[str] | None
    roles: Mapping[str, str] | None
    protect: str | Sequence[str | re.Pattern[str]] | bool | None


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ColumnNames:
    """Which columns hold what; ``None`` means "find it"."""

    tokens: str | None = None
    tags: str | None = None
    text: tuple[str, ...] | None = None
    label_names: Mapping[str, Sequence[str]] | Sequence[str] | None = None
    aligned: tuple[str, ...] | None = None
    scheme: str | None = None
    spans: tuple[str, ...] | None = None
    roles: tuple[tuple[str, str], ...] = ()
    provenance: str | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> ColumnNames:
        """The part of an augmenter's settings that names columns."""
        text = settings.get("text_column")
        aligned = settings.get("aligned_columns")
        spans = settings.get("spans_column")
        return cls(
            settings.get("tokens_column"),
            settings.get("tags_column"),
            (text,) if isinstance(text, str) else None if text is None else tuple(text),
            settings.get("label_names"),
            None if aligned is None else tuple(aligned),
            settings.get("scheme"),
            (spans,) if isinstance(spans, str) else None if spans is None else tuple(spans),
            tuple((settings.get("roles") or {}).items()),
            settings.get("provenance_column"),
        )


def class_names(feature: Any) -> list[str] | None:
    """The names of a class label, or of a list of them; ``None`` for other features."""
    names: list[str] | None = getattr(getattr(feature, "feature", feature), "names", None)
    return names


def item_of(feature: Any) -> Any:
    """The feature of a list's items; ``None`` if it is not a list."""
    return feature[0] if isinstance(feature, list) else getattr(feature, "feature", None)


def named_labels(value: Any, feature: Any) -> Any:
    """A value with the names of class labels in place of their numbers; missing ones are ``None``.

    Raises:
        ValueError: for a number that no label has.
    """
    names = getattr(feature, "names", None)
    if names is not None:
        if not isinstance(value, int) or value < 0:
            return None
        if value >= len(names):
            raise ValueError(
                f"label {value} is unknown: there are {len(names)} labels, from 0 ({names[0]!r}) "
                f"to {len(names) - 1} ({names[-1]!r}); fix it, or cast the column to a ClassLabel "
                "with all names"
            )
        return names[value]
    inner = item_of(feature)
    if inner is not None and isinstance(value, list):
        return [named_labels(item, inner) for item in value]
    if isinstance(feature, Mapping) and isinstance(value, dict):
        return {key: named_labels(item, feature[key]) for key, item in value.items()}
    return value

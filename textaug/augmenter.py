"""The base class: calling, randomness, state, repr. Knows no tags and no particular method."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from itertools import chain, islice
from math import log, log1p
from random import Random
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from textaug.columns import Batch, ColumnNames, Row, no_collection
from textaug.example import Augmented, Edit, Example, Rejected, apply_edits
from textaug.randomness import HashRandom

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

    from textaug.expand import Copies, Expander
    from textaug.filters import Filtered, FilterFunction
    from textaug.preview import Preview

TARGETS = ("context", "mentions", "all")
ORIGINAL = "original"
# Part of every state, and so of every fingerprint: results cached by `datasets` under another
# version are not taken for this one's. Raise it when the output of any augmenter changes.
VERSION = 2
ROWS_AT_ONCE = 64  # of a batch, for augmenters without a model

Item = TypeVar("Item")


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


class Augmenter:
    """Base of all augmenters: a function over rows that ``dataset.map`` takes as it is.

    A subclass implements one method: :meth:`edits` (one example at a time), :meth:`propose` (many
    at once, for models) or :meth:`transform` (for methods that rewrite the sentence). It takes its
    randomness from the ``rng`` it is given and from nowhere else, keeps every constructor argument
    under its own name, and never sees a tag, a column or a seed.

    Args:
        seed: same seed, same output, whatever the batch size, order, worker, process or cache.
            Each example draws from a generator of its own, seeded by this number, the class, the
            example's words and the number of the copy. Inside a composition the outermost
            augmenter's seed counts.
        target: which words may change: ``"context"`` (outside mentions, the default: what is said
            about a name changes, the name stays), ``"mentions"`` or ``"all"``.
        tokens_column: column with the words; default ``tokens`` or ``words``.
        tags_column: column with one tag per word; default ``ner_tags``, ``tags``, ``labels`` or
            ``ner``.
        text_column: column, or columns, with strings; default ``text`` or ``sentence``.
        label_names: names of integer tags, or of several columns' (a dict by column). Needed only
            where rows come without them: in streaming, in plain dicts, in the numpy and torch
            formats, in columns that are no ``ClassLabel``.
        aligned_columns: further columns with one value per word. Default: in each row, every list
            as long as the words (``pos_tags``, ``chunk_tags``). They move with the words; a word
            with no origin gets -1 (``None`` where the values are no integers).
        scheme: ``IOB1``, ``IOB2``, ``IOBES``, ``BILOU`` or ``plain``; default: read from the names
            and tags, row by row, and written back the same.
        provenance_column: if given, a column of this name says which augmenter made a row, or
            ``"original"``.

    Attributes:
        counts: how many examples were changed, unchanged or rejected, and why, since this object
            was made, in this process.

    Raises:
        ValueError: for a setting out of range, naming it.

    A whole augmenter is as short as this:

    >>> class Shout(Augmenter):
    ...     def edits(self, example, rng):
    ...         places = self.choose(example.positions(self.target), 0.5, rng)
    ...         return [Edit(i, i + 1, (example.tokens[i].upper(),)) for i in places]
    >>> Shout(seed=1)({"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]})
    {'tokens': ['Ann', 'SAT'], 'ner_tags': ['B-PER', 'O']}
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        target: str = "context",
        tokens_column: str | None = None,
        tags_column: str | None = None,
        text_column: str | Sequence[str] | None = None,
        label_names: Sequence[str] | Mapping[str, Sequence[str]] | None = None,
        aligned_columns: Sequence[str] | None = None,
        scheme: str | None = None,
        provenance_column: str | None = None,
    ) -> None:
        from textaug.tags import SCHEMES

        if target not in TARGETS:
            raise ValueError(f"target={target!r}: must be one of {', '.join(TARGETS)}")
        if scheme is not None and scheme not in SCHEMES:
            raise ValueError(f"scheme={scheme!r}: must be one of {', '.join(SCHEMES)}, or None")
        self.seed = seed
        self.target = target
        self.tokens_column = tokens_column
        self.tags_column = tags_column
        self.text_column = text_column
        self.label_names = (
            {name: list(labels) for name, labels in label_names.items()}
            if isinstance(label_names, Mapping)
            else list(label_names)
            if label_names is not None
            else None
        )
        self.aligned_columns = None if aligned_columns is None else list(aligned_columns)
        self.scheme = scheme
        self.provenance_column = provenance_column
        self._prepare()

    def _prepare(self) -> None:
        """What is derived from the arguments and from nothing else; never part of the state."""
        texts = (self.text_column,) if isinstance(self.text_column, str) else self.text_column
        self.columns = ColumnNames(
            self.tokens_column,
            self.tags_column,
            tuple(texts) if texts is not None else None,
            self.label_names,
            tuple(self.aligned_columns) if self.aligned_columns is not None else None,
            self.scheme,
        )
        self.counts: Counter[str] = Counter()
        self.rank: int | None = None

    # What a subclass implements: one of these three

    def edits(self, example: Example, rng: Random) -> Sequence[Edit]:
        """Propose edits for one example."""
        raise NotImplementedError(
            f"{type(self).__name__} implements none of edits/propose/transform"
        )

    def propose(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Propose edits for many examples at once; ``rngs`` has one generator for each."""
        return [self.edits(example, rng) for example, rng in zip(examples, rngs, strict=True)]

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Augment many examples at once. A result must not depend on its neighbours."""
        name = type(self).__name__
        proposals = self.propose(examples, rngs)
        return [
            apply_edits(example, edits, name)
            for example, edits in zip(examples, proposals, strict=True)
        ]

    @staticmethod
    def choose(items: Sequence[Item], p: float, rng: Random) -> list[Item]:
        """Each item with probability ``p``, in order; at least one if there is any and ``p > 0``.

        At least one, because an augmented copy that changed nothing is of no use.
        """
        if not items or p <= 0:
            return []
        if p >= 1:
            return list(items)
        # One draw for each item that is chosen, not for each there is: how many are passed over
        # before the next is geometrically distributed.
        chosen = []
        passed_over = log1p(-p)
        place = log(1 - rng.random()) // passed_over
        while place < len(items):
            chosen.append(items[int(place)])
            place += 1 + log(1 - rng.random()) // passed_over
        return chosen or [items[int(rng.random() * len(items))]]

    # Use

    def __call__(self, rows: Any, rank: int | None = None) -> Any:
        """Augment a string, a list of strings, a row or a batch.

        Args:
            rows: a string (gives a string), a list of strings (gives a list), or a row or batch
                as ``map`` hands it over (gives a dict of the columns that changed).
            rank: the worker's number, as ``map(with_rank=True)`` passes it. It chooses the GPU
                that models are loaded on and nothing else.

        Returns:
            As many rows as came in. Where no augmented version with certain labels could be made,
            the row comes back as it was and is counted in :attr:`counts`.
        """
        if rank is not None:
            self.use_rank(rank)
        if isinstance(rows, str):
            return self._augment_texts([rows])[0]
        if isinstance(rows, list):
            for i, text in enumerate(rows):
                if not isinstance(text, str):
                    raise ValueError(f"item {i} of the list is {text!r}, not a string")
            return self._augment_texts(rows)
        with self._undisturbed():
            return self._augment_rows(rows)

    def _augment_rows(self, rows: Any) -> dict[str, Any]:
        batch = Batch(rows, self.columns)
        changes = self.changes(batch, 1)
        changed = [(i, change) for i, (change,) in enumerate(changes) if change is not None]
        # These always, so that `map(..., remove_columns=...)` keeps them where no row changed.
        names = [*batch.text_columns, batch.tokens_column, batch.tags_column]
        names += [*dict.fromkeys(chain(*(change for _, change in changed)))]
        output: dict[str, list[Any]] = {
            name: list(batch.column(name)) if name in batch.columns else [ORIGINAL] * len(batch)
            for name in (*names, self.provenance_column)
            if name is not None
        }
        for i, change in changed:
            for name, value in change.items():
                output[name][i] = value
        result = {name: column[0] for name, column in output.items()} if batch.is_row else output
        # `map` adds the other columns itself, without decoding them; a plain dict is given whole.
        return result if batch.is_lazy else {**rows, **result}

    def _augment_texts(self, texts: Sequence[str]) -> list[str]:
        examples = [Example.from_text(text) for text in texts]
        results = self.run(examples, [0] * len(examples))
        return [
            result.example.text if isinstance(result, Augmented) else text
            for text, result in zip(texts, results, strict=True)
        ]

    def changes(self, batch: Batch, copies: int, first_copy: int = 0) -> list[list[Row | None]]:
        """For each row and copy the columns that change, or ``None`` where nothing does.

        Copies are numbered from ``first_copy``: other numbers, other draws.
        """
        # Few at a time is a tenth faster than a thousand, whose objects do not stay in the
        # processor's cache.
        at_once = len(batch) if self._goes_together() else ROWS_AT_ONCE
        with self._undisturbed():
            return self._changes(batch, copies, first_copy, at_once)

    def _undisturbed(self) -> AbstractContextManager[None]:
        """For the work on a batch: without garbage collection, if there is no model at work."""
        return nullcontext() if self._goes_together() else no_collection()

    def _changes(
        self, batch: Batch, copies: int, first_copy: int, at_once: int
    ) -> list[list[Row | None]]:
        parts = batch.parts
        numbers = range(first_copy, first_copy + copies)
        by_row = zip(*[batch.examples()] * parts, strict=True)
        changed: list[list[Row | None]] = []
        while rows := list(islice(by_row, at_once)):
            units = [(example, copy) for row in rows for copy in numbers for example in row]
            results = iter(self.run([e for e, _ in units], [copy for _, copy in units]))
            for row in rows:
                start = len(changed) * parts
                changed.append([self._change(batch, start, row, results) for _ in numbers])
        return changed

    def _goes_together(self) -> bool:
        """Whether this augmenter gains from many examples at once, as those with a model do."""
        cls = type(self)
        return (cls.propose, cls.transform) != (Augmenter.propose, Augmenter.transform)

    def _change(
        self,
        batch: Batch,
        start: int,
        examples: Sequence[Example],
        results: Iterator[Augmented | Rejected],
    ) -> Row | None:
        """What changes in one row, whose first example has the number ``start``."""
        change: Row = {}
        makers: list[str] = []
        for index, (example, result) in enumerate(zip(examples, results, strict=False), start):
            if isinstance(result, Rejected) or result.example is example:
                continue
            rendered = batch.render(index, example, result)
            if rendered is None:
                self.counts[result.outcome] -= 1
                self.counts["rejected: tags not among the label names"] += 1
                continue
            change |= rendered
            makers.append(result.by)
        if change and self.provenance_column:
            change[self.provenance_column] = "+".join(dict.fromkeys(makers))
        return change or None

    def run(
        self, examples: Sequence[Example], copies: Sequence[int]
    ) -> Sequence[Augmented | Rejected]:
        """Augment examples, each with a generator of its own, and count the outcomes.

        Where nothing changed, a result holds the very example that was given.
        """
        start = f"{self.seed} {type(self).__name__}"
        rngs = [
            # No token holds white space, so that no two examples have the same key.
            HashRandom(f"{start} {copy} {' '.join(example.tokens)}".encode(errors="surrogatepass"))
            for example, copy in zip(examples, copies, strict=True)
        ]
        results = list(self.transform(examples, rngs))
        outcomes = []
        for i, (example, result) in enumerate(zip(examples, results, strict=True)):
            if isinstance(result, Rejected):
                outcomes.append(f"rejected: {result.reason}")
            elif result.example is example:
                outcomes.append("unchanged")
            elif _same(example, result.example):
                outcomes.append("unchanged")
                results[i] = Augmented(example)
            else:
                outcomes.append(result.outcome)
        self.counts.update(outcomes)
        return results

    def use_rank(self, rank: int) -> None:
        """Remember which worker this is, so that models go to GPU ``rank % number of GPUs``."""
        self.rank = rank

    def expand(self, copies: Copies = 1, keep_original: bool = True) -> Expander:
        """A function for ``map(..., batched=True)`` that adds ``copies`` rows to each row.

        >>> Augmenter(seed=3).expand(copies=2)
        Augmenter(seed=3).expand(copies=2)
        """
        from textaug.expand import Expander

        return Expander(self, copies, keep_original)

    def where(self, *filters: FilterFunction, tries: int = 3) -> Filtered:
        """This augmenter, but a result counts only if filters keep it.

        Args:
            *filters: functions of examples before and after that say which to keep, such as
                :class:`~textaug.TeacherAgreement`; see :class:`~textaug.Filtered`.
            tries: how often to draw anew before an example is rejected, at least 1.

        >>> from textaug import NoiseInjection, NoUnlabelledNames, Novelty
        >>> NoiseInjection().where(Novelty(0.9), NoUnlabelledNames(["Rome"]), tries=5).tries
        5
        """
        from textaug.filters import Filtered

        settings: Any = {name: getattr(self, name) for name in Settings.__annotations__}
        return Filtered(self, filters, tries, **settings)

    def preview(
        self,
        dataset: Dataset | DatasetDict | Sequence[str],
        rows: int = 5,
        copies: int = 1,
        split: str = "train",
    ) -> Preview:
        """Show some rows before and after: HTML in a notebook, coloured text in a terminal.

        Args:
            dataset: a data set, splits of one (``split`` is shown), or a list of strings.
            rows: how many to show, the first that change; at least 1.
            copies: how many copies of each.
            split: the split of a ``DatasetDict``.

        Raises:
            ValueError: if ``rows`` or ``copies`` is less than 1, or a row is damaged.

        >>> from textaug import NoiseInjection
        >>> print(NoiseInjection(seed=2).preview(["Shares fell sharply."]))
        - Shares «fell» sharply .
        + Shares «fll» sharply .
          NoiseInjection
        <BLANKLINE>
        1 of 1 sentences tried (changed: 1)
        """
        from textaug.preview import preview

        return preview(dataset, self, rows, copies, split)

    # State and repr

    def arguments(self, changed_only: bool = False) -> dict[str, Any]:
        """The constructor's arguments by name."""
        return {
            name: getattr(self, name)
            for name, default in _parameters(type(self)).items()
            if not (changed_only and getattr(self, name) == default)
        }

    def __repr__(self) -> str:
        arguments = self.arguments(changed_only=True)
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in arguments.items())})"

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__getstate__() == self.__getstate__()

    def __hash__(self) -> int:
        return hash(self.__getstate__()[0])

    def __getstate__(self) -> tuple[str, tuple[Any, ...]]:
        # One canonical string, so that `datasets` hashes the same for equal arguments in every
        # process, and beside it what is no plain data (functions, augmenters inside augmenters).
        # Loaded models are no part of it.
        objects: list[Any] = []
        state = {"version": VERSION, "arguments": _encode(self.arguments(), objects)}
        return json.dumps(state, sort_keys=True), tuple(objects)

    def __setstate__(self, state: tuple[str, tuple[Any, ...]]) -> None:
        text, objects = state
        self.__init__(**_decode(json.loads(text)["arguments"], objects))  # type: ignore[misc]


def _same(before: Example, after: Example) -> bool:
    return before.tokens == after.tokens and before.spaces == after.spaces


def _parameters(cls: type) -> dict[str, Any]:
    """Names and defaults of the constructor's arguments, the class's own first."""
    found: dict[str, Any] = {}
    for owner in cls.__mro__[:-1]:
        constructor = owner.__dict__.get("__init__")
        if constructor is not None:
            for parameter in inspect.signature(constructor).parameters.values():
                if parameter.name != "self" and parameter.kind != parameter.VAR_KEYWORD:
                    found.setdefault(parameter.name, parameter.default)
    return found


def _encode(value: Any, objects: list[Any]) -> Any:
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_encode(item, objects) for item in value]
    if isinstance(value, Mapping):
        return {"mapping": [[key, _encode(item, objects)] for key, item in value.items()]}
    objects.append(value)
    return {"object": len(objects) - 1}


def _decode(value: Any, objects: Sequence[Any]) -> Any:
    if isinstance(value, list):
        return [_decode(item, objects) for item in value]
    if not isinstance(value, dict):
        return value
    if "object" in value:
        return objects[value["object"]]
    return {key: _decode(item, objects) for key, item in value["mapping"]}


def check_probability(name: str, value: float) -> float:
    """``value`` if it lies in 0..1; otherwise an error that names the argument."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name}={value}: must lie between 0 and 1")
    return value

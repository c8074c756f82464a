"""The base class: calling, randomness, state, repr. It knows neither tags nor methods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Unpack, cast

from textaug.core.columns import ColumnNames, Settings
from textaug.core.example import Augmented, Edit, Example, Rejected, apply_edits
from textaug.core.expander import Copies, Expander
from textaug.core.filter import Filter, FilterFunction, name_of, verdicts
from textaug.core.nesting import allowed, keep_nested
from textaug.core.polarity import keeping_polarity, sparing_polarity
from textaug.core.protection import Protect, Protection
from textaug.core.rng import HashRandom, choose
from textaug.core.rows import augment_rows, augment_texts
from textaug.core.showing import Showing
from textaug.core.state import Constructed
from textaug.core.tag_schemes import SCHEMES
from textaug.core.validation import check_at_least_one, check_label_names, check_step

TARGETS = ("context", "mentions", "all")


class Augmenter(Showing, Constructed):
    """Base of all augmenters: a function over rows that ``dataset.map`` takes as it is.

    A subclass implements one method: :meth:`edits` (one example at a time), :meth:`propose` (many
    at once, for models) or :meth:`transform` (for methods that rewrite the sentence). It takes its
    randomness from the ``rng`` it is given and from nowhere else, keeps every constructor argument
    under its own name, and never sees a tag, a column or a seed.

    Args:
        seed: same seed, same output, whatever the batch size, order, worker, process or cache.
            Each example has its own generator, seeded by this number, the class, the example's
            words and the number of the copy. In a composition, the seed of the outermost augmenter
            is used.
        target: which words may change: ``"context"`` (outside mentions, the default: what is said
            about a name changes, the name stays), ``"mentions"`` or ``"all"``.
        tokens_column: column with the words; default ``tokens`` or ``words``.
        tags_column: column with one tag per word; default ``ner_tags``, ``tags``, ``labels`` or
            ``ner``.
        text_column: column, or columns, with strings; default ``text`` or ``sentence``.
        label_names: names of integer tags, or of several columns' (a dict by column). Needed only
            if rows come without them: in streaming, in plain dicts, in the numpy and torch
            formats, in columns that are not a ``ClassLabel``.
        aligned_columns: further columns with one value per word, beside those whose name or labels
            say so (``pos_tags``, ``chunk_tags``, ``lemmas``), see :meth:`schema`. They move with
            the words; a new word gets -1 (``None`` if the values are not integers).
        scheme: ``IOB1``, ``IOB2``, ``IOE1``, ``IOE2``, ``IO``, ``IOBES`` (or ``BIOES``), ``BILOU``,
            ``BMES``, ``BMEWO`` or ``plain``; default: read from the label names and, if they
            do not decide it, from the tags. New tags are written in the same scheme.
        provenance_column: if given, a column of this name says which augmenter made a row, or
            ``"original"``.
        spans_column: column, or columns, with character offsets of mentions in the text; default:
            columns of that form (``entities``, ``spans``, ``answers``, …).
        roles: the role of columns, by name, if it is not found or is found wrongly: one of
            ``textaug.core.schema.ROLES``, such as ``{"topics": "label", "scores": "keep"}``.
        protect: words, phrases and compiled regular expressions that must not change, in addition
            to the usual ones: web and e-mail addresses, ``@names``, ``#topics``, placeholders
            (``{place}``, ``[id]``, ``<NAME>``, ``$T$``), special tokens (``[SEP]``), and words
            with markers around them (``[E1] Ann [/E1]``). In rows with a label of the whole
            sentence, methods that replace or drop single words neither remove nor add English
            words of sentiment and negation. ``False`` protects nothing.

    Attributes:
        counts: how many examples were changed, unchanged or rejected, and why, since this object
            was made, in this process.

    Raises:
        ValueError: for a setting out of range, naming it.

    A complete augmenter:

    >>> class Shout(Augmenter):
    ...     def edits(self, example, rng):
    ...         chosen = self.choose(example.positions(self.target), 0.5, rng)
    ...         return [Edit(i, i + 1, (example.tokens[i].upper(),)) for i in chosen]
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
        spans_column: str | Sequence[str] | None = None,
        roles: Mapping[str, str] | None = None,
        protect: Protect = None,
    ) -> None:
        if target not in TARGETS:
            raise ValueError(f"target={target!r}: must be one of {', '.join(TARGETS)}")
        if scheme is not None and scheme not in SCHEMES:
            raise ValueError(f"scheme={scheme!r}: must be one of {', '.join(SCHEMES)}, or None")
        self.seed = seed
        self.target = target
        self.tokens_column = tokens_column
        self.tags_column = tags_column
        self.text_column = text_column
        self.label_names = _plain(check_label_names(label_names, many=True))
        self.aligned_columns = _plain(aligned_columns)
        self.scheme = scheme
        self.provenance_column = provenance_column
        self.spans_column = _plain(spans_column)
        self.roles = None if roles is None else dict(roles)
        self.protect = _plain(protect)
        self._prepare()

    def _prepare(self) -> None:
        """Set what is derived from the arguments alone and is not part of the state."""
        self.columns = ColumnNames.from_settings(self.settings())
        self._protection = Protection(self.protect)
        self.counts: Counter[str] = Counter()
        self.rank: int | None = None

    def settings(self) -> Settings:
        """The keyword arguments that every augmenter takes, as this one has them."""
        return cast("Settings", {name: getattr(self, name) for name in Settings.__annotations__})

    # What a subclass implements: one of these three

    def edits(self, example: Example, rng: Random) -> Sequence[Edit]:
        """Propose edits for one example."""
        raise NotImplementedError(f"{type(self).__name__} has no edits, propose or transform")

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
        spares = self.spares_polarity and self.protect is not False
        views = [
            sparing_polarity(example) if spares and example.labels else example
            for example in examples
        ]
        results = []
        for example, view, edits in zip(examples, views, self.propose(views, rngs), strict=True):
            if view is not example:
                edits = keeping_polarity(example, edits)
            results.append(apply_edits(example, allowed(example, edits), name))
        return results

    # Whether words that decide a label of the whole sentence stay; not where words only move, or
    # mentions are replaced.
    spares_polarity = True
    mixes_rows = False  # whether words of other rows come into a row
    renames = False  # whether a mention becomes that of something else
    keeps_words = False  # whether a changed word is still the same one, with its lemma
    replaces_rows = False  # then no row is kept next to its new version
    handles_nested = False  # then `transform` sees mentions that share tokens as one

    def augment(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """The results of :meth:`transform`, with nested mentions and labels kept.

        A composition calls this method of its steps, and never ``transform``.

        Raises:
            ValueError: if there is not one result for each example.
        """
        is_able = type(self).transform is Augmenter.transform or self.handles_nested
        return keep_nested(self._one_result_each, examples, rngs, is_able)

    def _one_result_each(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        results = self.transform(examples, rngs)
        if len(results) != len(examples):
            raise ValueError(
                f"{type(self).__name__}.transform returned {len(results)} results for "
                f"{len(examples)} examples; return one for each, Rejected(reason) where there is "
                "none"
            )
        return results

    choose = staticmethod(choose)  # each item with probability p, at least one

    # Use

    def __call__(self, rows: Any, rank: int | None = None) -> Any:
        """Augment a string, a list of strings, a row or a batch.

        Args:
            rows: a string (gives a string), a list of strings (gives a list), or a row or batch
                as ``map`` passes it (gives a dict of the columns that changed).
            rank: the worker's number, as ``map(with_rank=True)`` passes it. It only selects the
                GPU that models are loaded on.

        Returns:
            As many rows as were passed. If no augmented version with certain labels could be
            made, the row is returned unchanged and counted in :attr:`counts`.
        """
        if rank is not None:
            self.use_rank(rank)
        if isinstance(rows, str):
            return augment_texts(self, [rows])[0]
        if isinstance(rows, list):
            for i, text in enumerate(rows):
                if not isinstance(text, str):
                    raise ValueError(f"item {i} of the list is {text!r}, not a string")
            return augment_texts(self, rows)
        return augment_rows(self, rows)

    def run(
        self, examples: Sequence[Example], copies: Sequence[int]
    ) -> Sequence[Augmented | Rejected]:
        """Augment examples, each with its own generator, and count the outcomes.

        If nothing changed, the result holds the same example object.
        """
        start = f"{self.seed} {type(self).__name__}"
        # No token has white space inside, so two different examples never have the same key.
        texts = [" ".join(example.tokens) for example in examples]
        rngs = [
            HashRandom(f"{start} {copy} {text}".encode(errors="surrogatepass"))
            for text, copy in zip(texts, copies, strict=True)
        ]
        views = self._protection.mark(examples, texts)
        results = list(self.augment(views, rngs))
        outcomes = []
        for i, (example, result) in enumerate(zip(examples, results, strict=True)):
            if isinstance(result, Rejected):
                outcomes.append(f"rejected: {result.reason}")
            elif result.example is views[i] or (
                example.tokens == result.example.tokens and example.spaces == result.example.spaces
            ):
                outcomes.append("unchanged")
                results[i] = Augmented(example)
            else:
                outcomes.append(result.outcome)
                if result.example.protected:
                    results[i] = result._replace(example=result.example._replace(protected=()))
        self.counts.update(outcomes)
        return results

    def gains_from_batches(self) -> bool:
        """Whether many examples at once are faster than one by one, as with a model."""
        cls = type(self)
        return (cls.propose, cls.transform) != (Augmenter.propose, Augmenter.transform)

    def use_rank(self, rank: int) -> None:
        """Remember which worker this is, so that models go to GPU ``rank % number of GPUs``."""
        self.rank = rank

    def expand(self, copies: Copies = 1, keep_original: bool = True) -> Expander:
        """A function for ``map(..., batched=True)`` that adds ``copies`` rows to each row.

        >>> Augmenter(seed=3).expand(copies=2)
        Augmenter(seed=3).expand(copies=2)
        """
        return Expander(self, copies, keep_original)

    def where(self, *filters: FilterFunction, tries: int = 3) -> Filtered:
        """This augmenter with filters: results that a filter rejects are resampled.

        Args:
            *filters: functions of the examples before and after that return which to keep, such
                as :class:`~textaug.TeacherAgreement`; see :class:`~textaug.Filtered`.
            tries: how often to sample before an example is rejected, at least 1.

        >>> from textaug import NoiseInjection, NoUnlabelledNames, Novelty
        >>> NoiseInjection().where(Novelty(0.9), NoUnlabelledNames(["Rome"]), tries=5).tries
        5
        """
        return Filtered(self, filters, tries, **self.settings())


def _plain(value: Any) -> Any:
    """An argument with lists for its sequences, as unpickling restores it."""
    if isinstance(value, Mapping):
        return {name: list(each) for name, each in value.items()}
    return value if value is None or isinstance(value, (str, bool)) else list(value)


class Filtered(Augmenter):
    """An augmenter whose results must pass filters; made by :meth:`textaug.Augmenter.where`.

    Results that a filter rejects are resampled with the example's own generator, up to ``tries``
    times. If none passes, the example is rejected: ``expand`` leaves the copy out, and ``map``
    returns the row unchanged. ``counts`` has it as ``rejected: filtered out by …``, with the name
    of the filter that rejected the last try; a result that passed at the second try is counted as
    ``changed at try 2``. What the augmenter itself rejects or does not change is not tried again.

    Args:
        augmenter: what makes the examples.
        filters: functions of two sequences of :class:`~textaug.Example`, before and after
            augmentation, that return for each pair whether to keep it. They get many pairs at
            once, for models; the decision on a pair must not depend on the others. Each filter
            gets only the pairs that the filters before it kept, so put the cheap ones first.
        tries: how often to sample, at least 1.
        **settings: see :class:`~textaug.Augmenter`; those of ``augmenter`` do not count, except
            its ``target``.

    Raises:
        ValueError: if ``tries`` is less than 1, or there is no filter.

    >>> from textaug import NoiseInjection
    >>> def short(before, after):
    ...     return [len(example.text) < 30 for example in after]
    >>> noise = NoiseInjection(p=0.5, seed=2).where(short)
    >>> noise("Shares fell."), noise("Shares of the company fell sharply on Friday.")
    ('Sharesa fell.', 'Shares of the company fell sharply on Friday.')
    >>> noise.counts
    Counter({'changed': 1, 'rejected: filtered out by short': 1})
    """

    handles_nested = True

    def __init__(
        self,
        augmenter: Augmenter,
        filters: Sequence[FilterFunction],
        tries: int = 3,
        **settings: Unpack[Settings],
    ) -> None:
        check_at_least_one(tries=tries)
        if not filters:
            raise ValueError("filters is empty: give at least one")
        check_step(augmenter)
        self.augmenter = augmenter
        self.mixes_rows, self.renames = augmenter.mixes_rows, augmenter.renames
        self.keeps_words = augmenter.keeps_words
        self.filters = list(filters)
        self.tries = tries
        super().__init__(**settings)

    def use_rank(self, rank: int) -> None:
        """Tell the augmenter and the filters which worker this is."""
        super().use_rank(rank)
        self.augmenter.use_rank(rank)
        for each in self.filters:
            if isinstance(each, Filter):
                each.rank = rank

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Augment and filter; rejected results are resampled together."""
        results: dict[int, Augmented | Rejected] = {}
        waiting = list(range(len(examples)))
        for number in range(1, self.tries + 1):
            if not waiting:
                break
            drawn = self.augmenter.augment(
                [examples[i] for i in waiting], [rngs[i] for i in waiting]
            )
            results |= zip(waiting, drawn, strict=True)
            new = {
                i: result
                for i in waiting
                if isinstance(result := results[i], Augmented) and result.example != examples[i]
            }
            waiting = []
            for each in self.filters:
                if not new:
                    break
                pairs = [examples[i] for i in new], [result.example for result in new.values()]
                kept = verdicts(each, *pairs)
                out = [i for i, good in zip(new, kept, strict=True) if not good]
                for i in out:
                    del new[i]
                    results[i] = Rejected(f"filtered out by {name_of(each)}")
                waiting += out
            if number > 1:
                for i, result in new.items():
                    results[i] = result._replace(outcome=f"{result.outcome} at try {number}")
        return [results[i] for i in range(len(examples))]

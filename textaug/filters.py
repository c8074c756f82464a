"""Keep or drop an augmented example, and try again: ``augmenter.where(filter, …)``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import log
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug import models, offline, scoring
from textaug.augmenter import Augmenter, Settings
from textaug.example import Augmented, Example, Rejected
from textaug.mentions import read_examples

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

# Takes examples before and after, one of each for each pair, and says which pairs to keep.
FilterFunction = Callable[[Sequence[Example], Sequence[Example]], Sequence[bool]]


class Filtered(Augmenter):
    """An augmenter whose results must pass filters; made by :meth:`textaug.Augmenter.where`.

    What a filter turns down is drawn anew, from where the example's own generator stands, up to
    ``tries`` times, and then rejected: the row is left out of ``expand``, and comes back from
    ``map`` as it was. ``counts`` has these as ``rejected: filtered out by …``, with the name of the
    filter that turned down the last try, and as ``changed at try 2`` what passed at the second.
    What the augmenter itself rejects or leaves unchanged stays so, without a further try.

    Args:
        augmenter: what makes the examples.
        filters: functions of two sequences of :class:`~textaug.Example`, the examples before and
            the same ones after, that say for each pair whether it is good. All that wait go
            together, for models; what is said of one pair must not depend on the others. Each is
            asked about what the filters before it let pass, so the cheap ones come first.
        tries: how often to draw, at least 1.
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

    def __init__(
        self,
        augmenter: Augmenter,
        filters: Sequence[FilterFunction],
        tries: int = 3,
        **settings: Unpack[Settings],
    ) -> None:
        if tries < 1:
            raise ValueError(f"tries={tries}: must be at least 1")
        if not filters:
            raise ValueError("filters is empty: give at least one")
        self.augmenter = augmenter
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
        """Augment and filter; those that are turned down go together again."""
        results: dict[int, Augmented | Rejected] = {}
        waiting = list(range(len(examples)))
        for number in range(1, self.tries + 1):
            if not waiting:
                break
            drawn = self.augmenter.transform(
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
                kept = each([examples[i] for i in new], [result.example for result in new.values()])
                out = [i for i, good in zip(new, kept, strict=True) if not good]
                for i in out:
                    del new[i]
                    results[i] = Rejected(f"filtered out by {_name(each)}")
                waiting += out
            if number > 1:
                for i, result in new.items():
                    results[i] = result._replace(outcome=f"{result.outcome} at try {number}")
        return [results[i] for i in range(len(examples))]


def _name(function: FilterFunction) -> str:
    """What a filter is called: a function by its own name, an object by its class's."""
    return getattr(function, "__name__", type(function).__name__)


# Ready filters


@dataclass(repr=False)
class Filter:
    """Base of the filters here: their arguments are their state, models are loaded on first use."""

    rank: int | None = field(default=None, init=False, compare=False)

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether to keep each example."""
        raise NotImplementedError(f"{type(self).__name__} does not say what to keep")

    def __repr__(self) -> str:
        shown = [
            f"{f.name}={getattr(self, f.name)!r}"
            for f in fields(self)
            if f.init and getattr(self, f.name) != f.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __getstate__(self) -> dict[str, Any]:
        return {f.name: getattr(self, f.name) for f in fields(self) if f.init}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


@dataclass(repr=False, kw_only=True)
class _ModelFilter(Filter):
    """What filters with a model share: where and how it runs."""

    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    batch_tokens: int = scoring.BATCH_TOKENS

    def __post_init__(self) -> None:
        if self.dtype not in models.DTYPES:
            raise ValueError(f"dtype={self.dtype!r}: must be one of {', '.join(models.DTYPES)}")
        if self.batch_tokens < 1:
            raise ValueError(f"batch_tokens={self.batch_tokens}: must be at least 1")

    @property
    def _where(self) -> tuple[str | None, str, str | None, int | None]:
        """Revision, number format, device and rank, in the order of ``models.load``."""
        return self.revision, self.dtype, self.device, self.rank


@dataclass(repr=False)
class TeacherAgreement(_ModelFilter):
    """Keep a sentence in which a tagger finds exactly the mentions that its labels say.

    The rule of ACLM (Ghosh et al. 2023): a tagger trained on the gold sample must reproduce every
    label of the new sentence. **The teacher must never have seen the evaluation split**, or the
    filter would tell of it; train it on what you augment. It drops what the teacher finds hard, be
    the label wrong or not (:class:`~textaug.Hardest` does the opposite). A sentence longer than the
    teacher's window is not kept. Mentions are compared, not tags, so its scheme may be another.

    Args:
        model: any model for token classification whose labels have names (``B-PER``, …): a folder
            made by ``save_pretrained``, its tokenizer beside it, or a name on the hub.
        revision: branch, tag or commit on the hub.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: how many sub-tokens go through the model at once.

    Raises:
        ValueError: on first use, if the model is no tagger, its labels have no names, or the data
            has a type of mention that it does not know.
        OSError: on first use, if there is no such model, or no way to get it.

    >>> TeacherAgreement("runs/teacher")
    TeacherAgreement(model='runs/teacher')
    """

    model: str

    def __post_init__(self) -> None:
        super().__post_init__()
        self.model = str(self.model)

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether the teacher finds the labelled mentions and no others."""
        teacher = scoring.tagger(self.model, *self._where)
        found = teacher.spans(after, self.batch_tokens)
        return [spans == example.spans for spans, example in zip(found, after, strict=True)]


@dataclass(repr=False)
class Similarity(_ModelFilter):
    """Keep a sentence that means about the same as its original, and if wanted not just the same.

    The cosine of the two sentences' vectors, each the mean over its sub-tokens, must lie within
    the bounds. In a long sentence one wrong word moves the vector little, in one of three words any
    word moves it far: it judges sentences, not words. Not for mentions that are swapped: another
    name is another meaning.

    Args:
        minimum: lowest cosine, -1..1.
        maximum: highest cosine, to leave out what says the same once more.
        model: any encoder whose mean pooling makes sense (those of ``sentence-transformers``); the
            default, ``"offline"``, is ``all-MiniLM-L6-v2`` out of the ``offline`` extra, for
            English.
        revision: branch, tag or commit on the hub.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: how many sub-tokens go through the model at once.

    Raises:
        ValueError: if the bounds leave nothing.
        ModuleNotFoundError: on first use, if the extra is not installed.

    >>> same = Similarity(minimum=0.6)
    >>> say = lambda text: [Example.from_text(text)]
    >>> same(say("The shares fell."), say("The stocks fell."))
    [True]
    >>> same(say("The shares fell."), say("The children fell."))
    [False]
    """

    minimum: float = 0.8
    maximum: float = 1.0
    model: str = offline.MASKED_LM

    def __post_init__(self) -> None:
        super().__post_init__()
        self.model = str(self.model)
        if not -1 <= self.minimum < self.maximum <= 1:
            raise ValueError(
                f"minimum={self.minimum}, maximum={self.maximum}: both must lie between -1 and 1, "
                "the minimum below the maximum"
            )

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each pair's cosine lies within the bounds."""
        texts = list(dict.fromkeys(example.text for example in (*before, *after)))
        found = scoring.vectors(texts, self.model, *self._where, self.batch_tokens)
        vector = dict(zip(texts, found, strict=True))
        likeness = [
            float(vector[old.text] @ vector[new.text])
            for old, new in zip(before, after, strict=True)
        ]
        if self.maximum == 1:  # rounding can give a little more
            return [self.minimum <= cosine for cosine in likeness]
        return [self.minimum <= cosine <= self.maximum for cosine in likeness]


@dataclass(repr=False)
class Perplexity(_ModelFilter):
    """Keep a sentence that a language model finds not much less likely than its original.

    See :func:`textaug.scoring.surprisals`: per word; pseudo-perplexity for masked models, which
    costs as many passes as the sentence has sub-tokens. It tells words that do not fit from those
    that do; of words that the same model has put there it finds nearly all fitting.

    Args:
        maximum: highest perplexity, as a multiple of the original's; above 0.
        model: a masked or causal language model: a folder, a name on the hub, or ``"offline"``, the
            small masked one of :func:`textaug.offline.masked_lm`, for English.
        causal: whether ``model`` is a causal one (GPT-2 and its kin).
        revision: branch, tag or commit on the hub.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: how many sub-tokens go through the model at once.

    Raises:
        ValueError: for a maximum that is not above 0; on first use, for a model of another kind.

    >>> likely = Perplexity(maximum=2)
    >>> say = lambda text: [Example.from_text(text)]
    >>> likely(say("Oil prices fell on Friday."), say("Oil prices rose on Friday."))
    [True]
    >>> likely(say("Oil prices fell on Friday."), say("Oil of fell prices Friday."))
    [False]
    """

    maximum: float = 1.5
    model: str = offline.MASKED_LM
    causal: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.model = str(self.model)
        if self.maximum <= 0:
            raise ValueError(f"maximum={self.maximum}: must be above 0")

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each perplexity is at most so many times the original's."""
        examples = list(dict.fromkeys((*before, *after)))
        found = scoring.surprisals(
            examples, self.model, self.causal, *self._where, self.batch_tokens
        )
        of = dict(zip(examples, found, strict=True))
        margin = log(self.maximum)
        return [of[new] <= of[old] + margin for old, new in zip(before, after, strict=True)]


@dataclass(repr=False)
class Novelty(Filter):
    """Keep a sentence that is no near-duplicate of its original, or of given sentences.

    Likeness is the share of word ``n``-grams that two sentences have in common (Jaccard; the
    edges count). Only fixed sentences are compared, never the other results, so that the outcome
    does not depend on the order of the rows; copies that are equal ``expand`` leaves out by itself.

    Args:
        maximum: highest likeness, 0..1. Changing one word in the middle of a sentence of 12 leaves
            a likeness of 0.73 with ``n=2``, and of 0.65 with ``n=3``.
        reference: sentences to compare with instead of the original, words separated by blanks:
            the evaluation split, say, that no result may be near to; see :meth:`from_dataset`.
            For both, use two filters.
        n: words in an n-gram, at least 1.

    Raises:
        ValueError: for a maximum out of range, or ``n`` below 1.

    >>> before = [Example(("the", "man", "saw", "a", "dog"))] * 2
    >>> after = [Example(("a", "man", "saw", "a", "dog")), Example(("a", "dog", "ran"))]
    >>> Novelty(0.4)(before, after), Novelty(0.4, reference=["a dog ran off"])(before, after)
    ([False, True], [True, False])
    """

    maximum: float = 0.8
    reference: Sequence[str] | None = None
    n: int = 2

    def __post_init__(self) -> None:
        if not 0 <= self.maximum <= 1:
            raise ValueError(f"maximum={self.maximum}: must lie between 0 and 1")
        if self.n < 1:
            raise ValueError(f"n={self.n}: must be at least 1")
        self._sizes: list[int] = []
        self._holders: dict[tuple[str, ...], list[int]] = {}  # of each n-gram, the sentences
        for number, text in enumerate(self.reference or ()):
            grams = self._grams(text.split())
            self._sizes.append(len(grams))
            for gram in grams:
                self._holders.setdefault(gram, []).append(number)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        maximum: float = 0.8,
        n: int = 2,
        split: str = "train",
        **settings: Unpack[Settings],
    ) -> Novelty:
        """Compare with the sentences of a data set, or of one split of a ``DatasetDict``."""
        examples = read_examples(dataset, split, settings)
        return cls(maximum, [" ".join(example.tokens) for example in examples], n)

    def _grams(self, tokens: Sequence[str]) -> set[tuple[str, ...]]:
        edge = [""] * (self.n - 1)
        padded = [*edge, *tokens, *edge]
        return set(zip(*(padded[i:] for i in range(self.n)), strict=False))

    def _likeness(self, before: Example, after: Example) -> float:
        new = self._grams(after.tokens)
        if self.reference is None:
            old = self._grams(before.tokens)
            return len(old & new) / max(1, len(old | new))
        shared = Counter(number for gram in new for number in self._holders.get(gram, ()))
        return max(
            (common / (len(new) + self._sizes[i] - common) for i, common in shared.items()),
            default=0.0,
        )

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each is far enough from what it is compared with."""
        return [
            self._likeness(old, new) <= self.maximum for old, new in zip(before, after, strict=True)
        ]


@dataclass(repr=False)
class NoUnlabelledNames(Filter):
    """Keep a sentence into whose context no known name has come.

    A name outside the mentions would be one without its label. What the original says outside its
    mentions is not held against the new sentence. Names match word for word, in their own case or
    all in capitals.

    Args:
        names: mentions, words separated by blanks; usually made by :meth:`from_dataset`.

    >>> clean = NoUnlabelledNames(["New York", "Reuters"])
    >>> before = [Example(("he", "lived", "in", "peace"))] * 2
    >>> clean(before, [Example(("he", "lived", "in", "York")), Example(("in", "New", "York"))])
    [True, False]
    """

    names: Sequence[str]

    def __post_init__(self) -> None:
        self.names = sorted(set(self.names))
        self._names = {
            tuple(written.split()) for name in self.names for written in (name, name.upper())
        }
        self._longest = max(map(len, self._names), default=0)

    @classmethod
    def from_dataset(
        cls, dataset: Dataset | DatasetDict, split: str = "train", **settings: Unpack[Settings]
    ) -> NoUnlabelledNames:
        """The mentions of a data set, the training split usually.

        Those are left out that stand there without a label at least as often as with one ("A",
        "May", "Sunday").
        """
        examples = read_examples(dataset, split, settings)
        labelled = Counter(
            example.tokens[span.start : span.end] for example in examples for span in example.spans
        )
        longest = max(map(len, labelled), default=0)
        bare = Counter(
            words
            for example in examples
            for words in _stretches(example, longest)
            if words in labelled
        )
        return cls([" ".join(words) for words, n in labelled.items() if n > bare[words]])

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether no name stands outside the mentions that did not stand there before."""
        return [
            self._found(new) <= self._found(old) for old, new in zip(before, after, strict=True)
        ]

    def _found(self, example: Example) -> Counter[tuple[str, ...]]:
        return Counter(
            words for words in _stretches(example, self._longest) if words in self._names
        )


def _stretches(example: Example, longest: int) -> Iterator[tuple[str, ...]]:
    """All runs of up to ``longest`` words outside the mentions."""
    done = 0
    for start, end in [*((span.start, span.end) for span in example.spans), (None, None)]:
        stop = len(example.tokens) if start is None else start
        for i in range(done, stop):
            for j in range(i + 1, min(i + longest, stop) + 1):
                yield example.tokens[i:j]
        done = stop if end is None else end

"""Keep or drop an augmented example, and try again: ``augmenter.where(filter, …)``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from textaug import offline
from textaug.core.example import Example
from textaug.core.filter import Filter
from textaug.models import batching, loading, scores
from textaug.models.tagger import load_tagger


@dataclass(repr=False, kw_only=True)
class _ModelFilter(Filter):
    """What filters with a model share: where and how it runs."""

    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    batch_tokens: int = batching.BATCH_TOKENS

    def __post_init__(self) -> None:
        if self.dtype not in loading.DTYPES:
            raise ValueError(f"dtype={self.dtype!r}: must be one of {', '.join(loading.DTYPES)}")
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
        teacher = load_tagger(self.model, *self._where)
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
        found = scores.vectors(texts, self.model, *self._where, self.batch_tokens)
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

    See :func:`textaug.models.scores.surprisals`: per word; pseudo-perplexity for masked models,
    which costs as many passes as the sentence has sub-tokens. It tells words that do not fit from
    those that do; of words that the same model has put there it finds nearly all fitting.

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
        found = scores.surprisals(
            examples, self.model, self.causal, *self._where, self.batch_tokens
        )
        of = dict(zip(examples, found, strict=True))
        margin = log(self.maximum)
        return [of[new] <= of[old] + margin for old, new in zip(before, after, strict=True)]

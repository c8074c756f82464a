"""Filters that use a model: ``augmenter.where(filter, …)``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log

from textaug import offline
from textaug.core.example import Example
from textaug.core.filter import Filter
from textaug.core.validation import check_positive
from textaug.models import scores
from textaug.models.batching import BATCH_TOKENS
from textaug.models.loading import ModelSpec
from textaug.models.tagger import load_tagger


class _HasModel:
    model: str  # a field of each filter, at its own position among the arguments


@dataclass(repr=False, kw_only=True)
class _ModelFilter(Filter, _HasModel):
    """Base of filters with a model: the arguments of the model."""

    revision: str | None = None
    dtype: str = "auto"
    device: str | None = None
    batch_tokens: int = BATCH_TOKENS

    def __post_init__(self) -> None:
        self.model = str(self.model)
        how = (self.revision, self.dtype, self.device, self.batch_tokens)
        self._spec = ModelSpec(self.model, *how)


@dataclass(repr=False)
class TeacherAgreement(_ModelFilter):
    """Keep a sentence in which a tagger finds exactly the labelled mentions.

    The rule of ACLM (Ghosh et al. 2023): a tagger trained on the gold sample must reproduce every
    label of the new sentence. **The teacher must never have seen the evaluation split**, or that
    split leaks into the filter; train it on the data that you augment. It rejects
    sentences that are hard for the teacher, even if their labels are right. Mentions are compared,
    not tags, so the teacher may have another tag scheme.

    Args:
        model: any model for token classification whose labels have names (``B-PER``, …): a folder
            made by ``save_pretrained``, with its tokenizer, or a name on the hub.
        revision, dtype, device, batch_tokens: see :class:`~textaug.MaskedLMSubstitution`.

    Raises:
        ValueError: on first use, if the model is not a tagger, if its labels have no names, or if
            the data has a type of mention that it does not know.
        OSError: on first use, if the model cannot be found or downloaded.

    >>> TeacherAgreement("runs/teacher")
    TeacherAgreement(model='runs/teacher')
    """

    model: str

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether the teacher finds the labelled mentions and no others."""
        found = load_tagger(self._spec, self.rank).spans(after, self.batch_tokens)
        return [spans == example.spans for spans, example in zip(found, after, strict=True)]


@dataclass(repr=False)
class Similarity(_ModelFilter):
    """Keep a sentence that means about the same as its original.

    The cosine of the two sentences' vectors, each the mean over its sub-tokens, must lie within
    the bounds. One wrong word changes the vector of a long sentence little, and that of a sentence
    of three words much: the filter compares sentences, not words. Do not use it for replaced
    mentions: another name is another meaning.

    Args:
        minimum: lowest cosine, -1..1.
        maximum: highest cosine, to reject sentences with exactly the same meaning.
        model: any encoder trained with mean pooling (those of ``sentence-transformers``); the
            default, ``"offline"``, is ``all-MiniLM-L6-v2`` from the ``offline`` extra, for
            English.
        revision, dtype, device, batch_tokens: see :class:`~textaug.MaskedLMSubstitution`.

    Raises:
        ValueError: if the minimum is not below the maximum, or one is out of range.
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
        if not -1 <= self.minimum < self.maximum <= 1:
            raise ValueError(
                f"minimum={self.minimum}, maximum={self.maximum}: both must lie between -1 and 1, "
                "the minimum below the maximum"
            )

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each pair's cosine lies within the bounds."""
        cosines = scores.similarities(before, after, self._spec, self.rank)
        maximum = inf if self.maximum == 1 else self.maximum  # rounding can give more than 1
        return [self.minimum <= cosine <= maximum for cosine in cosines]


@dataclass(repr=False)
class Perplexity(_ModelFilter):
    """Keep a sentence whose perplexity is not much higher than that of its original.

    Per word, see :func:`textaug.models.scores.surprisals`; pseudo-perplexity for masked models,
    which costs as many passes as the sentence has sub-tokens. It rejects
    words that do not fit; it accepts nearly all words that the same model has predicted.

    Args:
        maximum: highest perplexity, as a multiple of the original's; above 0.
        model: a masked or causal language model: a folder, a name on the hub, or ``"offline"``, the
            small masked one of :func:`textaug.offline.masked_lm`, for English.
        causal: whether ``model`` is a causal one (such as GPT-2).
        revision, dtype, device, batch_tokens: see :class:`~textaug.MaskedLMSubstitution`.

    Raises:
        ValueError: for a maximum that is not above 0; on first use, for a model of another type.

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
        check_positive(maximum=self.maximum)

    def __call__(self, before: Sequence[Example], after: Sequence[Example]) -> list[bool]:
        """Whether each perplexity is at most ``maximum`` times the original's."""
        examples = list(dict.fromkeys((*before, *after)))
        found = scores.surprisals(examples, self._spec, self.causal, self.rank)
        surprisal = dict(zip(examples, found, strict=True))
        margin = log(self.maximum)
        return [
            surprisal[new] <= surprisal[old] + margin
            for old, new in zip(before, after, strict=True)
        ]

"""Compare augmented data with their originals: diversity, novelty, balance, agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core.columns import Settings
from textaug.core.example import Example, Span
from textaug.core.reading import read_examples
from textaug.models.tagger import load_tagger

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict


# Self-BLEU compares each sentence with all others, so it uses an evenly spaced sample of this size.
# More references give higher values: only compare values of equally many sentences.
COMPARED = 200
MAX_ORDER = 4  # longest n-grams of BLEU


@dataclass(frozen=True)
class Figures:
    """Measures of one set of sentences.

    Attributes:
        sentences: number of sentences.
        words: number of words in all of them.
        distinct_1: different words, as a share of all (Li et al. 2016, "distinct-n").
        distinct_2: the same for pairs of words. Both fall as a set grows.
        self_bleu: mean BLEU of a sentence with the others as references, 0..1 (Zhu et al. 2018,
            "Texygen"); high if sentences repeat each other. ``None`` with fewer than two.
        mentions: number of mentions by type.
        agreement: share of the sentences in which the teacher finds exactly the labelled mentions.
        teacher_f1: strict F1 of the teacher's mentions.
    """

    sentences: int
    words: int
    distinct_1: float
    distinct_2: float
    self_bleu: float | None
    mentions: dict[str, int]
    agreement: float | None = None
    teacher_f1: float | None = None

    @property
    def length(self) -> float:
        """Mean number of words in a sentence."""
        return self.words / self.sentences if self.sentences else 0.0


@dataclass(frozen=True)
class Description:
    """The result of :func:`describe`; a Markdown table when printed or shown in a notebook.

    Attributes:
        before: measures of the data before.
        after: measures of the new sentences.
        new_mentions: share of the mentions in the new sentences whose words are not those of any
            mention of that type before; ``None`` if there are no mentions.
    """

    before: Figures
    after: Figures
    new_mentions: float | None

    @property
    def affinity(self) -> float | None:
        """The teacher's F1 on the new sentences over that on the old ones.

        The affinity of Gontijo-Lopes et al. (2020), "Tradeoffs in Data Augmentation: An Empirical
        Study", if the data are a validation split that the teacher was not trained on. On the
        teacher's training data it is too low, since the teacher overfits them. Rows that could not
        be augmented are only in the old sentences: if there are many, leave them out of
        ``before``.
        """
        old, new = self.before.teacher_f1, self.after.teacher_f1
        return new / old if old and new is not None else None

    def __str__(self) -> str:
        old, new = self.before, self.after
        rows = [
            ("sentences", f"{old.sentences:,}", f"{new.sentences:,}"),
            ("words in a sentence", f"{old.length:.1f}", f"{new.length:.1f}"),
            ("distinct-1", f"{old.distinct_1:.3f}", f"{new.distinct_1:.3f}"),
            ("distinct-2", f"{old.distinct_2:.3f}", f"{new.distinct_2:.3f}"),
            ("self-BLEU", _number(old.self_bleu), _number(new.self_bleu)),
        ]
        for label in sorted(old.mentions | new.mentions):
            rows.append((f"{label} mentions", _share(old, label), _share(new, label)))
        rows.append(("new mentions", "", _percent(self.new_mentions)))
        if new.agreement is not None:
            rows += [
                ("teacher agrees", _percent(old.agreement), _percent(new.agreement)),
                ("teacher's F1", _percent(old.teacher_f1), _percent(new.teacher_f1)),
                ("affinity", "", _number(self.affinity)),
            ]
        lines = [f"| {name} | {a} | {b} |" for name, a, b in rows]
        return "\n".join(["| | before | new |", "|:--|--:|--:|", *lines])

    __repr__ = __str__
    _repr_markdown_ = __str__


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _share(figures: Figures, label: str) -> str:
    n, total = figures.mentions.get(label, 0), sum(figures.mentions.values())
    return f"{n:,} ({n / total:.0%})" if total else "0"


def describe(
    before: Dataset | DatasetDict,
    after: Dataset | DatasetDict,
    teacher: str | None = None,
    split: str = "train",
    **settings: Unpack[Settings],
) -> Description:
    """Measure augmented data: diversity, novelty, balance, and agreement with a tagger.

    Rows of ``after`` that are also in ``before`` are left out, so the result of ``expand`` can be
    passed unchanged.

    The diversity of Gontijo-Lopes et al. (2020), the final training loss with augmentation divided
    by that without, is not measured, because it needs two trainings. Their affinity needs a
    teacher, and a validation split before and after augmentation.

    Args:
        before: the data before; of a ``DatasetDict`` only ``split`` is read.
        after: augmented data, with or without the originals.
        teacher: a tagger trained on gold data, as for :class:`~textaug.TeacherAgreement`. Without
            it, the measures that need one are ``None``.
        split: which split of a ``DatasetDict``.
        **settings: column names and label names; see :class:`~textaug.Augmenter`.

    Returns:
        A :class:`Description`; deterministic. Self-BLEU is over 200 sentences at most.

    Raises:
        ValueError: if a row is damaged, or the teacher lacks a mention type of the data.
        OSError: if the teacher cannot be loaded.

    >>> from datasets import Dataset
    >>> from textaug import MentionReplacement, expand
    >>> rows = {"tokens": [["Ann", "sat"], ["Bo", "ran"]], "ner_tags": [["B-PER", "O"]] * 2}
    >>> data = Dataset.from_dict(rows)
    >>> swap = MentionReplacement({"PER": ["Ann", "Bo", "Cy"]}, p=1.0, seed=2)
    >>> describe(data, expand(data, swap, copies=3)).new_mentions
    0.5
    """
    old = read_examples(before, split, settings)
    known = {(example.tokens, example.spans) for example in old}
    new = [
        example
        for example in read_examples(after, split, settings)
        if (example.tokens, example.spans) not in known
    ]
    surfaces = {mention for example in old for mention in _mentions(example)}
    mentions = [mention for example in new for mention in _mentions(example)]
    return Description(
        _figures(old, teacher),
        _figures(new, teacher),
        sum(m not in surfaces for m in mentions) / len(mentions) if mentions else None,
    )


def _mentions(example: Example) -> list[tuple[str, tuple[str, ...]]]:
    return [(span.label, example.tokens[span.start : span.end]) for span in example.spans]


def _figures(examples: Sequence[Example], teacher: str | None) -> Figures:
    agreement = f1 = None
    if teacher is not None and examples:
        found = load_tagger(str(teacher)).spans(examples)
        wanted = [example.spans for example in examples]
        agreement = sum(a == b for a, b in zip(found, wanted, strict=True)) / len(examples)
        f1 = _f1([spans or () for spans in found], wanted)
    return Figures(
        sentences=len(examples),
        words=sum(len(example.tokens) for example in examples),
        distinct_1=_distinct(examples, 1),
        distinct_2=_distinct(examples, 2),
        self_bleu=_self_bleu([list(example.tokens) for example in examples]),
        mentions=dict(Counter(span.label for example in examples for span in example.spans)),
        agreement=agreement,
        teacher_f1=f1,
    )


def _f1(found: Sequence[tuple[Span, ...]], wanted: Sequence[tuple[Span, ...]]) -> float:
    right = sum(len(set(a) & set(b)) for a, b in zip(found, wanted, strict=True))
    total = sum(map(len, found)) + sum(map(len, wanted))
    return 2 * right / total if total else 1.0


def _distinct(examples: Sequence[Example], n: int) -> float:
    grams = [
        example.tokens[i : i + n]
        for example in examples
        for i in range(len(example.tokens) - n + 1)
    ]
    return len(set(grams)) / max(1, len(grams))


def _self_bleu(sentences: Sequence[list[str]]) -> float | None:
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    some = [words for words in sentences if words]
    if len(some) > COMPARED:
        some = [some[i * len(some) // COMPARED] for i in range(COMPARED)]
    if len(some) < 2:
        return None
    smooth: Any = (
        SmoothingFunction().method1
    )  # so that one n-gram without a match does not make it 0
    scores = []
    for i, words in enumerate(some):
        order = min(MAX_ORDER, len(words))  # a sentence of two words has no 4-grams
        weights = [1 / order] * order
        others = some[:i] + some[i + 1 :]
        scores.append(sentence_bleu(others, words, weights, smoothing_function=smooth))
    return float(fmean(scores))

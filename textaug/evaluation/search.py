"""Find methods, strengths and number of copies by cross-validation on the sample itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from random import Random
from statistics import fmean
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core import tag_schemes
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.reading import read_examples
from textaug.core.validation import check_at_least_one
from textaug.evaluation.tagger_f1 import TaggerF1
from textaug.specs import build

if TYPE_CHECKING:
    import optuna
    from datasets import Dataset, DatasetDict

    Evaluate = Callable[[Dataset, Dataset, Augmenter | None, int, int], float]
    Fold = tuple[Dataset, Dataset]

logger = logging.getLogger("textaug")

EXTRA = "pip install 'textaug-nlp[search]'"
METHODS = ("mentions", "label-wise", "synonyms", "shuffle")
STRENGTHS = (0.0, 0.15, 0.3, 0.6)  # 0: without this method
COPIES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Trial:
    """One recipe that was tried.

    Attributes:
        strengths: ``p`` by method, 0 for a method that is left out.
        copies: number of copies of each sentence.
        scores: one for each fold.
    """

    strengths: Mapping[str, float]
    copies: int
    scores: Sequence[float]

    @property
    def score(self) -> float:
        """The mean over the folds."""
        return fmean(self.scores)

    @property
    def spec(self) -> str:
        """The recipe as :func:`textaug.specs.build` and the command line take it."""
        return "+".join(
            f"{name}{',' if ':' in name else ':'}p={p}" for name, p in self.strengths.items() if p
        )


@dataclass(frozen=True)
class Recipe:
    """The result of :func:`search`.

    Attributes:
        augmenter: the best composition; ``None`` if none was better than the gold data.
        copies: number of copies of each sentence; 0 without an augmenter.
        best: its trial.
        gold: trial 0, the gold data alone.
        trials: all trials, in order.
    """

    augmenter: Augmenter | None
    copies: int
    best: Trial
    gold: Trial
    trials: Sequence[Trial] = field(repr=False)

    @property
    def gains(self) -> list[float]:
        """Score minus that of the gold data, fold by fold."""
        return [a - b for a, b in zip(self.best.scores, self.gold.scores, strict=True)]

    def __str__(self) -> str:
        if self.augmenter is None:
            return f"nothing was better than the gold data alone ({self.gold.score:.2f})"
        gains = ", ".join(f"{gain:+.2f}" for gain in self.gains)
        return (
            f"{self.best.spec}, {self.copies} copies: {self.best.score:.2f}, "
            f"gold alone {self.gold.score:.2f} (fold by fold {gains})"
        )


def search(
    dataset: Dataset | DatasetDict,
    methods: Sequence[str] = METHODS,
    trials: int = 20,
    folds: int = 3,
    evaluate: Evaluate | None = None,
    split: str = "train",
    show_progress_bar: bool = True,
    **settings: Unpack[Settings],
) -> Recipe:
    """Find the augmentation that helps on this sample, using the sample alone.

    A trial is a composition of some of the methods, each with a strength, and a number of copies.
    It is scored by cross-validation: for every fold, a tagger is trained on the other folds,
    augmented, and tested on this one, not augmented. Methods are fitted on the training folds
    alone. Trial 0 is always the gold data without augmentation; Optuna's TPE (Bergstra et al.
    2011) proposes the next ones.

    There are ``trials`` times ``folds`` trainings. The score of the best of many trials is too
    high, above all on a small sample: read :attr:`Recipe.gains`, fold by fold; a gain that is not
    in every fold may be chance.

    Args:
        dataset: the labelled sample. Of a ``DatasetDict`` only ``split`` is read.
        methods: the methods of a composition: names as in :mod:`textaug.specs`, with arguments
            other than ``p`` if wanted (``"masked-lm:model='offline'"``), applied in this order.
        trials: number of trials, including trial 0.
        folds: at least 2, at most the number of different sentences with a mention. Equal
            sentences are in one fold.
        evaluate: takes a training set, a test set, an augmenter (``None`` in trial 0), a number
            of copies and a seed, and returns a score, higher for better; default:
            :class:`TaggerF1`.
        split: which split of a ``DatasetDict``.
        show_progress_bar: one step for each training.
        **settings: for the augmenter that is returned, see :class:`~textaug.Augmenter`; the
            same ``seed`` gives the same trials and recipe.

    Returns:
        The best recipe; its ``augmenter`` is fitted on the whole sample, and is ``None`` if no
        trial is better than trial 0.

    Raises:
        ModuleNotFoundError: if Optuna or seqeval is not installed, with the command to install it.
        ValueError: if the sample is too small for the folds, has no mentions, or an argument is
            out of range.

    >>> from textaug.corpora import builtin_corpus
    >>> def likes_synonyms(train, test, augmenter, copies, seed):
    ...     return 60.0 + ("Synonym" in repr(augmenter))
    >>> sample = builtin_corpus()["train"].select(range(20))
    >>> found = search(sample, trials=8, evaluate=likes_synonyms, show_progress_bar=False)
    >>> "synonyms" in found.best.spec, found.gains
    (True, [1.0, 1.0, 1.0])
    """
    if missing := [name for name in ("optuna", "seqeval") if find_spec(name) is None]:
        raise ModuleNotFoundError(f"search needs {' and '.join(missing)}: {EXTRA}")
    from datasets.utils import tqdm

    check_at_least_one(trials=trials)
    seed = settings.get("seed", 0)
    data: Any = dataset[split] if isinstance(dataset, Mapping) else dataset
    pairs = _folds(data, folds, seed, settings)
    for name in methods:  # wrong names fail before any training
        build(Trial({name: STRENGTHS[-1]}, 1, ()).spec, pairs[0][0], seed)
    with tqdm(total=trials * folds, desc="Searching", disable=not show_progress_bar) as progress:
        study = _Study(methods, pairs, evaluate or TaggerF1(), seed, progress)
        order = study.run(trials)
    gold, best = order[0], max(order, key=lambda trial: trial.score)  # the first of equals
    augmenter = build(best.spec, data, **settings) if best is not gold else None
    recipe = Recipe(augmenter, best.copies, best, gold, tuple(order))
    if augmenter is None:
        logger.warning("search: %s, in %s trials", recipe, trials)
    return recipe


@dataclass
class _Study:
    """The trials of one search."""

    methods: Sequence[str]
    pairs: Sequence[Fold]
    evaluate: Evaluate
    seed: int
    progress: Any
    scored: dict[tuple[str, int], Trial] = field(default_factory=dict)
    order: list[Trial] = field(default_factory=list)

    def run(self, trials: int) -> list[Trial]:
        import optuna

        verbosity = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        try:
            sampler = optuna.samplers.TPESampler(seed=self.seed)
            study = optuna.create_study(direction="maximize", sampler=sampler)
            study.enqueue_trial({**dict.fromkeys(self.methods, 0.0), "copies": COPIES[0]})
            study.optimize(self.objective, n_trials=trials)
        finally:
            optuna.logging.set_verbosity(verbosity)
        return self.order

    def objective(self, proposed: optuna.Trial) -> float:
        strengths = {m: proposed.suggest_categorical(m, STRENGTHS) for m in self.methods}
        copies = proposed.suggest_categorical("copies", COPIES)
        trial = self.score(strengths, copies if any(strengths.values()) else 0)
        self.order.append(trial)
        best = max(t.score for t in self.order)
        self.progress.set_postfix(best=f"{best:.2f}", gold=f"{self.order[0].score:.2f}")
        return trial.score

    def score(self, strengths: Mapping[str, float], copies: int) -> Trial:
        spec = Trial(strengths, copies, ()).spec
        if (spec, copies) in self.scored:  # the score would be the same
            self.progress.update(len(self.pairs))
            return self.scored[spec, copies]
        scores = []
        for train, test in self.pairs:
            augmenter = build(spec, train, self.seed) if spec else None
            scores.append(self.evaluate(train, test, augmenter, copies, self.seed))
            self.progress.update()
        trial = self.scored[spec, copies] = Trial(strengths, copies, tuple(scores))
        return trial


def _folds(data: Any, folds: int, seed: int, settings: Settings) -> list[Fold]:
    """Pairs of training and test set, with no sentence in both."""
    if folds < 2:
        raise ValueError(f"folds={folds}: must be at least 2")
    examples = [e for e in read_examples(data, "", settings) if e.tokens]
    labels = sorted({span.label for example in examples for span in example.spans})
    if not labels:
        raise ValueError(
            f"there is no mention in the {len(examples)} sentences: nothing to learn from; pass "
            "labelled ones, or name their column with tags_column="
        )
    same: dict[tuple[str, ...], list[Example]] = {}  # equal sentences, which stay together
    for example in examples:
        same.setdefault(example.tokens, []).append(example)
    groups = list(same.values())
    with_mention = sum(_has_mention(group) for group in groups)
    if with_mention < folds:
        raise ValueError(
            f"the sample is too small for {folds} folds: {with_mention} of its {len(groups)} "
            "different sentences have a mention, and every fold needs one; label more sentences"
            + (f", or pass folds={with_mention}" if with_mention > 1 else "")
        )
    Random(seed).shuffle(groups)
    parts: list[list[Example]] = [[] for _ in range(folds)]
    # Sentences with mentions first, so that every fold has some; single sentences last, so that
    # the folds have about the same size.
    for group in sorted(groups, key=lambda group: (not _has_mention(group), -len(group))):
        min(parts, key=len).extend(group)
    return [
        (
            _as_iob2([e for other in parts if other is not part for e in other], labels),
            _as_iob2(part, labels),
        )
        for part in parts
    ]


def _has_mention(group: Sequence[Example]) -> bool:
    return any(example.spans for example in group)


def _as_iob2(examples: Sequence[Example], labels: Sequence[str]) -> Dataset:
    """Examples as a data set with words in ``tokens`` and IOB2 in ``ner_tags``."""
    from datasets import ClassLabel, Dataset, Features, List, Value

    names = list(tag_schemes.complete(f"I-{label}" for label in labels))
    tags = [tag_schemes.from_spans(e.spans, len(e.tokens), "IOB2") for e in examples]
    return Dataset.from_dict(
        {
            "tokens": [list(example.tokens) for example in examples],
            "ner_tags": [[names.index(tag) for tag in row] for row in tags],
        },
        features=Features(
            {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
        ),
    )

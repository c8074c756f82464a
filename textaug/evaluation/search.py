"""Which methods, how strongly, how many copies: found by cross-validation on the sample itself."""

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
from textaug.core.reading import read_examples
from textaug.evaluation.tagger_f1 import TaggerF1
from textaug.models.markers import labels_of
from textaug.specs import build

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")

if TYPE_CHECKING:
    Evaluate = Callable[[Dataset, Dataset, Augmenter | None, int, int], float]

EXTRA = "pip install 'textaug-nlp[search]'"
METHODS = ("mentions", "label-wise", "synonyms", "shuffle")
STRENGTHS = (0.0, 0.15, 0.3, 0.6)  # 0: without this method
COPIES = (1, 2, 4, 8)


@dataclass(frozen=True)
class Trial:
    """One recipe that was tried.

    Attributes:
        strengths: ``p`` by method, 0 where it takes no part.
        copies: for each sentence.
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
    """What :func:`search` found.

    Attributes:
        augmenter: the best composition, ready for use; ``None`` if nothing beat the gold data.
        copies: how many it takes for each sentence; 0 with no augmenter.
        best: the trial it comes from.
        gold: trial 0, the gold data alone.
        trials: all of them, in the order in which they were made.
    """

    augmenter: Augmenter | None
    copies: int
    best: Trial
    gold: Trial
    trials: Sequence[Trial] = field(repr=False)

    @property
    def gains(self) -> list[float]:
        """What it gained over the gold data, fold by fold."""
        return [a - b for a, b in zip(self.best.scores, self.gold.scores, strict=True)]

    def __str__(self) -> str:
        if self.augmenter is None:
            return f"nothing beat the gold data alone ({self.gold.score:.2f})"
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
    """Find out which augmentation helps on this sample, and on nothing but this sample.

    Each trial is a composition of some of the methods, each with a strength, and a number of
    copies. It is judged by cross-validation: a tagger is trained on all folds but one, augmented,
    and scored on that one as it is, for every fold. Pools and word lists are learnt from the
    training folds alone. Trial 0 is always the gold data with no augmentation; the next ones are
    proposed by Optuna's TPE (Bergstra et al. 2011).

    There are ``trials`` times ``folds`` trainings. The best of many trials looks better than it
    is, and on a small sample by much: read :attr:`Recipe.gains`, fold by fold, and take a gain that
    is not there in every fold for chance.

    Args:
        dataset: the labelled sample. Of a ``DatasetDict`` only ``split`` is read.
        methods: what may be part of a composition: names as in :mod:`textaug.specs`, with
            arguments other than ``p`` if wanted (``"masked-lm:model='offline'"``), applied in
            this order.
        trials: how many, with trial 0.
        folds: at least 2, and no more than there are sentences with a mention.
        evaluate: takes a training set, a test set, an augmenter (``None`` in trial 0), a number
            of copies and a seed, and returns a score, higher for better; default:
            :class:`TaggerF1`.
        split: which split of a ``DatasetDict``.
        show_progress_bar: one step for each training.
        **settings: for the augmenter that is returned, see :class:`~textaug.Augmenter`; same
            ``seed``, same trials and same recipe, and the column names say how to read the data.

    Returns:
        The best recipe; its ``augmenter`` has learnt from all of the sample, and is ``None`` if
        nothing beat trial 0.

    Raises:
        ModuleNotFoundError: if Optuna or seqeval is not installed, with the command that does it.
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
    import optuna
    from datasets.utils import tqdm

    if trials < 1:
        raise ValueError(f"trials={trials}: must be at least 1")
    evaluate = evaluate or TaggerF1()
    seed = settings.get("seed", 0)
    data: Any = dataset[split] if isinstance(dataset, Mapping) else dataset
    parts = _folds(data, folds, seed, settings)
    for name in methods:  # mistakes are found before any training
        build(Trial({name: STRENGTHS[-1]}, 1, ()).spec, parts[0][0], seed)
    tried: dict[tuple[Any, ...], Trial] = {}
    order: list[Trial] = []

    def objective(proposed: optuna.Trial) -> float:
        strengths = {m: proposed.suggest_categorical(m, STRENGTHS) for m in methods}
        copies = proposed.suggest_categorical("copies", COPIES)
        if not any(strengths.values()):
            copies = 0
        key = (*strengths.values(), copies)
        if key not in tried:
            spec = Trial(strengths, copies, ()).spec
            scores = []
            for train, test in parts:
                augmenter = build(spec, train, seed) if spec else None
                scores.append(evaluate(train, test, augmenter, copies, seed))
                progress.update()
            tried[key] = Trial(strengths, copies, tuple(scores))
        else:  # the score would be the same
            progress.update(folds)
        order.append(tried[key])
        progress.set_postfix(
            best=f"{max(t.score for t in order):.2f}", gold=f"{order[0].score:.2f}"
        )
        return tried[key].score

    verbosity = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        study = optuna.create_study(
            direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed)
        )
        study.enqueue_trial({**dict.fromkeys(methods, 0.0), "copies": COPIES[0]})
        with tqdm(
            total=trials * folds, desc="Searching", disable=not show_progress_bar
        ) as progress:
            study.optimize(objective, n_trials=trials)
    finally:
        optuna.logging.set_verbosity(verbosity)
    gold, best = order[0], max(order, key=lambda trial: trial.score)  # the first among equals
    augmenter = build(best.spec, data, **settings) if best is not gold else None
    recipe = Recipe(augmenter, best.copies, best, gold, tuple(order))
    if augmenter is None:
        logger.warning("search: %s, in %s trials", recipe, trials)
    return recipe


def _folds(data: Any, folds: int, seed: int, settings: Settings) -> list[tuple[Dataset, Dataset]]:
    """Pairs of training and test set, with words in ``tokens`` and IOB2 in ``ner_tags``.

    Sentences with mentions are dealt out first, so that every fold has its share of them.
    """
    from datasets import ClassLabel, Dataset, Features, List, Value

    if folds < 2:
        raise ValueError(f"folds={folds}: must be at least 2")
    examples = [e for e in read_examples(data, "", settings) if e.tokens]
    names = list(tag_schemes.complete(f"I-{label}" for label in labels_of(examples)))
    with_mention = len({example.tokens for example in examples if example.spans})
    if with_mention < folds:
        raise ValueError(
            f"the sample is too small for {folds} folds: {with_mention} of its {len(examples)} "
            "sentences differ and have a mention, and every fold needs one; label more sentences"
            + (f", or pass folds={with_mention}" if with_mention > 1 else "")
        )
    Random(seed).shuffle(examples)
    examples.sort(key=lambda example: not example.spans)
    numbers: dict[tuple[str, ...], int] = {}  # by words: a repeated sentence stays in one fold
    fold_of = [numbers.setdefault(e.tokens, len(numbers)) % folds for e in examples]
    features = Features(
        {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=names))}
    )
    whole = Dataset.from_dict(
        {
            "tokens": [list(e.tokens) for e in examples],
            "ner_tags": [
                [names.index(t) for t in tag_schemes.from_spans(e.spans, len(e.tokens), "IOB2")]
                for e in examples
            ],
        },
        features=features,
    )
    rows = range(len(examples))
    return [
        (
            whole.select([i for i in rows if fold_of[i] != fold]),
            whole.select([i for i in rows if fold_of[i] == fold]),
        )
        for fold in range(folds)
    ]

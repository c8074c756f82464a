"""One teacher for each fold of the labelled rows, and its rounds of training."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textaug.core.augmenter import Augmenter
from textaug.core.columns import IGNORED, Settings
from textaug.core.example import Example
from textaug.evaluation.judged_rows import sure_labels
from textaug.evaluation.out_of_sample import folds_of
from textaug.evaluation.training_copies import with_copies
from textaug.models.fine_tuning import trained_once
from textaug.models.teachers import SentenceTeacher, WordTeacher

if TYPE_CHECKING:
    import numpy as np
    from datasets import Dataset
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]

SURE = 0.9  # probability from which on a teacher trains on what it labelled itself
TEMPERATURES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)


def calibrated(scores: Scores, temperature: float) -> Scores:
    """Probabilities at another temperature: above 1 less sure.

    >>> import numpy as np
    >>> calibrated(np.array([[0.9, 0.1]]), 2.0).round(2)
    array([[0.75, 0.25]])
    """
    scaled = (scores + 1e-6) ** (1 / temperature)
    result: Scores = scaled / scaled.sum(1, keepdims=True)
    return result


def temperature_of(scores: Sequence[Scores], targets: Sequence[Sequence[int]]) -> float:
    """The temperature at which predictions fit these labels best."""
    import numpy as np

    pairs = [(s, own) for s, own in zip(scores, targets, strict=True) if own and own != [IGNORED]]
    if not pairs:
        return 1.0
    together = np.concatenate([each for each, _ in pairs])
    wanted = np.array([n for _, own in pairs for n in own])

    def loss(temperature: float) -> float:
        picked = calibrated(together, temperature)[np.arange(len(wanted)), wanted]
        return float(-np.log(picked).mean())

    return min(TEMPERATURES, key=loss)


@dataclass(frozen=True)
class TeacherFolds:
    """The training of all teachers."""

    teacher: WordTeacher | SentenceTeacher
    data: Dataset
    gold: Sequence[Example]
    raw: Sequence[Example]
    augmenter: Callable[..., Augmenter] | None
    rounds: int
    seed: int
    settings: Settings

    def all(
        self, folds: int, cache_dir: str | None, show_progress_bar: bool
    ) -> list[tuple[list[Scores], list[Scores]]]:
        """By round: probabilities for the gold sentences, out of fold, and for the raw ones."""
        from datasets.utils import tqdm

        fold = folds_of(self.gold, folds, self.seed)
        inputs: dict[str, list[Any]] = {}  # made when a fold is not in the cache
        found: list[tuple[list[Any], list[Any]]] = [
            ([None] * len(self.gold), [0.0] * len(self.raw)) for _ in range(self.rounds)
        ]
        for k in tqdm(range(folds), "teachers", disable=not show_progress_bar):
            inside = [i for i, own in enumerate(fold) if own == k]
            results = self._fold(k, inside, inputs, cache_dir)
            for (gold, raw), (own, new) in zip(found, results, strict=True):
                for i, scores in zip(inside, own, strict=True):
                    gold[i] = scores
                for i, scores in enumerate(new):
                    raw[i] = raw[i] + scores / folds
        return found

    def _fold(
        self, k: int, inside: Sequence[int], inputs: dict[str, list[Any]], cache_dir: str | None
    ) -> list[tuple[list[Scores], list[Scores]]]:
        """The rounds of one teacher: what it says of its fold, and of the raw sentences."""
        import numpy as np

        hidden = set(inside)
        outside = [i for i in range(len(self.gold)) if i not in hidden]
        settings: Settings = {**self.settings, "seed": self.seed + k}
        train = with_copies(self.data.select(outside), self.augmenter, settings)
        hidden_gold = [self.gold[i] for i in inside]
        words = json.dumps([example.tokens for example in (*self.raw, *hidden_gold)])
        made_from = {
            "model": self.teacher.model.name,
            "labels": list(map(str, self.teacher.labels)),
            "targets": [self.teacher.targets([example]) for example in hidden_gold],
            "own": self.teacher.targets(train),
            "raw": blake2b(words.encode(errors="surrogatepass"), digest_size=8).hexdigest(),
            "rounds": self.rounds,
            "sure": SURE,
            "seed": self.seed + k,
        }

        def make(folder: Path) -> None:
            for name, examples in (("gold", self.gold), ("raw", self.raw)):
                if name not in inputs:
                    inputs[name] = self.teacher.inputs(examples)
            own = [inputs["gold"][i] for i in inside]
            rounds = self._rounds(train, own, inputs["raw"], hidden_gold, self.seed + k)
            arrays: dict[str, Any] = {
                f"{name}{number}": np.concatenate(part).astype(np.float16)
                for number, parts in enumerate(rounds)
                for name, part in zip(("own", "new"), parts, strict=True)
            }
            np.savez(folder / "scores.npz", **arrays)

        folder = trained_once("self-training", made_from, train, cache_dir, make)
        with np.load(Path(folder) / "scores.npz") as saved:
            return [
                (self._split(saved[f"own{number}"], hidden_gold),
                 self._split(saved[f"new{number}"], self.raw))
                for number in range(self.rounds)
            ]  # fmt: skip

    def _split(self, together: Any, examples: Sequence[Example]) -> list[Scores]:
        """Probabilities by example; they stand in one array on disk."""
        import numpy as np

        is_word = isinstance(self.teacher, WordTeacher)
        ends = np.cumsum([len(example.tokens) if is_word else 1 for example in examples])
        return np.split(together.astype(np.float32), ends[:-1])

    def _rounds(
        self,
        train: Sequence[Example],
        own: Sequence[Any],
        raw: Sequence[Any],
        inside: Sequence[Example],
        seed: int,
    ) -> list[tuple[list[Scores], list[Scores]]]:
        teacher = self.teacher
        inputs, targets = teacher.inputs(train), teacher.targets(train)
        results: list[tuple[list[Scores], list[Scores]]] = []
        for number in range(self.rounds):
            more = []
            if results:
                more = [sure_labels(teacher, scores, SURE) for scores in results[-1][1]]
            predict = teacher.train(
                [*inputs, *(raw if more else ())], [*targets, *more], seed + 1000 * number
            )
            found, new = predict(own), predict(raw)
            temperature = temperature_of(found, teacher.targets(inside))
            results.append(
                ([calibrated(s, temperature) for s in found],
                 [calibrated(s, temperature) for s in new])
            )  # fmt: skip
        return results

"""How well a substitute fits the place of a word in its sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from math import exp
from typing import Any, NamedTuple

from textaug.core.example import Example
from textaug.language.substitutes import Substitute, slot_after, substitutes_of
from textaug.models.batching import run_in_batches
from textaug.models.encoding import Encoder
from textaug.models.masked_lm import states_at

# A logistic regression of people's judgements: of the substitutes in SWORDS (Lee et al. 2021, dev
# split), those that at least half of the judges accepted. Fitted by scripts/fit_word_fit.py.
INTERCEPT = -2.18
# One weight for each of `FEATURES`, one for the cosine of the model's input embeddings of both
# words, and one for several sub-tokens (1) or one (0).
WEIGHTS = (0.750, 0.643, 2.142, 0.901, -0.192, -0.044, 7.439, -1.250)
LOGIT = 0.189  # the model's logit of the substitute less that of the word, which stays visible

_KEPT = 1 << 16  # words whose candidates are remembered


class Candidate(NamedTuple):
    """A substitute as the model sees it."""

    form: str
    share: float  # of the word's uses, in which its reading is the one meant
    features: tuple[float, ...]  # all but LOGIT
    static: float  # log-odds without the sentence
    ids: tuple[int, ...]


_Candidates = list[Candidate]
Ranked = list[tuple[str, float]]  # forms and their probabilities, the best first
Slot = tuple[str, str]  # a word, and what the word before says about it


def slot_of(example: Example, i: int) -> Slot:
    """The word at a position with its slot, see :func:`slot_after`."""
    return example.tokens[i], slot_after(example.tokens[i - 1]) if i else ""


class _Query(NamedTuple):
    """A part of an example with words to replace."""

    example: int
    ids: list[int]
    columns: dict[int, int]  # by index of the word, that of its first sub-token in `ids`


class WordFit(Encoder):
    """Estimates how many people would accept a substitute in a sentence.

    One forward pass, in which the words stay visible, serves for all words of a sentence. At each
    word the logits of its candidates are compared with its own; the full vocabulary is not needed.

    The estimate is the probability that at least half of several judges would accept the
    substitute, by a logistic regression of that difference, the cosine of the model's input
    embeddings, and what WordNet says (:data:`~textaug.language.substitutes.FEATURES`), times the
    share of the reading that the substitute is made for.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        weights = model.get_input_embeddings().weight.detach()
        self._mean = weights.float().mean(0)
        self._candidates: dict[tuple[Slot, float], _Candidates] = {}

    def candidates(self, slots: Collection[Slot], threshold: float) -> Mapping[Slot, _Candidates]:
        """For each word in its slot the substitutes that can reach a threshold in some sentence."""
        if len(self._candidates) > _KEPT:
            self._candidates = {}
        known = self._candidates
        found = {slot: substitutes_of(*slot) for slot in slots if (slot, threshold) not in known}
        pieces = self.sub_tokens(
            text
            for (word, _), substitutes in found.items()
            if substitutes
            for text in (word.lower(), *(part for s in substitutes for part in s.form.split()))
        )
        for slot, substitutes in found.items():
            # With the logit of the word itself a substitute could hardly fit better.
            known[slot, threshold] = [
                candidate
                for candidate in self._weighed(slot[0], substitutes, pieces)
                if candidate.ids and candidate.share * _logistic(candidate.static) >= threshold
            ]
        return {slot: known[slot, threshold] for slot in slots}

    def _weighed(
        self, word: str, substitutes: Sequence[Substitute], pieces: Mapping[str, Sequence[int]]
    ) -> list[Candidate]:
        ids = [tuple(i for part in s.form.split() for i in pieces[part]) for s in substitutes]
        weighed = []
        own = self._vector(pieces[word.lower()]) if substitutes else None
        for substitute, of_form in zip(substitutes, ids, strict=True):
            similarity = float(self._vector(of_form) @ own) if of_form else 0.0
            features = (*substitute.features, similarity, float(len(of_form) > 1))
            static = INTERCEPT + sum(w * x for w, x in zip(WEIGHTS, features, strict=True))
            weighed.append(Candidate(substitute.form, substitute.share, features, static, of_form))
        return weighed

    def _vector(self, ids: Sequence[int]) -> Any:
        import torch

        weights = self.model.get_input_embeddings().weight.detach()[list(ids)]
        return torch.nn.functional.normalize(weights.float().mean(0) - self._mean, dim=0)

    def rank(
        self,
        examples: Sequence[Example],
        positions: Sequence[Sequence[int]],
        threshold: float,
        batch_tokens: int,
    ) -> list[dict[int, Ranked]]:
        """The substitutes that fit some words of each example.

        Args:
            examples: sentences.
            positions: for each example the indices of words to replace.
            threshold: smallest probability, 0..1.
            batch_tokens: sub-tokens per forward pass, padding included.

        Returns:
            For each example, by position, its ranked substitutes. Words without any are left out.
        """
        slots = [
            {i: slot_of(example, i) for i in at}
            for example, at in zip(examples, positions, strict=True)
        ]
        known = self.candidates({slot for at in slots for slot in at.values()}, threshold)
        wanted = [{i: known[slot] for i, slot in at.items() if known[slot]} for at in slots]
        ranked: list[dict[int, Ranked]] = []
        for by_position, logits in zip(
            wanted, self.relative_logits(examples, wanted, batch_tokens), strict=True
        ):
            best = {
                i: _ranked(by_position[i], of_word, threshold)
                for i, of_word in sorted(logits.items())
            }
            ranked.append({i: pairs for i, pairs in best.items() if pairs})
        return ranked

    def relative_logits(
        self,
        examples: Sequence[Example],
        candidates: Sequence[Mapping[int, Sequence[Candidate]]],
        batch_tokens: int,
    ) -> list[dict[int, list[float]]]:
        """The model's logit of each candidate less that of the word in whose place it would be.

        Of several sub-tokens, the mean of all stands for a candidate, the first for a word.

        Args:
            examples: sentences.
            candidates: for each example those of some words, by position.
            batch_tokens: sub-tokens per forward pass, padding included.

        Returns:
            For each example, by position, one number for each candidate. A word that does not fit
            into the model's window is left out.
        """
        numbers = [n for n, of_example in enumerate(candidates) if of_example]
        queries = []
        for window in self.encode([examples[n] for n in numbers]):
            of_example = candidates[numbers[window.example]]
            columns: dict[int, int] = {}
            for column, i in enumerate(window.words):
                if i in of_example:
                    columns.setdefault(i, column)
            if columns:
                queries.append(_Query(numbers[window.example], window.ids, columns))

        def run(batch: list[int]) -> list[dict[int, list[float]]]:
            asked = [queries[i] for i in batch]
            slots = [candidates[query.example][i] for query in asked for i in query.columns]
            each = iter(self._logits(asked, slots))
            return [
                {i: _differences(candidates[query.example][i], each) for i in query.columns}
                for query in asked
            ]

        found: list[dict[int, list[float]]] = [{} for _ in examples]
        results = run_in_batches(run, [len(query.ids) for query in queries], batch_tokens)
        for query, by_position in zip(queries, results, strict=True):
            found[query.example] |= by_position
        return found

    def _logits(
        self, queries: Sequence[_Query], slots: Sequence[Sequence[Candidate]]
    ) -> list[float]:
        """At each word the logit of its own sub-token, then those of all of its candidates'."""
        import torch

        at = [
            (row, column) for row, query in enumerate(queries) for column in query.columns.values()
        ]
        ids = [
            [queries[row].ids[column], *(i for candidate in of_word for i in candidate.ids)]
            for (row, column), of_word in zip(at, slots, strict=True)
        ]
        head = self.model.get_output_embeddings()
        device = head.weight.device
        with torch.inference_mode():
            states = states_at(self.model, *self.tensors([query.ids for query in queries]), at)
            lengths = torch.tensor([len(of_word) for of_word in ids], device=device)
            flat = torch.tensor([i for of_word in ids for i in of_word], device=device)
            logits = (states.repeat_interleave(lengths, 0) * head.weight[flat]).sum(-1)
            if head.bias is not None:
                logits += head.bias[flat]
        numbers: list[float] = logits.tolist()
        return numbers


def _differences(candidates: Sequence[Candidate], logits: Iterator[float]) -> list[float]:
    """The mean logit of each candidate less that of the word, which comes first."""
    own = next(logits)
    return [sum(next(logits) for _ in each.ids) / len(each.ids) - own for each in candidates]


def _ranked(candidates: Sequence[Candidate], logits: Sequence[float], threshold: float) -> Ranked:
    scores: dict[str, float] = {}
    for candidate, logit in zip(candidates, logits, strict=True):
        score = candidate.share * _logistic(candidate.static + LOGIT * logit)
        # One form may serve several readings of the word: only one of them is meant.
        scores[candidate.form] = scores.get(candidate.form, 0.0) + score
    best = [(form, score) for form, score in scores.items() if score >= threshold]
    return sorted(best, key=lambda pair: (-pair[1], pair[0]))


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x))

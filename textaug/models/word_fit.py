"""How well a substitute fits the place of a word in its sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import exp
from typing import Any, NamedTuple

from textaug.core.example import Example
from textaug.language.senses import NOUN
from textaug.language.substitutes import Slot, Substitute, readings_in, slot_of, substitutes_of
from textaug.models.batching import run_in_batches
from textaug.models.loading import ModelSpec, load_as
from textaug.models.masked_lm import MaskedLM, states_at

# A logistic regression of people's judgements: of the substitutes in SWORDS (Lee et al. 2021, dev
# split), those that at least half of the judges accepted. Fitted by scripts/fit_word_fit.py.
INTERCEPT = -3.287
# One weight for each of `FEATURES`, one for the cosine of the model's input embeddings of both
# words, and one for several sub-tokens (1) or one (0).
WEIGHTS = (1.376, 2.199, 1.153, 7.781, -0.564)
LOGIT = 0.153  # the model's logit of the substitute less that of the word, which stays visible

# Words whose input embeddings are nearest to that of a word are candidates too.
NEIGHBOURS = 40
# How far the frequency of a word's readings counts where the sentence tells its part of speech.
PRIOR = 0.5
# Rows of the table of tags: those of words that can be replaced, that of a name, and all others.
TAGS = (
    "NN", "NNS", "VB", "VBP", "VBZ", "VBD", "VBN", "VBG", "JJ", "JJR", "JJS", "RB", "RBR", "RBS",
    "NNP", "",
)  # fmt: skip
_ROW = {tag: row for row, tag in enumerate(TAGS)}

_KEPT = 1 << 16  # words whose candidates are remembered


class Candidate(NamedTuple):
    """A substitute as the model sees it."""

    form: str
    reading: int  # index in `Word.readings`
    tags: tuple[int, ...]  # rows of TAGS: of the reading, those for which it has this form
    features: tuple[float, ...]  # all but LOGIT
    static: float  # log-odds without the sentence
    ids: tuple[int, ...]


class Word(NamedTuple):
    """A word in its slot, with its readings and all candidates for its place."""

    readings: list[tuple[float, tuple[int, ...]]]  # the share of each, and its rows of TAGS
    is_title: bool  # with a capital: it may be a part of a name
    candidates: list[Candidate]

    def chances(self, tags: Sequence[float] | None) -> list[float]:
        """The probability of each candidate's reading and inflection to be the ones meant.

        Args:
            tags: the log-odds of each of `TAGS` in the sentence; ``None`` if not known, then the
                sentence does not tell whether "beat" is past or present, and no substitute that
                would need to know has a chance.
        """
        if tags is None:
            return [
                self.readings[c.reading][0] * (c.tags == self.readings[c.reading][1])
                for c in self.candidates
            ]
        odds = [exp(x) for x in tags]
        prior = [share**PRIOR for share, _ in self.readings]
        total = odds[_ROW["NNP"]] * self.is_title + sum(
            weight * sum(odds[t] for t in rows)
            for weight, (_, rows) in zip(prior, self.readings, strict=True)
        )
        return [prior[c.reading] * sum(odds[t] for t in c.tags) / total for c in self.candidates]


Ranked = list[tuple[str, float]]  # forms and their probabilities, the best first


class Evidence(NamedTuple):
    """What the model says about a word in its sentence."""

    logits: list[float]  # of each candidate, less that of the word
    tags: list[float] | None  # see `Word.chances`


class _Query(NamedTuple):
    """A part of an example with words to replace."""

    example: int
    ids: list[int]
    columns: dict[int, int]  # by index of the word, that of its first sub-token in `ids`


def load_word_fit(model: ModelSpec, rank: int | None) -> WordFit:
    """The masked language model of that name, loaded once in a process."""
    return load_as(WordFit, "AutoModelForMaskedLM", model, rank)


class WordFit(MaskedLM):
    """Estimates how many people would accept a substitute in a sentence.

    One forward pass, in which the words stay visible, serves for all words of a sentence. At each
    word the logits of its candidates are compared with its own; the full vocabulary is not needed.

    The candidates are what WordNet lists, and words of the vocabulary with similar embeddings. The
    estimate is the probability that at least half of several judges would accept the substitute,
    by a logistic regression of the difference in logits, the cosine of the model's input
    embeddings, and what WordNet says (:data:`~textaug.language.substitutes.FEATURES`), times the
    probability that the word has the part of speech and inflection that the substitute is made
    for. A model with a table of tags (``word_tags``) tells that from the sentence.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        import torch

        super().__init__(model, tokenizer)
        self._mean = self._embeddings().mean(0)
        allowed = [i for i, word in enumerate(self.words) if word in self.small]
        self._near = [self.words[i] for i in allowed]
        self._near_vectors = torch.nn.functional.normalize(
            self._embeddings()[allowed] - self._mean, dim=1
        )
        self._tags = getattr(model, "word_tags", None)
        self._known: dict[tuple[Slot, float, bool], Word] = {}

    def _embeddings(self) -> Any:
        return self.model.get_input_embeddings().weight.detach().float()

    def words_in(
        self, slots: Collection[Slot], threshold: float, near: bool = False
    ) -> Mapping[Slot, Word]:
        """Each word in its slot, with the substitutes that can reach a threshold in a sentence.

        Args:
            slots: the words.
            threshold: smallest probability, 0..1.
            near: whether words with similar embeddings are candidates, too.
        """
        if len(self._known) > _KEPT:
            self._known = {}
        new = [slot for slot in slots if (slot, threshold, near) not in self._known]
        readings = {slot: readings_in(slot) for slot in new}
        vectors = self._vectors({slot.word.lower() for slot, some in readings.items() if some})
        alike = self._neighbours(vectors) if near else {}
        found = {}
        for slot, some in readings.items():
            word = slot.word.lower()
            substitutes = substitutes_of(word, [each for each, _ in some], alike.get(word, ()))
            found[slot] = [
                substitute
                for substitute in substitutes
                if not slot.is_modifier or some[substitute.reading][0].letter != NOUN
            ]
        vectors |= self._vectors({s.form for of_slot in found.values() for s in of_slot})
        for slot, substitutes in found.items():
            word = slot.word
            candidates = [self._weighed(word.lower(), each, vectors) for each in substitutes]
            self._known[slot, threshold, near] = Word(
                [(share, tuple(_ROW[t] for t in each.tags)) for each, share in readings[slot]],
                word != word.lower() and word != word.upper(),
                # With the logit of the word itself a substitute could hardly fit better.
                [c for c in candidates if c.ids and _logistic(c.static) >= threshold],
            )
        return {slot: self._known[slot, threshold, near] for slot in slots}

    def _ids(self, text: str) -> tuple[int, ...]:
        pieces = self._sub_tokens
        return tuple(i for part in text.split() for i in pieces[part])

    def _vectors(self, texts: Collection[str]) -> dict[str, Any]:
        """The input embedding of each text, of length 1; none if a part of it has no sub-tokens."""
        import torch

        self.sub_tokens(part for text in texts for part in text.split())
        ids = {text: self._ids(text) for text in texts}
        known = [text for text in texts if ids[text]]
        if not known:
            return {}
        table = self._embeddings()
        means = torch.stack(
            [
                table[list(some)].mean(0) if len(some := ids[text]) > 1 else table[some[0]]
                for text in known
            ]
        )
        unit = torch.nn.functional.normalize(means - self._mean, dim=1)
        return dict(zip(known, unit, strict=True))

    def _neighbours(self, vectors: Mapping[str, Any]) -> dict[str, list[str]]:
        """The words of the vocabulary with the most similar embeddings."""
        import torch

        if not vectors:
            return {}
        best = (torch.stack(list(vectors.values())) @ self._near_vectors.T).topk(NEIGHBOURS)
        return {
            word: [self._near[i] for i in at]
            for word, at in zip(vectors, best.indices.tolist(), strict=True)
        }

    def _weighed(self, word: str, substitute: Substitute, vectors: Mapping[str, Any]) -> Candidate:
        form = substitute.form
        ids = self._ids(form) if form in vectors and word in vectors else ()
        similarity = float(vectors[form] @ vectors[word]) if ids else 0.0
        features = (*substitute.features, similarity, float(len(ids) > 1))
        static = INTERCEPT + sum(w * x for w, x in zip(WEIGHTS, features, strict=True))
        tags = tuple(_ROW[tag] for tag in substitute.tags)
        return Candidate(form, substitute.reading, tags, features, static, ids)

    def rank(
        self,
        examples: Sequence[Example],
        positions: Sequence[Sequence[int]],
        threshold: float,
        batch_tokens: int,
        near: bool = False,
    ) -> list[dict[int, Ranked]]:
        """The substitutes that fit some words of each example.

        Args:
            examples: sentences.
            positions: for each example the indices of words to replace.
            threshold: smallest probability, 0..1.
            batch_tokens: sub-tokens per forward pass, padding included.
            near: whether words with similar embeddings are candidates, too.

        Returns:
            For each example, by position, its ranked substitutes. Words without any are left out.
        """
        slots = [
            {i: slot for i in at if (slot := slot_of(example.tokens, i)) is not None}
            for example, at in zip(examples, positions, strict=True)
        ]
        known = self.words_in({slot for at in slots for slot in at.values()}, threshold, near)
        wanted = [
            {i: known[slot] for i, slot in at.items() if known[slot].candidates} for at in slots
        ]
        ranked: list[dict[int, Ranked]] = []
        for by_position, evidence in zip(
            wanted, self.evidence(examples, wanted, batch_tokens), strict=True
        ):
            best = {
                i: _ranked(by_position[i], of_word, threshold)
                for i, of_word in sorted(evidence.items())
            }
            ranked.append({i: pairs for i, pairs in best.items() if pairs})
        return ranked

    def evidence(
        self,
        examples: Sequence[Example],
        words: Sequence[Mapping[int, Word]],
        batch_tokens: int,
    ) -> list[dict[int, Evidence]]:
        """The logit of each candidate less that of the word in whose place it would be, and tags.

        Of several sub-tokens, the mean of all stands for a candidate, the first for a word.

        Args:
            examples: sentences.
            words: some words of each example, by position.
            batch_tokens: sub-tokens per forward pass, padding included.

        Returns:
            For each example, by position. A word that does not fit into the model's window is left
            out.
        """
        numbers = [n for n, of_example in enumerate(words) if of_example]
        queries = []
        for window in self.encode([examples[n] for n in numbers]):
            of_example = words[numbers[window.example]]
            columns: dict[int, int] = {}
            for column, i in enumerate(window.words):
                if i in of_example:
                    columns.setdefault(i, column)
            if columns:
                queries.append(_Query(numbers[window.example], window.ids, columns))

        def run(batch: list[int]) -> list[dict[int, Evidence]]:
            asked = [queries[i] for i in batch]
            of_words = [words[query.example][i] for query in asked for i in query.columns]
            each = iter(self._evidence(asked, of_words))
            return [{i: next(each) for i in query.columns} for query in asked]

        found: list[dict[int, Evidence]] = [{} for _ in examples]
        results = run_in_batches(run, [len(query.ids) for query in queries], batch_tokens)
        for query, by_position in zip(queries, results, strict=True):
            found[query.example] |= by_position
        return found

    def _evidence(self, queries: Sequence[_Query], words: Sequence[Word]) -> list[Evidence]:
        import torch

        at = [
            (row, column) for row, query in enumerate(queries) for column in query.columns.values()
        ]
        ids = [
            [queries[row].ids[column], *(i for candidate in word.candidates for i in candidate.ids)]
            for (row, column), word in zip(at, words, strict=True)
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
            tags: list[Any] = [None] * len(words)
            if self._tags is not None:
                scores = states @ self._tags[:, :-1].T + self._tags[:, -1]
                tags = scores.float().log_softmax(1).tolist()
        each = iter(logits.tolist())
        found = []
        for word, of_word in zip(words, tags, strict=True):
            own = next(each)
            relative = [sum(next(each) for _ in c.ids) / len(c.ids) - own for c in word.candidates]
            found.append(Evidence(relative, of_word))
        return found


def _ranked(word: Word, evidence: Evidence, threshold: float) -> Ranked:
    chances = word.chances(evidence.tags)
    by_reading: dict[tuple[str, int, tuple[int, ...]], float] = {}
    for candidate, logit, chance in zip(word.candidates, evidence.logits, chances, strict=True):
        score = chance * _logistic(candidate.static + LOGIT * logit)
        key = candidate.form, candidate.reading, candidate.tags
        by_reading[key] = max(by_reading.get(key, 0.0), score)
    # One form may serve several readings of the word: only one of them is meant.
    scores: dict[str, float] = {}
    for (form, *_), score in by_reading.items():
        scores[form] = scores.get(form, 0.0) + score
    best = [(form, score) for form, score in scores.items() if score >= threshold]
    return sorted(best, key=lambda pair: (-pair[1], pair[0]))


def _logistic(x: float) -> float:
    return 1 / (1 + exp(-x))

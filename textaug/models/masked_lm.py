"""A masked language model: windows, candidates and sampling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from math import exp, inf
from operator import itemgetter
from random import Random
from threading import Lock
from typing import Any

import regex

from textaug.language.word_lists import stop_words
from textaug.models.batching import run_in_batches
from textaug.models.encoding import Encoder
from textaug.models.loading import ModelSpec, load_as
from textaug.offline import lower_case_words

# At least two letters, with their combining marks, and nothing else.
WORD_CLASS = regex.compile(r"\p{L}[\p{L}\p{M}]+")

# Which words may be predicted at a position; see `MaskedLM.barred`.
LOWER, CAPITAL, ANY = range(3)

# Fetched beyond the `top_k` best, so that ties at the border are broken by token id and not by
# what `topk` happens to return; in bfloat16 ties are frequent.
_TIES = 16
# A matrix product of fewer rows uses another kernel; pad for bit-identical results.
FEWEST_ROWS = 8

Candidates = list[tuple[float, int]]  # logit and token id, the best first
_Best = tuple[list[float], list[int]]  # logits and token ids, among them all candidates


def best_candidates(best: _Best, top_k: int) -> Candidates:
    """The ``top_k`` best words for a gap, or fewer."""
    # Made gap by gap, when needed: thousands of living pairs would trigger the garbage collector,
    # which takes a quarter of a second where transformers is loaded.
    possible = [pair for pair in zip(*best, strict=True) if pair[0] > -inf]
    possible.sort(key=itemgetter(1))
    possible.sort(key=itemgetter(0), reverse=True)  # equals stay in the order of their ids
    return possible[:top_k]


def draw(candidates: Candidates, top_p: float, temperature: float, rng: Random) -> int:
    """Sample one of the candidates by its probability.

    Args:
        candidates: pairs of logit and token id, the best first, at least one.
        top_p: only the fewest first candidates that hold this share of the probability take part.
        temperature: the logits are divided by it.
        rng: used for one number.

    Returns:
        A token id.

    >>> draw([(9.0, 5), (8.9, 3), (1.0, 7)], top_p=0.9, temperature=1.0, rng=Random(2))
    5
    """
    best = candidates[0][0]
    weights = [exp((logit - best) / temperature) for logit, _ in candidates]
    enough, held, kept = top_p * sum(weights), 0.0, []
    for (_, token), weight in zip(candidates, weights, strict=True):
        kept.append((token, weight))
        held += weight
        if held >= enough:
            break
    # By token id: near ties may change their order in another batch, which must not matter.
    kept.sort()
    return rng.choices([token for token, _ in kept], [weight for _, weight in kept])[0]


@dataclass(frozen=True, slots=True)
class Gap:
    """A position where a word is to be predicted."""

    position: int  # of the token to replace, or to insert a word before
    allowed: int  # LOWER, CAPITAL or ANY
    unwanted: tuple[str, ...]  # case-folded


@dataclass(frozen=True, slots=True)
class Window:
    """A part of an example that fits into the model."""

    example: int
    ids: list[int]  # without the special tokens at both ends
    gaps: list[tuple[int, Gap]]  # each with its index in `ids`


def load_masked_lm(model: ModelSpec, rank: int | None) -> MaskedLM:
    """The masked language model of that name, loaded once in a process."""
    return load_as(MaskedLM, "AutoModelForMaskedLM", model, rank)


class MaskedLM(Encoder):
    """A model, its tokenizer, and which entries of its vocabulary are words.

    A word that does not fit into a window has no sub-tokens here.

    Attributes:
        mask_id: the id of the mask token.
        words: for each token id the whole word that it stands for, else ``""``.
        ids: for each case-folded word its token ids.
        small: the words in lower case (and those in scripts without case) that may stand outside
            mentions; of an uncased English model those that are not names.
        common: the words that are more frequent in lower case than with a capital, and so are not
            primarily names: "shares", but not "brown".
        english: whether this is the vocabulary of uncased English BERT; otherwise it is unknown.
        barred: 3 rows as long as the vocabulary, added to logits: ``-inf`` for what must not be
            predicted, 0 for what may. Row ``LOWER`` allows ``small`` words, ``CAPITAL`` common
            words in any case, ``ANY`` all words.

    Raises:
        ValueError: for a tokenizer without a mask token.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        if tokenizer.mask_token_id is None:
            raise ValueError(
                f"the tokenizer of {tokenizer.name_or_path!r} has no mask token; pass a masked "
                "language model, such as 'bert-base-cased', 'roberta-base' or 'xlm-roberta-base'"
            )
        super().__init__(model, tokenizer)
        self.mask_id: int = tokenizer.mask_token_id
        self.words = self._whole_words()
        self.ids: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            if word:
                self.ids.setdefault(word.casefold(), []).append(i)
        self.small, self.common, self.english = self._by_case()
        self.barred = self._barred()

    def _encode_words(self, words: Sequence[str]) -> list[list[int]]:
        encoded = super()._encode_words(words)
        return [ids if len(ids) <= self.size else [] for ids in encoded]

    def _whole_words(self) -> list[str]:
        """The word for each id: a token that has the same id when it stands alone.

        This holds neither for parts of words nor for special tokens, and works for every way in
        which tokenizers mark those (``##``, ``Ġ``, ``▁``).
        """
        size = self.model.config.vocab_size
        known = min(size, len(self.tokenizer))
        texts = [text.strip() for text in self.tokenizer.batch_decode([[i] for i in range(known)])]
        likely = [
            i
            for i, text in enumerate(texts)
            if WORD_CLASS.fullmatch(text) and text.lower() not in stop_words()
        ]
        special = set(self.tokenizer.all_special_ids)
        words = [""] * size
        encoded = self._encode_words([texts[i] for i in likely])
        for i, ids in zip(likely, encoded, strict=True):
            if ids == [i] and i not in special:
                words[i] = texts[i]
        return words

    def _by_case(self) -> tuple[Set[str], Set[str], bool]:
        small = {word for word in self.words if word and word == word.lower()}
        if any(word != word.lower() for word in self.words):
            # Vocabularies are sorted by frequency: the most frequent spelling has the smallest id.
            first = {word: self.words[ids[0]] for word, ids in self.ids.items()}
            return small, {word for word in small if first[word.casefold()] == word}, False
        # An uncased model does not tell "paris" from other words. For BERT's English vocabulary
        # (recognised by its words) there is a list; in other vocabularies names are unknown.
        listed = lower_case_words() - stop_words()
        english = listed <= small
        known = listed if english else small
        return known, known, english

    def _barred(self) -> Any:
        import torch

        allowed = [
            [word in self.small for word in self.words],
            [word.lower() in self.common for word in self.words],
            [word != "" for word in self.words],
        ]
        barred = torch.where(torch.tensor(allowed), 0.0, -torch.inf)
        return barred.to(self.model.device)

    def predict(
        self, windows: Sequence[Window], top_k: int, batch_tokens: int
    ) -> list[list[_Best]]:
        """For each window and each of its gaps the best words, for :func:`best_candidates`."""
        rows = [self.with_specials(window.ids) for window in windows]

        def best_of(batch: list[int]) -> list[list[_Best]]:
            return self._predict([windows[i] for i in batch], [rows[i] for i in batch], top_k)

        return run_in_batches(best_of, [len(row) for row in rows], batch_tokens)

    def _predict(
        self, windows: Sequence[Window], rows: Sequence[list[int]], top_k: int
    ) -> list[list[_Best]]:
        import torch

        device = self.model.device
        gaps = [gap for window in windows for _, gap in window.gaps]
        positions = [
            (row, len(self.before) + at)
            for row, window in enumerate(windows)
            for at, _ in window.gaps
        ]
        with torch.inference_mode():
            logits = logits_at(self.model, *self.tensors(rows), positions).float()
            logits += self.barred[torch.tensor([gap.allowed for gap in gaps], device=device)]
            unwanted = [
                (n, i)
                for n, gap in enumerate(gaps)
                for word in gap.unwanted
                for i in self.ids.get(word, ())
            ]
            if unwanted:
                at, banned = torch.tensor(unwanted, device=device).unbind(1)
                logits[at, banned] = -torch.inf
            best = logits.topk(min(top_k + _TIES, logits.shape[1]))
        each = zip(best.values.tolist(), best.indices.tolist(), strict=True)
        return [[next(each) for _ in window.gaps] for window in windows]


_HOOKED = Lock()  # models are shared, and threads must not run each other's hooks


@contextmanager
def _gathered(model: Any, rows: Any, columns: Any, states: list[Any] | None) -> Iterator[None]:
    """Hooks that drop other positions; with a list, it gets what the vocabulary matrix would."""

    def gather(module: Any, arguments: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state[rows, columns].unsqueeze(0)
        return output

    def intercept(module: Any, arguments: Any) -> Any:
        assert states is not None
        states.append(arguments[0])
        return (arguments[0][:, :0], *arguments[1:])

    with _HOOKED:
        handles = [model.base_model.register_forward_hook(gather)]
        if states is not None:
            handles.append(model.get_output_embeddings().register_forward_pre_hook(intercept))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()


def _run_at(
    model: Any,
    ids: Any,
    mask: Any,
    positions: Sequence[tuple[int, int]],
    states: list[Any] | None = None,
) -> Any:
    import torch

    filled = [*positions, *[positions[0]] * (FEWEST_ROWS - len(positions))]
    rows, columns = torch.tensor(filled, device=ids.device).unbind(1)
    with _gathered(model, rows, columns, states):
        return model(input_ids=ids, attention_mask=mask).logits


def logits_at(model: Any, ids: Any, mask: Any, positions: Sequence[tuple[int, int]]) -> Any:
    """A masked language model's logits at some positions only.

    The vocabulary head costs as much as several layers, so a hook between the layers and the head
    drops the other positions. The logits are the same.

    Args:
        model: any ``AutoModelForMaskedLM`` whose layers return ``last_hidden_state``.
        ids: token ids, a tensor of rows × length.
        mask: 1 for tokens, 0 for padding, in the same shape.
        positions: pairs of row and column, at least one.

    Returns:
        A tensor of positions × vocabulary.
    """
    return _run_at(model, ids, mask, positions)[0, : len(positions)]


def states_at(model: Any, ids: Any, mask: Any, positions: Sequence[tuple[int, int]]) -> Any:
    """What enters the vocabulary matrix at some positions; that product itself is left out.

    A state times a row of ``model.get_output_embeddings().weight``, plus the bias, is a logit.

    Args:
        model: any ``AutoModelForMaskedLM`` whose layers return ``last_hidden_state``.
        ids: token ids, a tensor of rows × length.
        mask: 1 for tokens, 0 for padding, in the same shape.
        positions: pairs of row and column, at least one.

    Returns:
        A tensor of positions × hidden size.
    """
    states: list[Any] = []
    _run_at(model, ids, mask, positions, states)
    return states[0][0, : len(positions)]

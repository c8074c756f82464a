"""A masked language model: windows, candidates and draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil, exp, inf
from operator import itemgetter
from random import Random
from threading import Lock
from typing import Any

import regex

from textaug.language.stop_words import STOP_WORDS
from textaug.models import batching, encoding, loading
from textaug.offline import lower_case_words

# At least two letters, with the marks that belong to them, and nothing else.
WORD_CLASS = regex.compile(r"\p{L}[\p{L}\p{M}]+")

# Which words may be predicted at a place; see `_Engine.barred`.
LOWER, CAPITAL, ANY = range(3)

# Fetched beyond the `top_k` best, so that among equals at the border the choice is by token id
# and not by what `topk` happens to return; in bfloat16 equals are frequent.
_TIES = 16
PIECES_KEPT = 1 << 17  # words
# A matrix product of fewer rows than this takes another path, whose last bits are others.
_FEWEST_ROWS = 8

Candidates = list[tuple[float, int]]  # logit and token id, the best first
_Best = tuple[list[float], list[int]]  # logits and token ids, among them all candidates


def stretches(lengths: Sequence[int], room: int) -> list[slice]:
    """Cut units into stretches of about equal length that each fit into a model.

    Args:
        lengths: how many sub-word tokens each unit (a word, say) has, none more than ``room``.
        room: for how many there is room at once.

    >>> stretches([4, 3, 5, 2], room=8)
    [slice(0, 2, None), slice(2, 4, None)]
    """
    total = sum(lengths)
    share = ceil(total / ceil(total / room)) if total else 0
    starts, filled = [0], 0
    for i, length in enumerate(lengths):
        if filled and filled + length > share:
            starts.append(i)
            filled = 0
        filled += length
    return [slice(*ends) for ends in pairwise([*starts, len(lengths)])]


def best_candidates(best: _Best, top_k: int) -> Candidates:
    """The ``top_k`` best words for a gap, fewer if there are not."""
    # Made gap by gap, when they are wanted: thousands of living pairs would set off the garbage
    # collector, which takes a quarter of a second where transformers is loaded.
    possible = [pair for pair in zip(*best, strict=True) if pair[0] > -inf]
    possible.sort(key=itemgetter(1))
    possible.sort(key=itemgetter(0), reverse=True)  # equals stay in the order of their ids
    return possible[:top_k]


def draw(candidates: Candidates, top_p: float, temperature: float, rng: Random) -> int:
    """Draw one of the candidates; better ones are more likely.

    Args:
        candidates: pairs of logit and token id, the best first, at least one.
        top_p: only the first of them that hold this share of the probability take part.
        temperature: the logits are divided by it.
        rng: asked for one number.

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
    # By token id: two that are nearly equal may change places in another batch, without effect.
    kept.sort()
    return rng.choices([token for token, _ in kept], [weight for _, weight in kept])[0]


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where a word is wanted."""

    position: int  # of the token to replace, or to insert a word before
    allowed: int  # _LOWER, _CAPITAL or _ANY
    unwanted: tuple[str, ...]  # case-folded


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of an example that fits into the model."""

    example: int
    ids: list[int]  # without the special tokens at both ends
    gaps: list[tuple[int, Gap]]  # each with its place in `ids`


@cache
def masked_lm_engine(
    name: str, revision: str | None, dtype: str, device: str | None, rank: int | None
) -> MaskedLMEngine:
    """The masked language model, loaded once in a process."""
    model, tokenizer = loading.load("AutoModelForMaskedLM", name, revision, dtype, device, rank)
    if tokenizer.mask_token_id is None:
        raise ValueError(
            f"the tokenizer of {name!r} has no mask token; pass a masked language model, such as "
            "'bert-base-cased', 'roberta-base' or 'xlm-roberta-base'"
        )
    return MaskedLMEngine(model, tokenizer)


class MaskedLMEngine:
    """A model, its tokenizer, and which entries of its vocabulary are words.

    Attributes:
        mask_id: the id of the mask token.
        room: how many sub-word tokens fit into one window, beside the special ones.
        words: for each token id the word it stands for, ``""`` where it is no whole word.
        ids: for each case-folded word its token ids.
        small: the words in lower case (and those in scripts that have no case) that may stand
            outside mentions; of an uncased English model those that are no names.
        common: the words that are more frequent in lower case than with a capital, and so are no
            names in the first place: "shares", but not "brown".
        english: whether this is the vocabulary of uncased English BERT; where not, it is not known.
        barred: 3 rows as long as the vocabulary, added to logits: ``-inf`` for what must not be
            predicted, 0 for what may. Row ``_LOWER`` allows ``small`` words, ``_CAPITAL`` common
            words in any case, ``_ANY`` all words.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.mask_id: int = tokenizer.mask_token_id
        around = tokenizer(tokenizer.mask_token)["input_ids"]
        at = around.index(self.mask_id)
        self.before, self.after = around[:at], around[at + 1 :]
        self.room = encoding.window(model, tokenizer) - len(around) + 1
        self._pieces: dict[str, tuple[int, ...]] = {}  # of the words that came up
        self.words = self._whole_words()
        self.ids: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            if word:
                self.ids.setdefault(word.casefold(), []).append(i)
        self.small, self.common, self.english = self._by_case()
        self.barred = self._barred()

    def _encode(self, words: Sequence[str]) -> list[list[int]]:
        return encoding.encode_words(self.tokenizer, words)

    def _whole_words(self) -> list[str]:
        """The word for each id: a token that means the same id when it stands alone.

        This holds for neither pieces inside words nor special tokens, and needs no knowledge of
        how a kind of tokenizer marks those (``##``, ``Ġ``, ``▁``).
        """
        size = self.model.config.vocab_size
        known = min(size, len(self.tokenizer))
        texts = [text.strip() for text in self.tokenizer.batch_decode([[i] for i in range(known)])]
        likely = [
            i
            for i, text in enumerate(texts)
            if WORD_CLASS.fullmatch(text) and text.lower() not in STOP_WORDS
        ]
        special = set(self.tokenizer.all_special_ids)
        words = [""] * size
        for i, ids in zip(likely, self._encode([texts[i] for i in likely]), strict=True):
            if ids == [i] and i not in special:
                words[i] = texts[i]
        return words

    def _by_case(self) -> tuple[Set[str], Set[str], bool]:
        small = {word for word in self.words if word and word == word.lower()}
        if any(word != word.lower() for word in self.words):
            # Vocabularies are sorted by frequency: the most frequent spelling has the smallest id.
            first = {word: self.words[ids[0]] for word, ids in self.ids.items()}
            return small, {word for word in small if first[word.casefold()] == word}, False
        # An uncased model, to which "paris" is a word like any other. For BERT's English vocabulary
        # (known by its words) there is a list; for others nothing tells names.
        listed = lower_case_words() - STOP_WORDS
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

    def pieces(self, words: set[str]) -> dict[str, tuple[int, ...]]:
        """The sub-word tokens of each word; none for a word that does not fit into a window."""
        if len(self._pieces) > PIECES_KEPT:
            self._pieces = {}
        known = self._pieces
        new = [word for word in words if word not in known]
        for word, ids in zip(new, self._encode(new), strict=True):
            known[word] = tuple(ids) if len(ids) <= self.room else ()
        return known

    def predict(
        self, windows: Sequence[Window], top_k: int, batch_tokens: int
    ) -> list[list[_Best]]:
        """For each window and each of its gaps the best words, for :func:`best_candidates`."""

        def best_of(batch: list[int]) -> list[list[_Best]]:
            return self._predict([windows[i] for i in batch], top_k)

        extra = len(self.before) + len(self.after)
        lengths = [len(window.ids) + extra for window in windows]
        return batching.run_in_batches(best_of, lengths, batch_tokens)

    def _predict(self, windows: Sequence[Window], top_k: int) -> list[list[_Best]]:
        import torch

        device = self.model.device
        rows = [[*self.before, *window.ids, *self.after] for window in windows]
        length = batching.padded(max(map(len, rows)))
        padding = self.tokenizer.pad_token_id
        ids = torch.tensor([row + [padding] * (length - len(row)) for row in rows])
        mask = torch.tensor([[1] * len(row) + [0] * (length - len(row)) for row in rows])
        gaps = [gap for window in windows for _, gap in window.gaps]
        places = [
            (row, len(self.before) + at)
            for row, window in enumerate(windows)
            for at, _ in window.gaps
        ]
        with torch.inference_mode():
            logits = logits_at(self.model, ids.to(device), mask.to(device), places).float()
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
def _gathered(model: Any, rows: Any, columns: Any) -> Iterator[None]:
    def gather(module: Any, arguments: Any, output: Any) -> Any:
        output.last_hidden_state = output.last_hidden_state[rows, columns].unsqueeze(0)
        return output

    with _HOOKED:
        handle = model.base_model.register_forward_hook(gather)
        try:
            yield
        finally:
            handle.remove()


def logits_at(model: Any, ids: Any, mask: Any, places: Sequence[tuple[int, int]]) -> Any:
    """A masked language model's logits at some places only.

    The head over the vocabulary costs as much as several layers, so the other places are dropped
    before they reach it, by a hook between the layers and the head. The logits are the same.

    Args:
        model: any ``AutoModelForMaskedLM`` whose layers return ``last_hidden_state``.
        ids: token ids, a tensor of rows × length.
        mask: 1 for tokens, 0 for padding, in the same shape.
        places: pairs of row and column, at least one.

    Returns:
        A tensor of places × vocabulary.
    """
    import torch

    filled = [*places, *[places[0]] * (_FEWEST_ROWS - len(places))]
    rows, columns = torch.tensor(filled, device=ids.device).unbind(1)
    with _gathered(model, rows, columns):
        logits = model(input_ids=ids, attention_mask=mask).logits
    return logits[0, : len(places)]

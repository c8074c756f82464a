"""Words predicted by a masked language model, in place of others or between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import ceil, exp, inf
from operator import itemgetter
from random import Random
from threading import Lock
from typing import Any, Unpack

import regex

from textaug import models
from textaug.articles import article_edit, reads_as_english
from textaug.augmenter import Augmenter, Settings, check_probability
from textaug.example import Edit, Example
from textaug.lexicon import STOP_WORDS, grammatical_forms, match_case
from textaug.offline import lower_case_words

MODES = ("substitute", "insert")

# At least two letters, with the marks that belong to them, and nothing else.
_WORD = regex.compile(r"\p{L}[\p{L}\p{M}]+")

# Which words may be predicted at a place; see `_Engine.barred`.
_LOWER, _CAPITAL, _ANY = range(3)

# Fetched beyond the `top_k` best, so that among equals at the border the choice is by token id
# and not by what `topk` happens to return; in bfloat16 equals are frequent.
_TIES = 16
PIECES_KEPT = 1 << 17  # words
# A matrix product of fewer rows than this takes another path, whose last bits are others.
_FEWEST_ROWS = 8

Candidates = list[tuple[float, int]]  # logit and token id, the best first
_Best = tuple[list[float], list[int]]  # logits and token ids, among them all candidates


class MaskedLMSubstitution(Augmenter):
    """Replace words by others that a masked language model finds likely in their place.

    All chosen words of a sentence are masked at once and predicted in one pass (Wu et al. 2019,
    "Conditional BERT Contextual Augmentation", without their label embedding); each is then drawn
    from its most likely words, as in Kobayashi (2018), "Contextual Augmentation". Such a word
    fits its sentence, but means something else often enough: where a single word decides the
    label of a text (sentiment), look at some results first.

    Numbers, punctuation and stop words stay. A new word is always a whole word of the vocabulary,
    letters only, another one than before, in the case of the one that it replaces. Outside
    mentions no name is put in, since it would be a mention without a label, and what looks like
    one stays (weekdays too). Names are told by their capital, so take a *cased* model for data with
    mentions; of uncased models only those with the vocabulary of English BERT will do, of which a
    list says what is no name. ``a`` and ``an`` before a new word are set right where the sentence
    is English. New words have no part of speech (-1 in ``pos_tags``).

    Sentences longer than the model's window are predicted piece by piece.

    Args:
        model: any masked language model (BERT, RoBERTa, XLM-R, ModernBERT, …): a folder made by
            ``save_pretrained``, a name on the model hub, or ``"offline"``, the small English one
            of :func:`textaug.offline.masked_lm`, for machines with no hub. Loaded on first use.
        p: how likely each word is to be chosen, 0..1. At least one is, if there is any.
        mode: ``"substitute"``, or ``"insert"``: put a new word before the chosen ones.
        mask: ``False`` leaves the chosen words visible while they are predicted, so that the new
            ones come closer in meaning (Li et al. 2020, "BERT-ATTACK"); then only words that are
            one piece to the model are chosen. ``"substitute"`` only.
        same_form: for English, draw only words that can be what the old one is (a plural noun, a
            verb in the past, …), by WordNet; where that does not know the old word, any. A large
            model seldom needs it. ``"substitute"`` only.
        top_k: from how many of the most likely words one is drawn, at least 1.
        top_p: only from the fewest of those that hold this share of their probability, 0..1
            (Holtzman et al. 2020); 1 keeps them all, 0 the best alone.
        temperature: above 1 evens out the probabilities, below 1 sharpens them; above 0.
        revision: branch, tag or commit of the model on the hub.
        dtype: the model's number format: ``"auto"`` (bfloat16 on a GPU that has it, else
            float32), ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one (with several, one for
            each worker of ``map(..., with_rank=True)``).
        batch_tokens: how many sub-word tokens, padding included, go through the model at once.
            Less needs less memory. When a GPU runs out of it, batches are halved.
        **settings: see :class:`~textaug.Augmenter`. With ``target="mentions"`` the mention keeps
            its label whatever the model puts there ("Paris" can become "March").

    Raises:
        ValueError: for an argument out of range, naming it; on first use, for a model that is no
            masked language model.
        OSError: on first use, if there is no such model, or no way to get it.

    On a CPU the output depends on nothing but the seed and the example. On a GPU, in bfloat16
    above all, a prediction's last bits can differ with the batch it is in, and so, now and then, a
    word with ``batch_tokens`` or the batch size of ``map``.

    >>> MaskedLMSubstitution("roberta-base", p=0.3, top_k=20, seed=1)
    MaskedLMSubstitution(model='roberta-base', p=0.3, top_k=20, seed=1)

    With a model at hand::

        augment = MaskedLMSubstitution("bert-base-cased")
        augment("Shares fell sharply on Friday.")  # 'Prices fell slightly on Friday.'
    """

    def __init__(
        self,
        model: str = "bert-base-cased",
        p: float = 0.15,
        mode: str = "substitute",
        mask: bool = True,
        same_form: bool = True,
        top_k: int = 50,
        top_p: float = 0.9,
        temperature: float = 1.0,
        revision: str | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = 4096,
        **settings: Unpack[Settings],
    ) -> None:
        self.model = str(model)
        self.p = check_probability("p", p)
        if mode not in MODES:
            raise ValueError(f"mode={mode!r}: must be one of {', '.join(MODES)}")
        if mode == "insert" and not mask:
            raise ValueError("mask=False: there is no word to leave visible with mode='insert'")
        if top_k < 1:
            raise ValueError(f"top_k={top_k}: must be at least 1")
        if temperature <= 0:
            raise ValueError(f"temperature={temperature}: must be above 0")
        if dtype not in models.DTYPES:
            raise ValueError(f"dtype={dtype!r}: must be one of {', '.join(models.DTYPES)}")
        if batch_tokens < 1:
            raise ValueError(f"batch_tokens={batch_tokens}: must be at least 1")
        self.mode = mode
        self.mask = mask
        self.same_form = same_form
        self.top_k = top_k
        self.top_p = check_probability("top_p", top_p)
        self.temperature = temperature
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        super().__init__(**settings)

    def propose(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Choose places, predict them all together, draw a word for each."""
        engine = _engine(self.model, self.revision, self.dtype, self.device, self.rank)
        pieces = engine.pieces({token for example in examples for token in example.tokens})
        windows: list[_Window] = []
        for number, (example, rng) in enumerate(zip(examples, rngs, strict=True)):
            gaps = self.choose(self._gaps(example, pieces, engine.common), self.p, rng)
            if gaps:
                windows += self._windows(number, example, gaps, pieces, engine)
        edits: list[list[Edit]] = [[] for _ in examples]
        english = [reads_as_english(example.tokens) for example in examples]
        predicted = engine.predict(windows, self.top_k, self.batch_tokens)
        for window, predictions in zip(windows, predicted, strict=True):
            number = window.example
            for (_, gap), best in zip(window.gaps, predictions, strict=True):
                candidates = best_candidates(best, self.top_k)
                if (
                    self.same_form
                    and self.mode == "substitute"
                    and (engine.english or english[number])
                ):
                    old = examples[number].tokens[gap.position]
                    candidates = _of_one_form(candidates, engine.words, old)
                if candidates:
                    token = draw(candidates, self.top_p, self.temperature, rngs[number])
                    edits[number] += self._edits(
                        examples[number], gap, engine.words[token], english[number]
                    )
        return edits

    def _gaps(
        self, example: Example, pieces: Mapping[str, tuple[int, ...]], common: Set[str]
    ) -> list[_Gap]:
        """The places of an example where a word could be predicted."""
        tokens = example.tokens
        inner = {i for span in example.spans for i in range(span.start + 1, span.end)}
        mentioned = inner | {span.start for span in example.spans}
        gaps = []
        for i in example.positions(self.target):
            token = tokens[i]
            if not _WORD.fullmatch(token) or not pieces[token]:
                continue
            capital = token[0].isupper()
            if self.mode == "insert":
                # Before a span's first token is outside it. Before a capital a sentence may begin.
                if i in inner or not (capital or self.target == "mentions"):
                    around = tuple(word.casefold() for word in tokens[max(i - 1, 0) : i + 1])
                    gaps.append(_Gap(i, _ANY if i in inner else _LOWER, around))
                continue
            if token.lower() in STOP_WORDS or not (self.mask or len(pieces[token]) == 1):
                continue
            if i in mentioned:
                allowed = _ANY
            elif not capital:
                allowed = _LOWER
            elif token.lower() in common:
                allowed = _CAPITAL
            else:  # a weekday, a name without a label: nothing that may be put there would suit
                continue
            gaps.append(_Gap(i, allowed, (token.casefold(),)))
        return gaps

    def _windows(
        self,
        number: int,
        example: Example,
        gaps: Sequence[_Gap],
        pieces: Mapping[str, tuple[int, ...]],
        engine: _Engine,
    ) -> list[_Window]:
        """An example as the model sees it; cut where it is too long, between words."""
        wanted = {gap.position: gap for gap in gaps}
        units: list[tuple[tuple[int, ...], _Gap | None]] = []
        for i, token in enumerate(example.tokens):
            gap = wanted.get(i)
            if gap is None:
                units.append((pieces[token], None))
            elif self.mode == "insert":
                units += [((engine.mask_id,), gap), (pieces[token], None)]
            else:
                units.append(((engine.mask_id,) if self.mask else pieces[token], gap))
        windows = []
        for stretch in stretches([len(ids) for ids, _ in units], engine.room):
            windows.append(_Window(number, [], []))
            for ids, gap in units[stretch]:
                if gap is not None:
                    windows[-1].gaps.append((len(windows[-1].ids), gap))
                windows[-1].ids.extend(ids)
        return [window for window in windows if window.gaps]

    def _edits(self, example: Example, gap: _Gap, word: str, english: bool) -> list[Edit]:
        i = gap.position
        if self.mode == "insert":
            edits = [Edit(i, i, (word,))]
        else:
            word = match_case(word, example.tokens[i])
            edits = [Edit(i, i + 1, (word,), origins=(None,))]  # its part of speech is not known
        if english and (article := article_edit(example, i, word)):
            edits.append(article)
        return edits


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


def _of_one_form(candidates: Candidates, words: Sequence[str], old: str) -> Candidates:
    """Those that can be what an English word is, a verb in the past for instance."""
    forms = grammatical_forms(old)
    if not forms:
        return candidates
    return [c for c in candidates if not forms.isdisjoint(grammatical_forms(words[c[1]]))]


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
class _Gap:
    """A place where a word is wanted."""

    position: int  # of the token to replace, or to insert a word before
    allowed: int  # _LOWER, _CAPITAL or _ANY
    unwanted: tuple[str, ...]  # case-folded


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of an example that fits into the model."""

    example: int
    ids: list[int]  # without the special tokens at both ends
    gaps: list[tuple[int, _Gap]]  # each with its place in `ids`


@cache
def _engine(
    name: str, revision: str | None, dtype: str, device: str | None, rank: int | None
) -> _Engine:
    model, tokenizer = models.load("AutoModelForMaskedLM", name, revision, dtype, device, rank)
    if tokenizer.mask_token_id is None:
        raise ValueError(
            f"the tokenizer of {name!r} has no mask token; pass a masked language model, such as "
            "'bert-base-cased', 'roberta-base' or 'xlm-roberta-base'"
        )
    return _Engine(model, tokenizer)


class _Engine:
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
        self.room = models.window(model, tokenizer) - len(around) + 1
        self._pieces: dict[str, tuple[int, ...]] = {}  # of the words that came up
        self.words = self._whole_words()
        self.ids: dict[str, list[int]] = {}
        for i, word in enumerate(self.words):
            if word:
                self.ids.setdefault(word.casefold(), []).append(i)
        self.small, self.common, self.english = self._by_case()
        self.barred = self._barred()

    def _encode(self, words: Sequence[str]) -> list[list[int]]:
        return models.encode_words(self.tokenizer, words)

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
            if _WORD.fullmatch(text) and text.lower() not in STOP_WORDS
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
        self, windows: Sequence[_Window], top_k: int, batch_tokens: int
    ) -> list[list[_Best]]:
        """For each window and each of its gaps the best words, for :func:`best_candidates`."""

        def best_of(batch: list[int]) -> list[list[_Best]]:
            return self._predict([windows[i] for i in batch], top_k)

        extra = len(self.before) + len(self.after)
        lengths = [len(window.ids) + extra for window in windows]
        return models.run_in_batches(best_of, lengths, batch_tokens)

    def _predict(self, windows: Sequence[_Window], top_k: int) -> list[list[_Best]]:
        import torch

        device = self.model.device
        rows = [[*self.before, *window.ids, *self.after] for window in windows]
        length = models.padded(max(map(len, rows)))
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

"""Replace or insert words that a masked language model predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from math import log
from random import Random
from typing import Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.validation import check_at_least_one, check_positive, check_probability
from textaug.language.articles import article_edit, word_edits
from textaug.language.casing import match_case
from textaug.language.english import is_not_english, reads_as_english, warn_once
from textaug.language.inflection import grammatical_forms
from textaug.language.substitutes import is_term
from textaug.language.word_lists import stop_words
from textaug.models.encoding import split_evenly
from textaug.models.loading import ModelSpec
from textaug.models.masked_lm import (
    ANY,
    CAPITAL,
    LOWER,
    WORD_CLASS,
    Candidates,
    Gap,
    MaskedLM,
    Window,
    best_candidates,
    draw,
    load_masked_lm,
)
from textaug.models.word_fit import load_word_fit

MODES = ("substitute", "insert")
LEAST_LOWER_CASE = 1 / 4  # share of words in lower case outside mentions; less is no sentence
NEAR = 8  # words on each side that are not written again


class MaskedLMSubstitution(Augmenter):
    """Replace words by others that a masked language model predicts for their position.

    All chosen words of a sentence are predicted in one forward pass, in which they stay visible (Li
    et al. 2020, "BERT-ATTACK") or are masked (Wu et al. 2019, "Conditional BERT Contextual
    Augmentation", without label embeddings); each new word is then sampled from the most likely
    ones, as in Kobayashi (2018), "Contextual Augmentation". It fits the sentence but often has
    another meaning: where a single word decides the label of a text (sentiment), use
    ``keep_meaning=True``.

    Numbers, punctuation and stop words stay; in English also parts of terms ("grand prix"); and
    what is outside mentions in tables and headlines, where less than a quarter of it is words in
    lower case, or as many numbers as these. A new word is a different whole word of the vocabulary,
    letters only, in the case of the old one, and no word that stands near it. Outside mentions no
    name is inserted (it would be a mention without a label), and words that look like names stay
    (weekdays too). Names are recognised by their capital, so use a *cased* model for data with
    mentions; of uncased models only those with the vocabulary of English BERT are supported, by a
    list of words that are not names. In English, ``a``/``an`` before a new word is corrected. New
    words have no part of speech (-1 in ``pos_tags``).

    Sentences longer than the model's window are predicted in several windows.

    Args:
        model: any masked language model (BERT, RoBERTa, XLM-R, ModernBERT, …): a folder made by
            ``save_pretrained``, a name on the model hub, or ``"offline"``, the small English one
            of :func:`textaug.offline.masked_lm`, for machines without a hub. Loaded on first use.
        p: probability of each word to be chosen, 0..1; at least one is.
        mode: ``"substitute"``, or ``"insert"``: insert a new word before each chosen one.
        mask: whether the model does not see the chosen words. It then writes more varied words,
            of which fewer fit. If ``False``, only words that are one sub-token are chosen, so
            names, and languages of which the vocabulary has few whole words, need ``True``.
            ``"substitute"`` only.
        keep_meaning: ``True``, for English: draw only words that people would accept in the place
            of the old one. The candidates are WordNet's synonyms and words of the model's
            vocabulary with similar embeddings, in the same form; no antonym, no other sort of the
            same thing ("cat" for "dog"). They are ranked as in
            :class:`~textaug.SynonymReplacement`, in one forward pass in which the words stay
            visible. Rows that are not English stay unchanged. ``"substitute"`` only.
        threshold: with ``keep_meaning``, the smallest probability, 0..1, that people accept the
            word. The default offers one for six in ten content words, of which people accept four
            in ten (``benchmarks/results/substitution``). It was fitted with ``"offline"``.
        same_form: for English, draw only words that can have the form of the old one (plural noun,
            past tense, …), by WordNet; any, if the old word is not in WordNet. A large model rarely
            needs it. ``"substitute"`` only.
        top_k: number of most likely words to sample from, at least 1.
        top_p: sample only from the smallest set with this share of their probability, 0..1
            (Holtzman et al. 2020); 1 keeps all, 0 only the best.
        temperature: above 1 flattens the probabilities, below 1 sharpens them; above 0.
        revision: branch, tag or commit of the model on the hub.
        dtype: the model's number format: ``"auto"`` (bfloat16 on a GPU that has it, else
            float32), ``"float32"``, ``"bfloat16"`` or ``"float16"``.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one (with several, one for
            each worker of ``map(..., with_rank=True)``).
        batch_tokens: sub-tokens per forward pass, padding included. If a GPU runs out of memory,
            batches are halved.
        **settings: see :class:`~textaug.Augmenter`. With ``target="mentions"`` the mention keeps
            its label whatever the model predicts ("Paris" can become "March").

    Raises:
        ValueError: for an argument out of range, naming it; on first use, if the model is not a
            masked language model.
        OSError: on first use, if the model cannot be loaded.

    On a CPU the output depends only on the seed and the example. On a GPU, above all in bfloat16,
    the last bits of a prediction depend on its batch, so a word may change with ``batch_tokens`` or
    the batch size of ``map``.

    >>> MaskedLMSubstitution("roberta-base", p=0.3, top_k=20, seed=1)
    MaskedLMSubstitution(model='roberta-base', p=0.3, top_k=20, seed=1)

    With a model::

        augment = MaskedLMSubstitution("bert-base-cased")
        augment("Shares fell sharply on Friday.")  # 'Prices fell slightly on Friday.'
    """

    def __init__(
        self,
        model: str = "bert-base-cased",
        p: float = 0.15,
        mode: str = "substitute",
        mask: bool = False,
        keep_meaning: bool = False,
        threshold: float = 0.18,
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
        if mode == "insert" and keep_meaning:
            raise ValueError(
                "keep_meaning=True: a new word has no meaning to keep with mode='insert'"
            )
        check_at_least_one(top_k=top_k)
        check_positive(temperature=temperature)
        self.spec = ModelSpec(self.model, revision, dtype, device, batch_tokens)
        self.mode = mode
        self.mask = mask
        self.keep_meaning = keep_meaning
        self.threshold = check_probability("threshold", threshold)
        self.same_form = same_form
        self.top_k = top_k
        self.top_p = check_probability("top_p", top_p)
        self.temperature = temperature
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        super().__init__(**settings)
        self.renames = self.target != "context"

    def propose(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Choose words, predict them in batches, and sample a word for each."""
        if self.keep_meaning:
            return self._near(examples, rngs)
        engine = load_masked_lm(self.spec, self.rank)
        pieces = engine.sub_tokens(token for example in examples for token in example.tokens)
        windows: list[Window] = []
        english = [reads_as_english(example.tokens) for example in examples]
        for number, (example, rng) in enumerate(zip(examples, rngs, strict=True)):
            places = self._places(example, pieces, engine.common, engine.english or english[number])
            gaps = [
                Gap(i, allowed, _words_near(example.tokens, i))
                for i, allowed in self.choose(places, self.p, rng)
            ]
            if gaps:
                windows += self._windows(number, example, gaps, pieces, engine)
        edits: list[list[Edit]] = [[] for _ in examples]
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
                new = {
                    edit.tokens[0].casefold()
                    for edit in edits[number]
                    if abs(edit.start - gap.position) <= NEAR
                }
                candidates = [c for c in candidates if engine.words[c[1]].casefold() not in new]
                if candidates:
                    token = draw(candidates, self.top_p, self.temperature, rngs[number])
                    edits[number] += self._edits(
                        examples[number], gap, engine.words[token], english[number]
                    )
        return edits

    def _near(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Choose words, and sample one of those that mean about the same for each."""
        positions = [self._english_positions(example) for example in examples]
        if not any(positions):  # then the model is not needed
            return [[] for _ in examples]
        fit = load_word_fit(self.spec, self.rank)
        ranked = fit.rank(examples, positions, self.threshold, self.batch_tokens, near=True)
        edits: list[list[Edit]] = [[] for _ in examples]
        for number, (found, rng) in enumerate(zip(ranked, rngs, strict=True)):
            able = []
            for i, substitutes in found.items():
                near = _words_near(examples[number].tokens, i)
                fitting = [s for s in substitutes if s[0].casefold() not in near]
                if fitting:
                    able.append((i, fitting))
            for i, substitutes in self.choose(able, self.p, rng):
                best = [(2 * log(p), k) for k, (_, p) in enumerate(substitutes[: self.top_k])]
                form = substitutes[draw(best, self.top_p, self.temperature, rng)][0]
                edits[number] += word_edits(examples[number], i, form)
        return edits

    def _english_positions(self, example: Example) -> list[int]:
        if is_not_english(example.tokens):
            warn_once("MaskedLMSubstitution(keep_meaning=True) is for English")
            return []
        positions = example.positions(self.target)
        mentioned = example.mentioned
        has_sentences = _has_sentences(example, mentioned)
        return [i for i in positions if has_sentences or i in mentioned]

    def _places(
        self,
        example: Example,
        pieces: Mapping[str, Sequence[int]],
        common: Set[str],
        english: bool,
    ) -> list[tuple[int, int]]:
        """The positions of an example at which a word can be predicted, and which may be."""
        tokens = example.tokens
        mentioned = example.mentioned
        inner = {i for span in example.spans for i in range(span.start + 1, span.end)}
        has_sentences = _has_sentences(example, mentioned)
        # What is inserted before the first token of a mention is context.
        in_mention = mentioned if self.mode == "substitute" else inner
        places = []
        lower = [token.lower() for token in tokens]
        for i in example.positions(self.target):
            token = tokens[i]
            if not WORD_CLASS.fullmatch(token) or not pieces[token]:
                continue
            if i not in in_mention and not has_sentences:
                continue
            capital = token[0].isupper()
            if self.mode == "insert":
                # A capital may begin a sentence.
                if i not in inner and (capital or self.target == "mentions"):
                    continue
                allowed = ANY if i in inner else LOWER
            elif lower[i] in stop_words() or not (self.mask or len(pieces[token]) == 1):
                continue
            elif i in mentioned:
                allowed = ANY
            elif not capital:
                allowed = LOWER
            elif lower[i] in common:
                allowed = CAPITAL
            else:  # a weekday or a name without a label
                continue
            if i in in_mention or not (english and _is_in_term(lower, i, self.mode)):
                places.append((i, allowed))
        return places

    def _windows(
        self,
        number: int,
        example: Example,
        gaps: Sequence[Gap],
        pieces: Mapping[str, Sequence[int]],
        engine: MaskedLM,
    ) -> list[Window]:
        """The example as input of the model; too long ones are cut between words."""
        wanted = {gap.position: gap for gap in gaps}
        units: list[tuple[Sequence[int], Gap | None]] = []
        for i, token in enumerate(example.tokens):
            gap = wanted.get(i)
            if gap is None:
                units.append((pieces[token], None))
            elif self.mode == "insert":
                units += [((engine.mask_id,), gap), (pieces[token], None)]
            else:
                units.append(((engine.mask_id,) if self.mask else pieces[token], gap))
        windows = []
        for stretch in split_evenly([len(ids) for ids, _ in units], engine.size):
            windows.append(Window(number, [], []))
            for ids, gap in units[stretch]:
                if gap is not None:
                    windows[-1].gaps.append((len(windows[-1].ids), gap))
                windows[-1].ids.extend(ids)
        return [window for window in windows if window.gaps]

    def _edits(self, example: Example, gap: Gap, word: str, english: bool) -> list[Edit]:
        i = gap.position
        if self.mode == "insert":
            edits = [Edit(i, i, (word,))]
        else:
            word = match_case(word, example.tokens[i])
            edits = [Edit(i, i + 1, (word,), origins=(None,))]  # its part of speech is not known
        if english and (article := article_edit(example, i, word)):
            edits.append(article)
        return edits


def _has_sentences(example: Example, mentioned: Set[int]) -> bool:
    """Whether the context is more than a headline in capitals, a score or a line of a table."""
    signs = [_look_of(token) for i, token in enumerate(example.tokens) if i not in mentioned]
    lower, others, numbers = (
        (sum(each) for each in zip(*signs, strict=True)) if signs else (0, 0, 0)
    )
    return lower > numbers and lower >= LEAST_LOWER_CASE * (lower + numbers + others)


@lru_cache(1 << 16)
def _look_of(token: str) -> tuple[bool, bool, bool]:
    """Whether the first letter of a token is in lower case, or a capital; whether it has digits."""
    letter = next((c for c in token if c.isalpha()), "")
    return letter != "" and not letter.isupper(), letter.isupper(), any(map(str.isdigit, token))


def _is_in_term(lower: Sequence[str], i: int, mode: str) -> bool:
    """Whether a new word at or before a position would break a term."""
    if i > 0 and is_term(lower[i - 1], lower[i]):
        return True
    return mode == "substitute" and i + 1 < len(lower) and is_term(lower[i], lower[i + 1])


def _words_near(tokens: Sequence[str], i: int) -> tuple[str, ...]:
    """A word and those near it, in singular and plural."""
    words = [token.casefold() for token in tokens[max(i - NEAR, 0) : i + NEAR + 1]]
    unlike = [word for word in words if WORD_CLASS.fullmatch(word) and word not in stop_words()]
    return (tokens[i].casefold(), *unlike, *(f"{word}s" for word in unlike),
            *(word[:-1] for word in unlike if word.endswith("s")))  # fmt: skip


def _of_one_form(candidates: Candidates, words: Sequence[str], old: str) -> Candidates:
    """The candidates that share a form with an English word, a verb in the past for instance."""
    forms = grammatical_forms(old)
    if not forms:
        return candidates
    return [c for c in candidates if not forms.isdisjoint(grammatical_forms(words[c[1]]))]

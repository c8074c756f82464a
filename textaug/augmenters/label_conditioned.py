"""Replace words of mentions, with a masked language model that knows the label."""

from __future__ import annotations

import copy
import logging
import os
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Edit, Example
from textaug.core.reading import read_examples
from textaug.core.validation import check_at_least_one, check_positive, check_probability
from textaug.language.articles import article_edit
from textaug.language.casing import match_case
from textaug.language.english import reads_as_english
from textaug.models.fine_tuning import fine_tune, trained_once
from textaug.models.loading import ModelSpec, load
from textaug.models.marked_lm import MARKED_WORD, MarkedLM, MarkedWord, load_marked_lm
from textaug.models.markers import add_markers, labels_of
from textaug.models.masked_lm import Gap, Window, best_candidates, draw

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")

# Which sub-tokens may be predicted at a position: a whole word, or the first or a later sub-token.
_WHOLE, _FIRST, _LATER = range(3)
SMALL_MODEL_RATE, USUAL_RATE = 2e-4, 5e-5  # learning rates: the smaller the model, the larger


class LabelConditionedMLM(Augmenter):
    """Replace words of mentions by others that a masked language model predicts for the label.

    MELM (Zhou et al. 2022, "MELM: Data Augmentation with Masked Entity Language Modeling for
    Low-Resource NER"): every word of a mention is enclosed in markers of its label; a masked
    language model is fine-tuned on the sample to predict masked mention words, and new words are
    sampled from its ``top_k`` best. So a new word fits label *and* sentence, and need not occur in
    the sample.

    A mention keeps its number of words, its case, and every word with a sign or digit; a new word
    has as many sub-tokens as the old one. Unlike in the paper, the sub-tokens of a mention are
    sampled from left to right, each given those before, because sub-tokens sampled at once rarely
    form a word. Made by :meth:`from_dataset`.

    Args:
        model: the folder of a model with label markers, as made by :meth:`from_dataset`.
        p: share of the mention words that are replaced (at least one per sentence if ``p > 0``).
        top_k: number of most likely sub-tokens to sample from, at least 1; default 5, as in the
            paper.
        temperature: above 1 flattens the probabilities, below 1 sharpens them; above 0.
        dtype: number format, see :class:`~textaug.MaskedLMSubstitution`.
        device: ``"cpu"``, ``"cuda:1"``, …; default: a GPU if there is one.
        batch_tokens: sub-tokens per forward pass.
        **settings: see :class:`~textaug.Augmenter`; ``target`` has no meaning here. Mentions of
            types that the model was not trained on stay.

    Raises:
        ValueError: for an argument out of range, naming it; on first use, if the model has no
            label markers.

    >>> LabelConditionedMLM("melm-2b7e", p=0.7, seed=1)
    LabelConditionedMLM(model='melm-2b7e', p=0.7, seed=1)

    With a data set::

        augment = LabelConditionedMLM.from_dataset(train, "offline")
        train.map(augment, batched=True)
    """

    spares_polarity = False

    def __init__(
        self,
        model: str | os.PathLike[str],
        p: float = 0.5,
        top_k: int = 5,
        temperature: float = 1.0,
        dtype: str = "auto",
        device: str | None = None,
        batch_tokens: int = 4096,
        **settings: Unpack[Settings],
    ) -> None:
        self.model = str(model)
        self.p = check_probability("p", p)
        check_at_least_one(top_k=top_k)
        check_positive(temperature=temperature)
        self.spec = ModelSpec(self.model, None, dtype, device, batch_tokens)
        self.top_k = top_k
        self.temperature = temperature
        self.dtype = dtype
        self.device = device
        self.batch_tokens = batch_tokens
        super().__init__(**settings)

    @classmethod
    def from_dataset(
        cls,
        dataset: Dataset | DatasetDict,
        model: str = "bert-base-cased",
        p: float = 0.5,
        epochs: float = 20,
        batch_size: int = 16,
        learning_rate: float | None = None,
        mask: float = 0.7,
        label_words: Mapping[str, str] | None = None,
        revision: str | None = None,
        device: str | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        split: str = "train",
        show_progress_bar: bool = True,
        **options: Any,
    ) -> LabelConditionedMLM:
        """Fine-tune a masked language model on the mentions of a data set.

        A model trained before on the same sentences with the same settings is taken from
        ``cache_dir``. On a machine with GPUs, train in a separate process before
        ``map(..., num_proc=...)``: workers cannot use a GPU that their parent has used.

        Args:
            dataset: the training data. Of a ``DatasetDict`` only ``split`` is read.
            model: any masked language model: a folder, a name on the model hub, or ``"offline"``.
            p: see :class:`LabelConditionedMLM`.
            epochs: passes over the sentences with mentions; default 20, as in the paper.
            batch_size: sentences per step.
            learning_rate: peak value; default: 5e-5, and 2e-4 for ``"offline"``.
            mask: share of the mention words that are masked in training, above 0; default 0.7, as
                in the paper.
            label_words: the meaning of a label, in words of the language of the data, for instance
                ``{"DIS": "disease"}``: the marker's embedding is initialised with the word's. The
                usual labels are known; for others the label itself is used.
            revision: branch, tag or commit of the model on the hub.
            device: of the training and of the result; default: a GPU if there is one.
            cache_dir: parent of the folder of weights; default: ``textaug`` in ``HF_HOME``.
            split: which split of a ``DatasetDict``.
            show_progress_bar: during training, unless ``datasets.disable_progress_bars()``.
            **options: of :class:`LabelConditionedMLM`; its ``seed`` is also that of the training.

        Raises:
            ValueError: if the data have no mention, or an argument is out of range.
            OSError: if the model cannot be loaded.
        """
        augmenter = cls(model, p, device=device, **options)  # raises before the training
        check_positive(epochs=epochs, batch_size=batch_size, mask=mask)
        check_probability("mask", mask)
        names = {key: value for key, value in options.items() if key in Settings.__annotations__}
        examples = read_examples(dataset, split, names)  # type: ignore[arg-type]
        labels_of(examples)  # raises if there is none
        examples = [example for example in examples if example.spans]
        if learning_rate is None:
            learning_rate = SMALL_MODEL_RATE if model == "offline" else USUAL_RATE
        made_from = {
            "model": model,
            "revision": revision,
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "mask": mask,
            "label_words": dict(label_words or {}),
            "seed": augmenter.seed,
        }

        title = f"Fine-tuning {model}" if show_progress_bar else None
        train = partial(_train, examples=examples, settings=made_from, device=device, title=title)
        folder = trained_once("melm", made_from, examples, cache_dir, train)
        return cls(folder, p, device=device, **options)

    def propose(
        self, examples: Sequence[Example], rngs: Sequence[Random]
    ) -> Sequence[Sequence[Edit]]:
        """Mask words of mentions, and predict their sub-tokens from left to right, in batches."""
        engine = load_marked_lm(self.spec, self.rank)
        rows = engine.rows(examples)
        # By row and mention: the positions to predict, from left to right.
        queues: dict[tuple[int, int], list[tuple[int, Gap]]] = {}
        # Where "a" may become "an": before the first word of a mention.
        english = [
            {span.start for span in e.spans} if reads_as_english(e.tokens) else () for e in examples
        ]
        by_example: list[list[tuple[int, MarkedWord]]] = [[] for _ in examples]
        for number, row in enumerate(rows):
            by_example[row.example] += [(number, word) for word in row.words]
        chosen = [
            (rows[number], word, queues.setdefault((number, word.mention), []))
            for n, words in enumerate(by_example)
            for number, word in self.choose(words, self.p, rngs[n])
        ]
        for row, word, queue in chosen:
            unwanted = (examples[row.example].tokens[word.position].casefold(),)
            for at in range(word.start, word.end):
                one = word.end - word.start == 1
                part = _WHOLE if one else _FIRST if at == word.start else _LATER
                queue.append((at, Gap(word.position, part, unwanted)))
                row.ids[at] = engine.mask_id
        while queues:
            windows: dict[int, Window] = {}
            for (number, _), queue in queues.items():
                row = rows[number]
                window = windows.setdefault(number, Window(row.example, row.ids, []))
                window.gaps.append(queue.pop(0))
            now = list(windows.values())
            predicted = engine.predict(now, self.top_k, self.batch_tokens)
            for window, predictions in zip(now, predicted, strict=True):
                for (at, _), best in zip(window.gaps, predictions, strict=True):
                    if candidates := best_candidates(best, self.top_k):
                        rng = rngs[window.example]
                        window.ids[at] = draw(candidates, 1.0, self.temperature, rng)
            queues = {key: queue for key, queue in queues.items() if queue}
        edits: list[list[Edit]] = [[] for _ in examples]
        for row, word, _ in chosen:
            n, i = row.example, word.position
            old = examples[n].tokens[i]
            new = "".join(engine.texts[id] for id in row.ids[word.start : word.end])
            if not MARKED_WORD.fullmatch(new) or new.casefold() == old.casefold():
                continue
            new = match_case(new, old)
            edits[n].append(Edit(i, i + 1, (new,), origins=(None,)))  # of unknown part of speech
            if i in english[n] and (article := article_edit(examples[n], i, new)):
                edits[n].append(article)
        return edits


def _train(
    folder: Path,
    examples: Sequence[Example],
    settings: Mapping[str, Any],
    device: str | None,
    title: str | None,
) -> None:
    """Fine-tune the model that the settings name, and save it in the folder."""
    spec = ModelSpec(settings["model"], settings["revision"], "float32", device)
    fresh, tokenizer = copy.deepcopy(load("AutoModelForMaskedLM", spec))  # it is shared
    add_markers(fresh, tokenizer, labels_of(examples), settings["label_words"])
    engine = MarkedLM(fresh, tokenizer)
    rows = [row for row in engine.rows(examples) if row.words]
    words = [token for example in examples for token in example.tokens]
    known = engine.sub_tokens(words)
    if cut := sum(not 0 < len(known[word]) <= engine.longest_word for word in words):
        logger.warning(
            "LabelConditionedMLM: %s words are left out of the training: the model takes words of "
            "1 to %s sub-tokens",
            f"{cut:,}",
            engine.longest_word,
        )
    if not rows:
        raise ValueError("no mention has a word of letters only: nothing to learn from")
    rng = Random(settings["seed"])
    fine_tune(
        fresh,
        rows,
        [len(row.ids) for row in rows],
        lambda _, batch: engine.loss(batch, settings["mask"], rng),
        steps=max(1, round(settings["epochs"] * len(rows) / settings["batch_size"])),
        batch_size=settings["batch_size"],
        learning_rate=settings["learning_rate"],
        seed=settings["seed"],
        show_progress=title,
    )
    fresh.save_pretrained(folder)
    tokenizer.save_pretrained(folder)

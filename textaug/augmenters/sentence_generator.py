"""New labelled sentences from a language model trained on the training set."""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from textaug.core import tag_schemes
from textaug.core.augmenter import Augmenter
from textaug.core.columns import Settings
from textaug.core.example import Example
from textaug.core.reading import batches_of, read_examples
from textaug.core.validation import check_at_least_one, check_positive
from textaug.models import encoding
from textaug.models.constrained_decoding import LabelledTextWriter, end_ids
from textaug.models.fine_tuning import copy_to_train, fine_tune_and_save, trained_once
from textaug.models.markers import add_markers, labels_of, marks

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")


FACTS = "generator.json"  # in the folder of weights: columns, labels, hashes of the sentences
FROM_SCRATCH_RATE, USUAL_RATE = 1e-3, 5e-5  # learning rates
FROM_SCRATCH_EPOCHS, USUAL_EPOCHS = 30, 10
# The model that is trained from scratch.
SMALL_GPT2: dict[str, Any] = {"n_layer": 2, "n_head": 4, "n_embd": 256}
SMALL_GPT2 |= {"resid_pdrop": 0.2, "embd_pdrop": 0.2, "attn_pdrop": 0.2}


class SentenceGenerator:
    """Generates new labelled sentences (DAGA: Ding et al. 2020).

    "DAGA: Data Augmentation with a Generation Approach for Low-resource Tagging Tasks": sentences
    are linearised with the label of each mention word before it (``<B-PER> Ann <I-PER> Lee
    sleeps``), a language model is trained on them, and its samples are read back as words and tags.
    Decoding is constrained: at each step only sub-tokens that keep the sentence well formed are
    allowed, so every label has a word and every mention a start.

    It makes new rows and does not change rows, so it is not an :class:`~textaug.Augmenter`. Unlike
    all augmenters, it leaves the labels to the model: inspect some, and consider a filter. Made by
    :meth:`fit`.

    Args:
        model: the folder of a model, as made by :meth:`fit`.
        temperature: above 1 flattens the probabilities, below 1 sharpens them; above 0.
        top_k: number of most likely sub-tokens to sample from, at least 1.
        device: where the model runs; default: a GPU if there is one.

    Attributes:
        counts: how many sentences were made, or left out and why, since this object was made.

    Raises:
        ValueError: for an argument out of range, naming it; for a folder not made by :meth:`fit`.

    With a data set::

        generator = SentenceGenerator.fit(train)
        more = concatenate_datasets([generator.generate(1000), train])
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        temperature: float = 1.0,
        top_k: int = 50,
        device: str | None = None,
    ) -> None:
        check_positive(temperature=temperature)
        check_at_least_one(top_k=top_k)
        self.model = str(model)
        self.temperature = temperature
        self.top_k = top_k
        self.device = device
        self.counts: Counter[str] = Counter()
        facts = Path(model) / FACTS
        if not facts.is_file():
            raise ValueError(
                f"{self.model!r} is not a folder made by SentenceGenerator.fit; call it with the "
                "training data"
            )
        self._facts: dict[str, Any] = json.loads(facts.read_text())

    def __repr__(self) -> str:
        return (
            f"SentenceGenerator({self.model!r}, temperature={self.temperature}, top_k={self.top_k})"
        )

    @classmethod
    def fit(
        cls,
        dataset: Dataset | DatasetDict,
        model: str | None = None,
        epochs: float | None = None,
        batch_size: int = 16,
        learning_rate: float | None = None,
        label_words: Mapping[str, str] | None = None,
        revision: str | None = None,
        temperature: float = 1.0,
        top_k: int = 50,
        device: str | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        split: str = "train",
        show_progress_bar: bool = True,
        **settings: Unpack[Settings],
    ) -> SentenceGenerator:
        """Train a language model on the labelled sentences of a data set.

        A model trained before on the same sentences with the same settings is taken from
        ``cache_dir``. The folder holds the weights, label names and a hash of each sentence.

        Args:
            dataset: the training data. Of a ``DatasetDict`` only ``split`` is read.
            model: any causal language model, a folder or a name on the model hub. Default: a small
                GPT-2 of two layers with the vocabulary of the sample, trained from scratch (the
                paper trains an LSTM from scratch).
            epochs: passes over the sentences; default 30, and 10 for a pretrained model. More
                epochs give better sentences, and more copies of the training data.
            batch_size: sentences per step.
            learning_rate: peak value; default: 1e-3, and 5e-5 for a pretrained model.
            label_words: see :meth:`textaug.LabelConditionedMLM.from_dataset`.
            revision: branch, tag or commit of the model on the hub.
            temperature: see :class:`SentenceGenerator`, as for the next one.
            top_k: number of sub-tokens to sample from.
            device: of the training and of the result.
            cache_dir: parent of the folder of weights; default: ``textaug`` in ``HF_HOME``.
            split: which split of a ``DatasetDict``.
            show_progress_bar: during training, unless ``datasets.disable_progress_bars()``.
            **settings: ``seed`` (of the training), ``tokens_column``, ``tags_column``,
                ``label_names`` and ``scheme``, as for every :class:`~textaug.Augmenter`.

        Raises:
            ValueError: if the data have no mention, or an argument is out of range.
            OSError: if the model cannot be loaded.
        """
        seed = settings.get("seed", 0)
        if epochs is None:
            epochs = USUAL_EPOCHS if model else FROM_SCRATCH_EPOCHS
        if learning_rate is None:
            learning_rate = USUAL_RATE if model else FROM_SCRATCH_RATE
        check_positive(epochs=epochs, batch_size=batch_size)
        examples = [e for e in read_examples(dataset, split, settings) if e.tokens]
        labels_of(examples)  # raises if there is none
        facts = tagged_columns(
            dataset[split] if isinstance(dataset, Mapping) else dataset, settings
        )
        made_from = {
            "model": model,
            "revision": revision,
            "epochs": epochs,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "label_words": dict(label_words or {}),
            "seed": seed,
            "facts": facts,
        }

        title = f"Training {model or 'a small GPT-2'}" if show_progress_bar else None
        train = partial(_train, examples=examples, settings=made_from, device=device, title=title)
        folder = trained_once("daga", made_from, examples, cache_dir, train)
        return cls(folder, temperature, top_k, device)

    def generate(
        self,
        n: int,
        seed: int = 0,
        batch_size: int = 64,
        tries: int = 5,
        show_progress_bar: bool = True,
    ) -> Dataset:
        """Generate ``n`` new labelled sentences.

        Copies of training sentences and of earlier ones, and sentences longer than the longest one
        in training, are left out and counted in :attr:`counts`.

        Args:
            n: number of sentences.
            seed: same seed, same sentences, in the same order, whatever ``n`` and ``batch_size``.
            batch_size: sentences generated at a time.
            tries: at most ``tries * n`` are generated; if too many are left out, fewer than ``n``
                are returned, with a warning.
            show_progress_bar: during generation.

        Returns:
            A data set with two columns, words and tags, with the names, types and tag scheme of the
            training data. Other columns are absent; ``concatenate_datasets`` fills them with
            ``None``.
        """
        from datasets import Dataset, Features
        from datasets.utils import tqdm

        facts, names = self._facts, self._facts["label_names"]
        seen = set(facts["known"])
        rows: dict[str, list[Any]] = {facts["tokens_column"]: [], facts["tags_column"]: []}
        words, labels = rows.values()
        with tqdm(total=n, desc="Generating", disable=not show_progress_bar) as progress:
            for example in self._examples(n * tries, seed, batch_size):
                if len(words) == n:
                    break
                if example is None:
                    self.counts["left out: has no end"] += 1
                    continue
                tags = tag_schemes.from_spans(example.spans, len(example.tokens), facts["scheme"])
                digest = digest_of(example.tokens)
                if digest in seen:
                    copied = digest in facts["known"]
                    what = "a training sentence" if copied else "an earlier one"
                    self.counts[f"left out: same as {what}"] += 1
                elif names and not set(tags) <= set(names):
                    self.counts["left out: tags not among the label names"] += 1
                else:
                    self.counts["made"] += 1
                    words.append(list(example.tokens))
                    labels.append([names.index(tag) for tag in tags] if facts["integers"] else tags)
                    progress.update()
                seen.add(digest)
        if len(words) < n:
            logger.warning(
                "SentenceGenerator: %s of %s sentences made in %s tries (%s)",
                len(words), n, n * tries, dict(self.counts),
            )  # fmt: skip
        return Dataset.from_dict(rows, features=Features.from_dict(facts["features"]))

    def _examples(self, most: int, seed: int, batch_size: int) -> Iterator[Example | None]:
        """Sentences in the order of their numbers; ``None`` for one without an end."""
        writer = LabelledTextWriter(self.model, self._facts["labels"], self.device)
        for start in range(0, most, batch_size):
            numbers = range(start, min(start + batch_size, most))
            yield from writer.write(
                [f"{seed} {number}" for number in numbers],
                self._facts["longest"],
                self.temperature,
                self.top_k,
            )


def _train(
    folder: Path,
    examples: Sequence[Example],
    settings: Mapping[str, Any],
    device: str | None,
    title: str | None,
) -> None:
    """Train the model that the settings name, and save it in the folder with its facts."""
    if settings["model"] is None:
        fresh, tokenizer = _small_gpt2(examples, settings["seed"])
    else:
        fresh, tokenizer = copy_to_train(
            "AutoModelForCausalLM", settings["model"], settings["revision"], device
        )
    labels = labels_of(examples)
    add_markers(fresh, tokenizer, labels, settings["label_words"])
    window = getattr(fresh.config, "max_position_embeddings", None)
    whole = _linearised(examples, tokenizer)
    rows = [row[:window] for row in whole]
    if cut := sum(len(row) < len(full) for row, full in zip(rows, whole, strict=True)):
        logger.warning(
            "SentenceGenerator: %s of %s sentences are longer than the %s sub-tokens that the "
            "model takes, and their ends are not learned",
            f"{cut:,}",
            f"{len(rows):,}",
            window,
        )
    lengths = [len(row) for row in rows]
    fine_tune_and_save(folder, fresh, tokenizer, rows, lengths, _loss, settings, title)
    facts = settings["facts"] | {"labels": labels, "longest": max(lengths)}
    facts["known"] = sorted({digest_of(example.tokens) for example in examples})
    (folder / FACTS).write_text(json.dumps(facts, indent=1) + "\n")


def tagged_columns(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """Names and types of the columns of words and tags, label names and scheme."""
    from datasets import Features

    batch = next(batches_of(dataset, Augmenter(**settings).columns, len(dataset)))
    schema = batch.schema
    if schema.tokens is None or schema.tags is None:
        raise ValueError(
            f"no column holds tags (columns: {', '.join(batch.columns)}); pass tags_column="
        )
    names, rows = schema.names, batch.column(schema.tags)
    schemes: Counter[str] = Counter()
    for row in rows:
        scheme, spans, _ = tag_schemes.read(
            tuple(row), names or tuple(sorted({"O", *row})), schema.scheme
        )
        schemes[str(scheme)] += bool(spans)
    kept = {name: dataset.features[name] for name in (schema.tokens, schema.tags)}
    return {
        "tokens_column": schema.tokens,
        "tags_column": schema.tags,
        "label_names": names,
        "scheme": schemes.most_common(1)[0][0],
        "integers": any(isinstance(tag, int) for row in rows for tag in row),
        "features": Features(kept).to_dict(),
    }


def digest_of(tokens: Sequence[str]) -> str:
    """A hash of a sentence."""
    text = " ".join(tokens).encode(errors="surrogatepass")
    return blake2b(text, digest_size=8).hexdigest()


def _small_gpt2(examples: Sequence[Example], seed: int) -> tuple[Any, Any]:
    """A new GPT-2 and a tokenizer with the words of the sample as vocabulary."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    special = ["<pad>", "<s>", "</s>", "<unk>"]
    found = {token for example in examples for token in example.tokens}
    words = [*special, *sorted(found - set(special))]
    tokenizer = Tokenizer(WordLevel({word: i for i, word in enumerate(words)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = WhitespaceSplit()
    wrapped = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
    )
    # A marker for each word, and both ends.
    longest = 2 * max(len(example.tokens) for example in examples) + 2
    config = GPT2Config(
        vocab_size=len(words),
        n_positions=longest,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
        **SMALL_GPT2,
    )
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        model = GPT2LMHeadModel(config)
    return model, wrapped


def _linearised(examples: Sequence[Example], tokenizer: Any) -> list[list[int]]:
    """The token ids of each sentence: words, a marker before each word of a mention, both ends."""
    start, end = end_ids(tokenizer)
    words = sorted({token for example in examples for token in example.tokens})
    sub_tokens = dict(zip(words, encoding.encode_words(tokenizer, words), strict=True))
    ids_of = tokenizer.get_vocab()
    rows = []
    for example in examples:
        row = [start]
        for token, mark in zip(example.tokens, marks(example), strict=True):
            row += [ids_of[mark], *sub_tokens[token]] if mark else sub_tokens[token]
        rows.append([*row, end])
    return rows


def _loss(model: Any, rows: Sequence[list[int]]) -> Any:
    """The mean cross entropy of each sub-token given those before."""
    import torch

    length = max(map(len, rows))
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows], device=model.device)
    lengths = torch.tensor([len(row) for row in rows], device=model.device)
    seen = torch.arange(length, device=model.device) < lengths[:, None]
    logits = model(input_ids=ids, attention_mask=seen.long()).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits[seen[:, 1:]], ids[:, 1:][seen[:, 1:]])

"""New labelled sentences, written by a language model that has read the sample."""

from __future__ import annotations

import copy
import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from textaug import models
from textaug import tags as tag_schemes
from textaug.augmenter import Augmenter, Settings
from textaug.columns import Batch
from textaug.example import Example, Span
from textaug.fine_tuning import (
    add_markers,
    fine_tune,
    labels_of,
    marker,
    marks,
    piece_texts,
    trained_once,
)
from textaug.mentions import read_examples

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

logger = logging.getLogger("textaug")

FACTS = "generator.json"  # beside the weights: what else `generate` has to know
FROM_SCRATCH_RATE, USUAL_RATE = 1e-3, 5e-5  # learning rates
FROM_SCRATCH_EPOCHS, USUAL_EPOCHS = 30, 10
# Of the model that is trained from nothing on the sample.
SMALL_GPT2: dict[str, Any] = {"n_layer": 2, "n_head": 4, "n_embd": 256}
SMALL_GPT2 |= {"resid_pdrop": 0.2, "embd_pdrop": 0.2, "attn_pdrop": 0.2}
# A matrix product of fewer rows than this takes another path, whose last bits are others.
_FEWEST_ROWS = 8

# What may come next in a sentence; a row of a table for each, and one more for every label.
_AT_START, _AFTER_MARKER, _IN_CONTEXT, _IN_MENTION = range(4)


class SentenceGenerator:
    """Writes new labelled sentences (DAGA: Ding et al. 2020).

    "DAGA: Data Augmentation with a Generation Approach for Low-resource Tagging Tasks": sentences
    are written out with the label of each mention word before it (``<B-PER> Ann <I-PER> Lee
    sleeps``), a language model is trained on them, and what it then writes is read back as words
    and tags. Here it can write nothing else: at each step only those pieces are open to it that
    keep the sentence well formed, so that every label has its word and every mention its start.

    This gives new rows and does not change rows, so it is no :class:`~textaug.Augmenter`. Whether
    a word *deserves* its label is the model's judgement, other than with all augmenters here:
    read some, and consider a filter. Made by :meth:`fit`.

    Args:
        model: the folder of a model, as :meth:`fit` makes it.
        temperature: above 1 evens out the probabilities, below 1 sharpens them; above 0.
        top_k: from how many of the most likely pieces one is drawn, at least 1.
        device: where the model runs; default: a GPU if there is one.

    Attributes:
        counts: how many sentences were made, or left out and why, since this object was made.

    Raises:
        ValueError: for an argument out of range, naming it; for a folder that :meth:`fit` did not
            make.

    With a data set at hand::

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
        if temperature <= 0:
            raise ValueError(f"temperature={temperature}: must be above 0")
        if top_k < 1:
            raise ValueError(f"top_k={top_k}: must be at least 1")
        self.model = str(model)
        self.temperature = temperature
        self.top_k = top_k
        self.device = device
        self.counts: Counter[str] = Counter()
        facts = Path(model) / FACTS
        if not facts.is_file():
            raise ValueError(
                f"{self.model!r} is no folder that SentenceGenerator.fit made; call it with the "
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

        What has been trained once, on the same sentences and with the same settings, is taken from
        ``cache_dir``. The folder holds the weights, label names and a hash of each sentence.

        Args:
            dataset: the training data. Of a ``DatasetDict`` only ``split`` is read.
            model: any causal language model, a folder or a name on the model hub. Default: a small
                GPT-2 of two layers, trained from nothing (the paper trains an LSTM so), whose
                words are those of the sample.
            epochs: how often each sentence is seen; default 30, and 10 for a model that can write.
                With more it writes better sentences, and more that are copies.
            batch_size: sentences in a step.
            learning_rate: at its peak; default: 1e-3, and 5e-5 for a model that can write.
            label_words: see :meth:`textaug.LabelConditionedMLM.from_dataset`.
            revision: branch, tag or commit of the model on the hub.
            temperature: see :class:`SentenceGenerator`, as for the next two.
            top_k: from how many pieces one is drawn.
            device: where it is trained and runs.
            cache_dir: where the folder of weights is kept; default: ``textaug`` in ``HF_HOME``.
            split: which split of a ``DatasetDict``.
            show_progress_bar: while it trains, unless ``datasets`` shows none either
                (``datasets.disable_progress_bars()``).
            **settings: ``seed`` (of the training), ``tokens_column``, ``tags_column``,
                ``label_names`` and ``scheme``, as for every :class:`~textaug.Augmenter`.

        Raises:
            ValueError: if the data have no mention, or an argument is out of range.
            OSError: if there is no such model, or no way to get it.
        """
        seed = settings.get("seed", 0)
        if epochs is None:
            epochs = USUAL_EPOCHS if model else FROM_SCRATCH_EPOCHS
        if learning_rate is None:
            learning_rate = USUAL_RATE if model else FROM_SCRATCH_RATE
        for name, value in (("epochs", epochs), ("batch_size", batch_size)):
            if value <= 0:
                raise ValueError(f"{name}={value}: must be above 0")
        examples = [e for e in read_examples(dataset, split, settings) if e.tokens]
        labels = labels_of(examples)
        facts = _facts(dataset[split] if isinstance(dataset, Mapping) else dataset, settings)
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

        def train(folder: Path) -> None:
            if model is None:
                fresh, tokenizer = _small_gpt2(examples, seed)
            else:
                loaded = models.load("AutoModelForCausalLM", model, revision, "float32", device)
                fresh, tokenizer = copy.deepcopy(loaded)  # the loaded ones are shared
            add_markers(fresh, tokenizer, labels, label_words)
            room = getattr(fresh.config, "max_position_embeddings", None)
            rows = [row[:room] for row in _linearised(examples, tokenizer)]
            fine_tune(
                fresh,
                rows,
                [len(row) for row in rows],
                _loss,
                steps=max(1, round(epochs * len(rows) / batch_size)),
                batch_size=batch_size,
                learning_rate=learning_rate,
                seed=seed,
                show_progress=f"Training {model or 'a small GPT-2'}" if show_progress_bar else None,
            )
            fresh.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
            more = {"labels": labels, "longest": max(map(len, rows))}
            more["known"] = sorted({_digest(example.tokens) for example in examples})
            (folder / FACTS).write_text(json.dumps(facts | more, indent=1) + "\n")

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
        """Write ``n`` new labelled sentences.

        Copies of training sentences and of one another are left out, and counted in
        :attr:`counts`, and so is a sentence that comes to no end in the length of the longest it
        was trained on.

        Args:
            n: how many.
            seed: same seed, same sentences, in the same order, whatever ``n`` and ``batch_size``.
            batch_size: sentences written at a time.
            tries: at most this many times ``n`` are written; if too many of them have to be left
                out, fewer than ``n`` come back, with a warning.
            show_progress_bar: while it writes.

        Returns:
            A data set with two columns, words and tags, with names, types and tag scheme of the
            training data. What its other columns would have to say of a sentence that nobody wrote
            is not known, so they are absent; ``concatenate_datasets`` fills them with ``None``.
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
                    self.counts["left out: came to no end"] += 1
                    continue
                tags = tag_schemes.from_spans(example.spans, len(example.tokens), facts["scheme"])
                digest = _digest(example.tokens)
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
        """Sentences by their numbers; ``None`` for one without an end."""
        writer = _Writer(self.model, self._facts["labels"], self.device)
        for start in range(0, most, batch_size):
            numbers = range(start, min(start + batch_size, most))
            yield from writer.write(
                [f"{seed} {number}" for number in numbers],
                self._facts["longest"],
                self.temperature,
                self.top_k,
            )


def _facts(dataset: Dataset, settings: Settings) -> dict[str, Any]:
    """Names and types of the columns with words and tags, label names and scheme."""
    from datasets import Features

    features = dataset.features
    plain = [name for name, kind in features.items() if not hasattr(kind, "decode_example")]
    data = dataset.select_columns(plain).with_format(None)
    batch = Batch(data[:], Augmenter(**settings).columns, features)
    if batch.tokens_column is None or batch.tags_column is None:
        raise ValueError(f"no column holds tags (columns: {', '.join(plain)}); pass tags_column=")
    names, rows = batch.label_names, batch.column(batch.tags_column)
    schemes: Counter[str] = Counter()
    for row in rows:
        scheme, spans, _ = tag_schemes.read(tuple(row), names or tuple({"O", *row}), batch.scheme)
        schemes[scheme] += bool(spans)
    kept = {name: features[name] for name in (batch.tokens_column, batch.tags_column)}
    return {
        "tokens_column": batch.tokens_column,
        "tags_column": batch.tags_column,
        "label_names": names,
        "scheme": schemes.most_common(1)[0][0],
        "integers": any(isinstance(tag, int) for row in rows for tag in row),
        "features": Features(kept).to_dict(),
    }


def _digest(tokens: Sequence[str]) -> str:
    text = " ".join(tokens).encode(errors="surrogatepass")
    return blake2b(text, digest_size=8).hexdigest()


def _small_gpt2(examples: Sequence[Example], seed: int) -> tuple[Any, Any]:
    """A fresh GPT-2 and a tokenizer, to which every word of the sample is one piece."""
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
    # Each word, with a marker for each, and both ends.
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


def _ends(tokenizer: Any) -> tuple[int, int]:
    """The tokens before and after a sentence."""
    end = tokenizer.eos_token_id
    if end is None:
        end = tokenizer.sep_token_id
    start = tokenizer.bos_token_id
    if start is None:
        start = tokenizer.cls_token_id
    start = end if start is None else start
    if end is None:
        raise ValueError("the model's tokenizer has no token for the end of a text; pass another")
    return start, end


def _linearised(examples: Sequence[Example], tokenizer: Any) -> list[list[int]]:
    """Each sentence as token ids: every word, before a word of a mention its marker, both ends."""
    start, end = _ends(tokenizer)
    words = sorted({token for example in examples for token in example.tokens})
    pieces = dict(zip(words, models.encode_words(tokenizer, words), strict=True))
    ids_of = tokenizer.get_vocab()
    rows = []
    for example in examples:
        row = [start]
        for token, mark in zip(example.tokens, marks(example), strict=True):
            row += [ids_of[mark], *pieces[token]] if mark else pieces[token]
        rows.append([*row, end])
    return rows


def _loss(model: Any, rows: Sequence[list[int]]) -> Any:
    """How surprising each piece is to the model after those before it."""
    import torch

    length = max(map(len, rows))
    ids = torch.tensor([row + [0] * (length - len(row)) for row in rows], device=model.device)
    lengths = torch.tensor([len(row) for row in rows], device=model.device)
    seen = torch.arange(length, device=model.device) < lengths[:, None]
    logits = model(input_ids=ids, attention_mask=seen.long()).logits[:, :-1]
    return torch.nn.functional.cross_entropy(logits[seen[:, 1:]], ids[:, 1:][seen[:, 1:]])


class _Writer:
    """A causal language model that can write nothing but well-formed labelled sentences."""

    def __init__(self, folder: str, labels: Sequence[str], device: str | None) -> None:
        import torch

        self.model, self.tokenizer = models.load("AutoModelForCausalLM", folder, device=device)
        self.start, self.end = _ends(self.tokenizer)
        size = self.model.get_output_embeddings().weight.shape[0]
        self.texts, starts = piece_texts(self.tokenizer, size)
        ids = self.tokenizer.convert_tokens_to_ids
        firsts = [ids(marker(label, True)) for label in labels]
        rests = [ids(marker(label, False)) for label in labels]
        self.markers = {id: (label, True) for id, label in zip(firsts, labels, strict=True)}
        self.markers |= {id: (label, False) for id, label in zip(rests, labels, strict=True)}
        sound = torch.tensor([text != "" for text in self.texts])
        begins = torch.tensor(starts) & sound
        self.begins: list[bool] = begins.tolist()
        allowed = torch.zeros(_IN_MENTION + len(labels), size, dtype=torch.bool)
        allowed[:] = begins
        allowed[_IN_CONTEXT:] |= sound
        allowed[_IN_CONTEXT:, self.end] = True
        allowed[:, firsts] = True
        allowed[_AFTER_MARKER, firsts] = False
        for number, rest in enumerate(rests):
            allowed[_IN_MENTION + number, rest] = True
        # Where a row is after a piece: 0 leaves it where it is (inside a word), -1 - n says that
        # the word to come is in a mention of label n.
        moves = torch.where(begins, _IN_CONTEXT, 0)
        for number, pair in enumerate(zip(firsts, rests, strict=True)):
            moves[list(pair)] = -1 - number
        self.allowed = torch.where(allowed, 0.0, -torch.inf).to(self.model.device)
        self.moves = moves.to(self.model.device)

    def write(
        self, keys: Sequence[str], longest: int, temperature: float, top_k: int
    ) -> list[Example | None]:
        """A sentence for each key, drawn with random numbers that are that key's alone."""
        import torch
        from transformers import GenerationConfig, LogitsProcessorList, TopKLogitsWarper

        filled = [*keys, *[""] * (_FEWEST_ROWS - len(keys))]
        device = self.model.device
        with torch.inference_mode():
            ids = torch.full((len(filled), 1), self.start, device=device)
            written = self.model.generate(
                input_ids=ids,
                attention_mask=torch.ones_like(ids),
                logits_processor=LogitsProcessorList(
                    [
                        _WellFormed(self.allowed, self.moves),
                        TopKLogitsWarper(top_k),
                        _OwnDraws(filled, temperature),
                    ]
                ),
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    max_new_tokens=longest - 1,
                    do_sample=False,  # `_OwnDraws` does it
                    eos_token_id=self.end,
                    pad_token_id=self.end,
                ),
            )
        return [self._read(row[1:]) for row in written.tolist()[: len(keys)]]

    def _read(self, ids: Sequence[int]) -> Example | None:
        if self.end not in ids:
            return None
        words: list[str] = []
        spans: list[Span] = []
        for i in ids[: ids.index(self.end)]:
            if i in self.markers:
                label, first = self.markers[i]
                start = len(words) if first else spans.pop().start
                spans.append(Span(start, len(words) + 1, label))
            elif self.begins[i]:
                words.append(self.texts[i])
            else:
                words[-1] += self.texts[i]
        return Example(tuple(words), tuple(spans))


class _WellFormed:
    """A ``LogitsProcessor`` after which only those pieces are left that may come next."""

    def __init__(self, allowed: Any, moves: Any) -> None:
        self.allowed = allowed
        self.moves = moves
        self.state: Any = None  # for each row, which line of `allowed` holds
        self.coming: Any = None  # for each row that is after a marker, the state of the next word

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        import torch

        if self.state is None:
            self.state = torch.full_like(input_ids[:, 0], _AT_START)
            self.coming = torch.full_like(self.state, _IN_CONTEXT)
        else:
            move = self.moves[input_ids[:, -1]]
            marked, begun = move < 0, move == _IN_CONTEXT
            after = torch.where(begun, self.coming, self.state)
            self.state = torch.where(marked, _AFTER_MARKER, after)
            self.coming = torch.where(
                marked, _IN_MENTION - 1 - move, torch.where(begun, _IN_CONTEXT, self.coming)
            )
        return scores + self.allowed[self.state]


class _OwnDraws:
    """A ``LogitsProcessor`` that draws: the best of what it returns is a sample of what it got.

    By Gumbel's trick. Each row has a generator of its own, which ``generate`` itself would not
    give it: there, what a row gets depends on the others in its batch.
    """

    def __init__(self, keys: Sequence[str], temperature: float) -> None:
        import torch

        digests = [blake2b(key.encode(), digest_size=7).digest() for key in keys]
        self.rngs = [torch.Generator().manual_seed(int.from_bytes(d, "little")) for d in digests]
        self.temperature = temperature

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        import torch

        size = scores.shape[1]
        waits = torch.stack([torch.empty(size).exponential_(generator=rng) for rng in self.rngs])
        return scores.float() / self.temperature - waits.log().to(scores.device)

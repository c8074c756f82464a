"""Mentions as a token-classification model finds them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from textaug.core import tag_schemes
from textaug.core.example import Example, Span
from textaug.models import batching, loading
from textaug.models.batching import BATCH_TOKENS, Result
from textaug.models.encoding import Encoder


class Tagger(Encoder):
    """A model for token classification; a word's first sub-token bears its label.

    Args:
        model: an ``AutoModelForTokenClassification`` with names for its labels.
        tokenizer: its tokenizer.

    Attributes:
        labels: the names of its labels.
        types: the types of mentions among them.

    Raises:
        ValueError: if the names of its labels stand for no mentions.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        self.labels: list[str] = [name for _, name in sorted(model.config.id2label.items())]
        self.types = {span.label for name in self.labels for span in tag_schemes.to_spans([name])}
        if not self.types:
            raise ValueError(
                f"the labels of this tagger are {', '.join(self.labels)}, and none is one of a "
                "mention, such as 'B-PER'; save it with id2label=dict(enumerate(label_names))"
            )
        self.scheme = tag_schemes.family(tuple(self.labels))
        if self.scheme == "IOB":
            whole = set(tag_schemes.complete(self.labels)) <= set(self.labels)
            self.scheme = "IOB2" if whole else "IOB1"  # which seldom needs a "B-"
        self._ids = {name: i for i, name in enumerate(self.labels)}

    def check(self, examples: Sequence[Example]) -> None:
        """Raise a ValueError where an example has a type of mention that is unknown here."""
        for example in examples:
            for span in example.spans:
                if span.label not in self.types:
                    raise ValueError(
                        f"{example.text[:60]!r} has a mention of type {span.label!r}, and the "
                        f"tagger knows {', '.join(sorted(self.types))}; pass one that was trained "
                        "on the types of this data set"
                    )

    def spans(
        self, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS
    ) -> list[tuple[Span, ...] | None]:
        """The mentions found in each example; ``None`` for one longer than the model's window."""

        def read(example: Example, scores: Any, firsts: Sequence[int], fits: bool) -> Any:
            if not fits:
                return None
            found = ["O"] * len(example.tokens)
            for word, label in zip(firsts, scores.argmax(-1).tolist(), strict=True):
                found[word] = self.labels[label]
            return tag_schemes.to_spans(found)

        return self._run(examples, read, batch_tokens)

    def losses(self, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS) -> list[float]:
        """The mean cross entropy of each example's labels, over the words that fit; in nats.

        Labels of ``B-`` and ``I-`` are taken to be IOB2 where every type has both, else IOB1.
        """

        def read(example: Example, scores: Any, firsts: Sequence[int], fits: bool) -> float:
            tags = tag_schemes.from_spans(example.spans, len(example.tokens), self.scheme)
            wanted = [
                (at, self._ids[tag]) for at, w in enumerate(firsts) if (tag := tags[w]) in self._ids
            ]
            picked: list[float] = [scores[at, label].item() for at, label in wanted]
            return -sum(picked) / max(1, len(picked))

        return self._run(examples, read, batch_tokens)

    def _run(
        self,
        examples: Sequence[Example],
        read: Callable[[Example, Any, Sequence[int], bool], Result],
        batch_tokens: int,
    ) -> list[Result]:
        """Ask ``read`` about each example, with the log-probabilities of its words' labels."""
        import torch

        self.check(examples)
        encoded = self.encode(examples)

        @torch.inference_mode()
        def run(batch: list[int]) -> list[Result]:
            ids, mask = self.tensors([encoded[i][0] for i in batch])
            logits = self.model(input_ids=ids, attention_mask=mask).logits
            scores = logits.float().log_softmax(-1).cpu()
            results = []
            for row, i in enumerate(batch):
                _, owners, fits = encoded[i]
                places = {word: at for at, word in reversed(list(enumerate(owners))) if word >= 0}
                firsts = sorted(places)
                here = scores[row, [places[word] for word in firsts]]
                results.append(read(examples[i], here, firsts, fits))
            return results

        return batching.run_in_batches(run, [len(ids) for ids, _, _ in encoded], batch_tokens)


@cache
def load_tagger(
    name: str,
    revision: str | None = None,
    dtype: str = "auto",
    device: str | None = None,
    rank: int | None = None,
) -> Tagger:
    """The tagger of that name, loaded once; arguments and errors are those of ``loading.load``."""
    loaded = loading.load("AutoModelForTokenClassification", name, revision, dtype, device, rank)
    return Tagger(*loaded)


def predict(
    model: Any, tokenizer: Any, sentences: Sequence[list[str]], batch_tokens: int = 4096
) -> list[list[str]]:
    """A tag for every word, by a tagger; words beyond the model's longest input get ``O``.

    Args:
        model: for token classification, with ``id2label``.
        tokenizer: its tokenizer, a fast one.
        sentences: lists of words.
        batch_tokens: how many sub-word tokens, padding included, go through the model at once.
    """
    import torch

    names = model.config.id2label
    encoded = [tokenizer(words, is_split_into_words=True, truncation=True) for words in sentences]

    @torch.inference_mode()
    def tags_of(batch: list[int]) -> list[list[str]]:
        inputs = [{k: encoded[i][k] for k in ("input_ids", "attention_mask")} for i in batch]
        padded = tokenizer.pad(inputs, return_tensors="pt").to(model.device)
        best = model(**padded).logits.argmax(-1).tolist()
        found = []
        for i, row in zip(batch, best, strict=True):
            tags = ["O"] * len(sentences[i])
            # From the last to the first, so that a word's first piece has the say.
            for at, word in reversed(list(enumerate(encoded[i].word_ids()))):
                if word is not None:
                    tags[word] = names[row[at]]
            found.append(tags)
        return found

    return batching.run_in_batches(tags_of, [len(e["input_ids"]) for e in encoded], batch_tokens)

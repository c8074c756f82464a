"""Find mentions with a token-classification model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from textaug.core import tag_schemes
from textaug.core.example import Example, Span
from textaug.models.batching import BATCH_TOKENS, Result, run_in_batches
from textaug.models.encoding import Encoder
from textaug.models.loading import ModelSpec, load_as


class WordClassifier(Encoder):
    """A model for token classification; the first sub-token of a word predicts its label.

    Attributes:
        labels: the names of its labels, by id.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        self.labels: list[str] = [name for _, name in sorted(model.config.id2label.items())]

    def predict(
        self, examples: Sequence[Example], batch_tokens: int = BATCH_TOKENS
    ) -> list[list[str | None]]:
        """The likeliest label of each word; ``None`` for a word without sub-tokens."""

        def read(example: Example, scores: Any, words: Sequence[int]) -> list[str | None]:
            found: list[str | None] = [None] * len(example.tokens)
            for word, label in zip(words, scores.argmax(-1).tolist(), strict=True):
                found[word] = self.labels[label]
            return found

        return self.read_scores(examples, read, batch_tokens)

    def read_scores(
        self,
        examples: Sequence[Example],
        read: Callable[[Example, Any, Sequence[int]], Result],
        batch_tokens: int,
    ) -> list[Result]:
        """``read(example, log-probabilities (words × labels), indices of these words)`` of each."""
        import torch

        encoded = self.encode(examples)

        @torch.inference_mode()
        def run(batch: list[int]) -> list[tuple[list[int], Any]]:
            ids, mask = self.tensors([encoded[i].ids for i in batch])
            logits = self.model(input_ids=ids, attention_mask=mask).logits
            scores = logits.float().log_softmax(-1).cpu()
            results = []
            for row, i in enumerate(batch):
                owners = encoded[i].words
                first = {word: at for at, word in reversed(list(enumerate(owners))) if word >= 0}
                words = sorted(first)
                results.append((words, scores[row, [first[word] for word in words]]))
            return results

        parts: list[list[tuple[list[int], Any]]] = [[] for _ in examples]
        found = run_in_batches(run, [len(row.ids) for row in encoded], batch_tokens)
        for row, part in zip(encoded, found, strict=True):
            parts[row.example].append(part)
        return [
            read(
                example,
                torch.cat([scores for _, scores in some]),
                [word for words, _ in some for word in words],
            )
            for example, some in zip(examples, parts, strict=True)
        ]


class Tagger(WordClassifier):
    """A :class:`WordClassifier` whose labels are tags of mentions.

    Attributes:
        types: the types of mentions among its labels.

    Raises:
        ValueError: if none of its labels is a tag of a mention.
    """

    def __init__(self, model: Any, tokenizer: Any) -> None:
        super().__init__(model, tokenizer)
        self.types = {span.label for name in self.labels for span in tag_schemes.to_spans([name])}
        if not self.types:
            raise ValueError(
                f"the labels of this tagger are {', '.join(self.labels)}, and none is a tag of a "
                "mention, such as 'B-PER'; save it with id2label=dict(enumerate(label_names))"
            )
        tag_schemes.family(tuple(self.labels))  # raises for labels of which some are no tags

    def check(self, examples: Sequence[Example]) -> None:
        """Raise a ValueError if an example has a type of mention that the tagger does not know."""
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
    ) -> list[tuple[Span, ...]]:
        """The mentions found in each example."""
        self.check(examples)
        found = self.predict(examples, batch_tokens)
        return [tag_schemes.to_spans([tag or "O" for tag in tags]) for tags in found]


def load_tagger(model: ModelSpec | str, rank: int | None = None) -> Tagger:
    """The tagger of that name, loaded once; see ``loading.load`` for errors."""
    return load_as(Tagger, "AutoModelForTokenClassification", model, rank)


def predict(
    model: Any, tokenizer: Any, sentences: Sequence[Sequence[str]], batch_tokens: int = BATCH_TOKENS
) -> list[list[str]]:
    """The likeliest label of every word; sentences longer than the model's window are split.

    See :meth:`~textaug.models.encoding.Encoder.encode`. A word without sub-tokens (a control
    character, for instance) gets ``O``.

    ``batch_tokens`` is the number of sub-tokens per forward pass, padding included.
    """
    classifier = WordClassifier(model, tokenizer)
    examples = [Example(tuple(words)) for words in sentences]
    found = classifier.predict(examples, batch_tokens)
    return [[label or "O" for label in labels] for labels in found]

"""A tagger in seconds: a small network over the words of an encoder that stays as it is.

Fine-tuning the encoder takes many times as long. This is for where many taggers are needed, one for
each fold. The network also sees the shape of the words, which an uncased encoder does not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textaug.core import tag_schemes
from textaug.core.columns import IGNORED
from textaug.core.example import Example
from textaug.models.batching import run_in_batches
from textaug.models.encoding import Encoder
from textaug.models.fine_tuning import fine_tune, own_randomness
from textaug.models.loading import ModelSpec, load_as

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Scores = NDArray[np.float32]  # words × labels
    Vectors = NDArray[np.float16]  # words × what is known of each

WIDTH = 128  # of the network
AROUND = 2  # words on each side whose shapes it sees
DROPPED = 0.3  # of its inputs, in training
BATCH_SIZE = 32
LEARNING_RATE = 2e-3
STEPS_LEAST = 300
EPOCHS_LEAST = 5
MEASURED = 10_000  # examples whose vectors give the mean; more take gigabytes
_INNER_CAPITAL = re.compile(r"[a-z].*[A-Z]")


def word_vectors(examples: Sequence[Example], model: ModelSpec) -> list[Vectors]:
    """What the network sees of each word: the encoder's vectors, and the shapes around it.

    The vectors of the first and the last sub-token, out of three layers. They do not depend on the
    labels, so they are made once for all taggers.
    """
    import numpy as np
    import torch

    encoder = load_as(Encoder, "AutoModel", model)
    encoded = encoder.encode(examples)
    depth = encoder.model.config.num_hidden_layers
    layers = sorted({max(1, depth // 3), max(1, 2 * depth // 3), depth})
    found: list[list[Any]] = [[None] * len(example.tokens) for example in examples]

    @torch.inference_mode()
    def run(batch: list[int]) -> list[Any]:
        ids, mask = encoder.tensors([encoded[i].ids for i in batch])
        states = encoder.model(
            input_ids=ids, attention_mask=mask, output_hidden_states=True
        ).hidden_states
        hidden = torch.cat([states[layer] for layer in layers], -1).half().cpu().numpy()
        return [hidden[row, : len(encoded[i].ids)] for row, i in enumerate(batch)]

    width = 0
    made = run_in_batches(run, [len(row.ids) for row in encoded], model.batch_tokens)
    for row, hidden in zip(encoded, made, strict=True):
        width = 2 * hidden.shape[1]
        places: dict[int, list[int]] = {}
        for at, word in enumerate(row.words):
            places.setdefault(word, []).append(at)
        for word, some in places.items():
            if word >= 0:
                found[row.example][word] = np.concatenate([hidden[some[0]], hidden[some[-1]]])
    empty = np.zeros(width, np.float16)  # of a word without sub-tokens
    return [
        np.concatenate(
            [np.stack([empty if v is None else v for v in vectors]), _shapes(example)], 1
        )
        if vectors
        else np.zeros((0, width + len(_shape("a")) * (2 * AROUND + 1)), np.float16)
        for example, vectors in zip(examples, found, strict=True)
    ]


def _shape(word: str) -> list[bool]:
    return [
        word.islower(),
        word.istitle(),
        word.isupper(),
        len(word) == 1,
        any(character.isdigit() for character in word),
        word.isdigit(),
        "-" in word,
        "." in word,
        not any(character.isalnum() for character in word),
        word[:1].isupper(),
        bool(_INNER_CAPITAL.match(word)),
    ]


def _shapes(example: Example) -> Vectors:
    import numpy as np

    own = np.array([_shape(word) for word in example.tokens], np.float16)
    around = np.pad(own, ((AROUND, AROUND), (0, 0)))
    return np.concatenate([around[i : i + len(own)] for i in range(2 * AROUND + 1)], 1)


def label_numbers(examples: Sequence[Example], labels: Sequence[str]) -> list[list[int]]:
    """The number of each word's IOB2 label."""
    number = {label: i for i, label in enumerate(labels)}
    return [
        [number[tag] for tag in tag_schemes.from_spans(each.spans, len(each.tokens), "IOB2")]
        for each in examples
    ]


def _mean_and_spread(vectors: Sequence[Vectors]) -> tuple[Any, Any]:
    import numpy as np

    together = np.concatenate(vectors).astype(np.float32)
    return together.mean(0), together.std(0) + 1e-3


class WordHead:
    """A tagger over :func:`word_vectors`.

    Args:
        vectors: of the training examples.
        targets: the label of each word, as a number; ``IGNORED`` where it is not known.
        labels: how many there are.
        seed: of the training.
        device: where it is trained.
        steps: of the training; default: five epochs, and at least 300.
        show_progress: the label of the progress bar; ``None`` shows none.
    """

    def __init__(
        self,
        vectors: Sequence[Vectors],
        targets: Sequence[Sequence[int]],
        labels: int,
        *,
        seed: int = 0,
        device: str = "cpu",
        steps: int | None = None,
        show_progress: str | None = None,
    ) -> None:
        import torch

        pairs = zip(vectors, targets, strict=True)
        known = [(each, own) for each, own in pairs if len(own) and set(own) != {IGNORED}]
        self._mean, self._spread = _mean_and_spread([each for each, _ in known[:MEASURED]])
        self._labels = labels
        self._place = torch.device(device)
        with own_randomness(seed, self._place):
            self._network = _network(len(self._mean), labels).to(self._place)
        epoch = -(-len(known) // BATCH_SIZE)

        def loss(network: Any, batch: list[Any]) -> Any:
            inputs, targets = self._padded([each for each, _ in batch], [tags for _, tags in batch])
            scores = network(inputs).flatten(0, 1)
            return torch.nn.functional.cross_entropy(
                scores, targets.flatten(), ignore_index=IGNORED
            )

        fine_tune(
            self._network,
            known,
            [len(tags) for _, tags in known],
            loss,
            steps=steps or max(STEPS_LEAST, EPOCHS_LEAST * epoch),
            batch_size=min(BATCH_SIZE, len(known)),
            learning_rate=LEARNING_RATE,
            seed=seed,
            show_progress=show_progress,
        )

    def probabilities(self, vectors: Sequence[Vectors]) -> list[Scores]:
        """Words × labels of each example."""
        import numpy as np
        import torch

        found = []
        with torch.inference_mode():
            for each in vectors:
                if not len(each):
                    found.append(np.zeros((0, self._labels), np.float32))
                    continue
                inputs, _ = self._padded([each], [[0] * len(each)])
                found.append(self._network(inputs)[0].softmax(-1).cpu().numpy())
        return found

    def _padded(self, vectors: Sequence[Vectors], tags: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        import numpy as np
        import torch

        length = max(map(len, vectors))
        inputs = np.zeros((len(vectors), length, vectors[0].shape[1]), np.float32)
        targets = np.full((len(vectors), length), IGNORED)
        for row, (each, own) in enumerate(zip(vectors, tags, strict=True)):
            inputs[row, : len(each)] = (each - self._mean) / self._spread
            targets[row, : len(own)] = own
        return torch.from_numpy(inputs).to(self._place), torch.from_numpy(targets).to(self._place)


def _network(inputs: int, labels: int) -> Any:
    """Two layers, the second over three words."""
    import torch
    from torch import nn

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Linear(inputs, 2 * WIDTH)
            self.around = nn.Conv1d(2 * WIDTH, 2 * WIDTH, 3, padding=1)
            self.labels = nn.Linear(2 * WIDTH, labels)
            self.drop = nn.Dropout(DROPPED)

        @property
        def device(self) -> Any:
            return self.labels.weight.device

        def forward(self, words: Any) -> Any:
            hidden = self.drop(torch.relu(self.words(self.drop(words))))
            hidden = torch.relu(self.around(hidden.transpose(1, 2)).transpose(1, 2))
            return self.labels(self.drop(hidden))

    return Network()

"""Labels as markers in text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textaug.core.example import Example
from textaug.models.fine_tuning import own_randomness

# The meaning of common labels; other labels are used as words themselves.
LABEL_WORDS = {
    "per": "person",
    "org": "organization",
    "loc": "location",
    "misc": "other",
    "gpe": "country",
    "norp": "nationality",
    "fac": "building",
    "geo": "place",
}


def marker(label: str, first: bool) -> str:
    """The token for a label, before the first word of a mention or before another one.

    >>> marker("PER", first=True), marker("PER", first=False)
    ('<B-PER>', '<I-PER>')
    """
    return f"<{'B' if first else 'I'}-{label}>"


def labels_of(examples: Sequence[Example]) -> list[str]:
    """The types of all mentions, sorted.

    Raises:
        ValueError: if there is no mention.
    """
    labels = sorted({span.label for example in examples for span in example.spans})
    if not labels:
        raise ValueError(
            f"there is no mention in the {len(examples)} sentences: nothing to learn from; pass "
            "labelled ones, or name their column with tags_column="
        )
    return labels


def marks(example: Example) -> list[str]:
    """For each token its marker, or ``""`` outside mentions."""
    found = [""] * len(example.tokens)
    for span in example.spans:
        found[span.start : span.end] = [
            marker(span.label, i == span.start) for i in range(span.start, span.end)
        ]
    return found


def add_markers(
    model: Any, tokenizer: Any, labels: Sequence[str], label_words: Mapping[str, str] | None = None
) -> None:
    """Give a model and its tokenizer a special token for each :func:`marker`.

    Its embedding starts as that of the label's word (Zhou et al. 2022): from ``label_words``, else
    from :data:`LABEL_WORDS`, else the label itself.
    """
    import torch

    tokens = {label: [marker(label, True), marker(label, False)] for label in labels}
    tokenizer.add_tokens([token for pair in tokens.values() for token in pair], special_tokens=True)
    if len(tokenizer) > model.get_input_embeddings().num_embeddings:
        with own_randomness(0, model.device):  # for output embeddings that are not tied to these
            model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    embeddings = model.get_input_embeddings().weight
    with torch.no_grad():
        for label, pair in tokens.items():
            word = LABEL_WORDS.get(label.lower(), label.lower())
            word = (label_words or {}).get(label, word).replace("_", " ").replace("-", " ")
            meaning = tokenizer(word, add_special_tokens=False)["input_ids"]
            embeddings[tokenizer.convert_tokens_to_ids(pair)] = embeddings[meaning].mean(0)


def vocabulary_texts(tokenizer: Any, size: int) -> tuple[list[str], list[bool]]:
    """The text that each entry of a vocabulary adds, and whether a new word begins with it.

    Each entry is decoded after another word, which works however a tokenizer marks sub-tokens
    (``##``, ``Ġ``, ``▁``).

    The text is ``""`` for special tokens and for entries that cannot be part of a word, such as
    white space or an incomplete character.
    """
    before = tokenizer(" a", add_special_tokens=False)["input_ids"]
    ids = range(min(size, len(tokenizer)))
    decoded = tokenizer.batch_decode(
        [before, *([*before, i] for i in ids)], clean_up_tokenization_spaces=False
    )
    special = set(tokenizer.added_tokens_decoder) | set(tokenizer.all_special_ids)
    texts, starts = [""] * size, [False] * size
    for i, text in zip(ids, decoded[1:], strict=True):
        added = text[len(decoded[0]) :]
        valid = added.split() == [added.strip()] and added.strip().isprintable()
        if i not in special and valid and "\ufffd" not in added:
            texts[i], starts[i] = added.strip(), added[0].isspace()
    return texts, starts

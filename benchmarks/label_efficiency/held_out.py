"""Split a training file, to choose settings without the test file.

    python -m benchmarks.label_efficiency.held_out FILE --rows 800 --out FOLDER [--phrases]

Writes ``NAME.train.conll`` and ``NAME.test.conll`` (IOB2): random sentences are held out.
``--phrases`` cuts each sentence to a few words around one of its mentions, which reads like the
captions and list items of encyclopaedias.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from random import Random
from typing import Any

from datasets import Dataset

from recipes.ner.data import load_data


def main() -> None:
    """Read the options and split."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("file", type=Path)
    parser.add_argument("--rows", type=int, default=800, help="sentences held out")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--phrases", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    stem = options.file.name.removesuffix(".conll").partition(".train")[0]
    name = stem + ("_phrases" if options.phrases else "")
    train, test = (options.out / f"{name}.{part}.conll" for part in ("train", "test"))
    split(options.file, options.rows, train, test, options.phrases)


def split(file: Path, rows: int, train: Path, test: Path, phrases: bool = False) -> None:
    """Write random sentences of a file to ``test``, the others to ``train``."""
    data: Dataset = load_data("", str(file), None, str(file))["train"]
    names = data.features["ner_tags"].feature.names
    sentences = [
        [(word, names[tag]) for word, tag in zip(row["tokens"], row["ner_tags"], strict=True)]
        for row in data.to_list()
    ]
    rng = Random(0)
    if phrases:
        sentences = [cut for sentence in sentences if (cut := phrase(sentence, rng))]
    rng.shuffle(sentences)
    write(sentences[:rows], test)
    write(sentences[rows:], train)


def phrase(sentence: list[tuple[str, str]], rng: Random) -> list[tuple[str, str]] | None:
    """A mention with up to three words on either side; no mention is cut."""
    starts = [i for i, (_, tag) in enumerate(sentence) if tag.startswith("B-")]
    if not starts:
        return None
    start = rng.choice(starts)
    end = start + 1
    while end < len(sentence) and sentence[end][1].startswith("I-"):
        end += 1
    first, last = max(0, start - rng.randint(0, 3)), min(len(sentence), end + rng.randint(0, 3))
    while sentence[first][1].startswith("I-"):
        first -= 1
    while last < len(sentence) and sentence[last][1].startswith("I-"):
        last += 1
    return sentence[first:last]


def write(sentences: list[Any], path: Path) -> None:
    """One word and its tag a line, sentences separated by blank lines."""
    blocks = ("".join(f"{word} {tag}\n" for word, tag in sentence) for sentence in sentences)
    path.write_text("\n".join(blocks))


if __name__ == "__main__":
    main()

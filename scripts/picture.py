"""Draw the picture of the README from the preview's own HTML: ``docs/images/preview.svg``.

    python scripts/picture.py        (needs the extra ``offline``)

The sentences are the first short ones of the built-in corpus that hold mentions of two types, one
for each augmenter, in the order of the file. Nothing else is chosen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from datasets import Dataset

from textaug import Augmenter, MaskedLMSubstitution, MentionReplacement, NoiseInjection
from textaug import SynonymReplacement as Synonyms
from textaug.core.markup import Pair
from textaug.core.preview import Preview
from textaug.corpora import builtin_corpus

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "preview.svg"
SEED = 13
SHORTEST, LONGEST = 10, 14  # words: each sentence fits on one line
WIDTH = 880
HEIGHT_OF_PAIR = 90
# An image has no page around it: its own background and colour, for light and for dark pages.
FRAME = """
.frame { color-scheme: light dark; font: 15px/1.6 system-ui, "Segoe UI", Helvetica, Arial,
  sans-serif; color: light-dark(#1b1f24, #e8eaed); background: light-dark(#ffffff, #1d2026);
  border: 1px solid light-dark(#d8dde3, #3a4049); border-radius: 10px; padding: 4px 18px;
  box-sizing: border-box; height: 100% }
"""


def short_rows() -> Dataset:
    """Short sentences of the built-in corpus with mentions of two types, in its order."""
    train = builtin_corpus()["train"]
    names = train.features["ner_tags"].feature.names

    def fits(row: dict[str, list[int]]) -> bool:
        types = {names[tag][2:] for tag in row["ner_tags"]} - {""}
        return SHORTEST <= len(row["tokens"]) <= LONGEST and len(types) > 1

    return train.filter(fits)


def pairs(augmenters: list[Augmenter], rows: Dataset) -> Preview:
    """For each augmenter the next sentence that it changes."""
    shown: list[Pair] = []
    for augmenter in augmenters:
        changed = augmenter.preview(rows, len(rows)).pairs
        seen = [pair.before.text for pair in shown]
        shown.append(next(pair for pair in changed if pair.before.text not in seen))
    return Preview(tuple(shown), len(rows), {})


def svg(shown: Preview) -> str:
    """The HTML of a preview as an image that needs no browser of its own."""
    html = shown._repr_html_().rpartition("<p class='by'>")[0] + "</div>"  # without the summary
    height = len(shown.pairs) * HEIGHT_OF_PAIR + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
        f'viewBox="0 0 {WIDTH} {height}" role="img">\n'
        "<title>Four sentences before and after augmentation, with mentions coloured</title>\n"
        f'<foreignObject width="{WIDTH}" height="{height}">'
        f'<div xmlns="http://www.w3.org/1999/xhtml" class="frame"><style>{FRAME}</style>\n{html}'
        "</div></foreignObject>\n</svg>\n"
    )


def main() -> None:
    """Write the picture."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=OUTPUT)
    output = parser.parse_args().output
    rows = short_rows()
    augmenters = [
        MentionReplacement.from_dataset(builtin_corpus()["train"], seed=SEED),
        Synonyms(seed=SEED),
        MaskedLMSubstitution("offline", seed=SEED),
        NoiseInjection(seed=SEED),
    ]
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(svg(pairs(augmenters, rows)), encoding="utf-8")


if __name__ == "__main__":
    main()

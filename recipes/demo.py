"""What textaug does, in a few minutes, on a machine with no model hub.

    make demo        (or: python recipes/demo.py)

Shows augmented sentences, writes the report page about them, and trains a small real BERT to find
names in the corpus that comes with textaug, with and without augmentation, by the recipe
``ner_finetune.py``. Everything that it writes is in ``runs/demo``.
"""

from __future__ import annotations

import logging
import os
import time
from pathlib import Path

import datasets
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.rule import Rule
from rich.text import Text

from textaug import expand
from textaug.core.markup import marked
from textaug.corpora import builtin_corpus
from textaug.evaluation.report import measure
from textaug.specs import build

SIZE = 100  # training sentences: a small data set
SEEDS = [1, 2, 3]
STEPS = 150
POLICY = "default"
# Sentences to read come first; those of the policy are for a tagger.
SHOWN = ["mentions", "synonyms", "masked-lm:model=offline", "back-translation", "noise", POLICY]
REPORTED = "mentions|synonyms"
SENTENCES = 2  # to show for each method
MINUTES = 5  # of the whole, on two idle cores
FOLDER = Path("runs/demo")


def main() -> None:
    """Show sentences, write the report page, train, and say what to open."""
    console = Console(highlight=False, markup=False)
    datasets.disable_progress_bars()
    logging.getLogger("textaug").setLevel(logging.ERROR)
    start = time.perf_counter()
    console.print(
        f"This takes about {MINUTES} minutes on two idle cores: augmented sentences at once, then "
        f"taggers trained on {SIZE} labelled sentences with and without augmentation.\n"
    )
    train = builtin_corpus()["train"]
    console.print(Rule(Text("What is made: [mention TYPE], «changed word»")))
    for method in SHOWN:
        show(console, method, train)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = write_report(train)
    console.print()
    console.print(Rule("What it gains"))
    console.print(compare(console), soft_wrap=True)
    minutes = (time.perf_counter() - start) / 60
    console.print(f"Done in {minutes:.1f} minutes. Open:")
    for path, what in (
        (page, f"the report about {REPORTED}: balance, lengths, sentences"),
        (FOLDER / "results.png", "the chart of the comparison"),
        (FOLDER / "token_tables.md", "the scores of each label"),
        (FOLDER / "results.json", "every figure"),
    ):
        console.print(f"  {path}  {what}", soft_wrap=True)


def show(console: Console, method: str, train: datasets.Dataset) -> None:
    """Some sentences before and after a method."""
    if method == POLICY:
        console.print("\nThe policy's sentences are not meant to be read: they keep a tagger from")
        console.print("overfitting the few gold sentences, and their labels are right.")
    console.print(f"\n{method}", style="bold")
    shown = build(method, train, seed=1).preview(train, SENTENCES)
    for pair in shown.pairs:
        for sign, one, other in (("-", pair.before, pair.after), ("+", pair.after, pair.before)):
            console.print(f"  {sign} ", marked(one, other, shown.labels), sep="", soft_wrap=True)


def write_report(train: datasets.Dataset) -> Path:
    """The report page about copies of some rows."""
    rows = train.select(range(SIZE))
    augmenter = build(REPORTED, rows, seed=1, provenance_column="made_by")
    page = FOLDER / "report.html"
    found = measure(rows, expand(rows, augmenter, copies=2), names=("builtin", REPORTED))
    page.write_text(found.html(), encoding="utf-8")
    return page


def compare(console: Console) -> str:
    """Train with and without the policy; a bar tells the time left. Returns the table."""
    from ner import report  # imported late, so that the first sentences are there at once
    from ner.arguments import OFFLINE_MODEL, Arguments
    from ner.experiment import run

    arguments = Arguments(
        dataset="builtin",
        train_size=[SIZE],
        seeds=SEEDS,
        model=OFFLINE_MODEL,
        augment=[POLICY],
        max_steps=STEPS,
        packed=True,
        jobs=min(2, os.cpu_count() or 1),
        output_dir=str(FOLDER),
    )
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[left]}"))  # fmt: skip
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("Training", total=None, left="the first tagger tells the time left")

        def tell(done: int, total: int, text: str, seconds_left: float) -> None:
            progress.console.print(text, soft_wrap=True)
            left = f"about {seconds_left:.0f} s left" if done else progress.tasks[0].fields["left"]
            progress.update(bar, total=total, completed=done, left=left)

        return report.markdown(run(arguments, tell))


if __name__ == "__main__":
    main()

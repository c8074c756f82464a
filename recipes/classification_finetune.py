"""Fine-tune a text classifier with and without augmentation, and compare fairly.

As ``ner_finetune.py``: one call trains every arm on the same random samples, with the same seeds
and the same number of optimiser steps, with fresh copies in every batch, and writes accuracy and
macro F1 on the test set as JSON, a table and a chart::

    python recipes/classification_finetune.py --train_file train.jsonl --test_file test.jsonl \
        --train_size 50 100 400 --seeds 1 2 3 4 5 --augment default synonyms --jobs 2

A file has a column of texts and one of labels (any format that ``textaug`` reads). An arm is the
name of an augmenter, as in the shell. Every finished run is written at once; the same call again
does only the missing runs.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # when run as a script

from transformers import HfArgumentParser

from recipes.classification import report
from recipes.classification.arguments import Arguments
from recipes.classification.experiment import run


def main() -> None:
    """Read the command line, run, and print the table."""
    (arguments,) = HfArgumentParser(Arguments, description=__doc__).parse_args_into_dataclasses()
    try:
        results = run(arguments)
    except ValueError as error:
        sys.exit(f"classification_finetune: {error}")
    print()
    print(report.markdown(results))
    print(f"results.json, results.md and results.png are in {arguments.output_dir}")


if __name__ == "__main__":
    main()

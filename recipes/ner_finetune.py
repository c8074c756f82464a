"""Fine-tune a named-entity tagger with and without augmentation, and compare fairly.

One call trains every arm (gold data alone, and each augmenter) on the same random samples, with the
same seeds and the same number of optimiser steps, evaluates all of them on the same test set, and
writes the results as JSON, a Markdown table and a chart::

    python recipes/ner_finetune.py --dataset builtin --train_size 100 400 --seeds 1 2 3 4 5 \
        --augment synonyms noise mentions "mentions+synonyms" --jobs 2

In every arm, an epoch goes once through the gold sentences, in the same order, and takes each one
unchanged or as one of its augmented copies. ``--no_balanced`` shuffles the expanded set instead, as
a plain ``Trainer`` would: then sentences that could not be augmented are seen less often.

An arm is the name of an augmenter (see ``textaug.specs``), with optional arguments after a colon:
``noise:p=0.05,target='all'``. ``a+b`` applies both to every copy (``Compose``); ``"a|b"`` chooses
one of them for every copy (``OneOf``).

Every finished run is written at once; the same call again does only the missing runs.
"""

from __future__ import annotations

import sys

from ner import report
from ner.arguments import Arguments
from ner.experiment import run
from transformers import HfArgumentParser


def main() -> None:
    """Read the command line, run, and print the tables."""
    (arguments,) = HfArgumentParser(Arguments, description=__doc__).parse_args_into_dataclasses()
    try:
        results = run(arguments)
    except ValueError as error:
        sys.exit(f"ner_finetune: {error}")
    print()
    print(report.token_tables(results))
    print(report.markdown(results))
    print(
        f"results.json, results.md, results.png and token_tables.md are in {arguments.output_dir}"
    )


if __name__ == "__main__":
    main()

"""The parts of ``recipes/ner_finetune.py``, in the order in which they are used.

- ``arguments``: what to train on, and how;
- ``data``: the data set as words and IOB2 tags, and samples of it;
- ``schedule``: which runs there are, and which rows each step of a run sees;
- ``packing``: batches without padding;
- ``training``: one run, from the training set to its scores;
- ``experiment``: all runs, in one process or several (``workers``);
- ``results``: the JSON file; ``report``: its tables and its chart;
- ``seqeval_metric``: F1 of mentions.
"""

import os

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # runs are already parallel processes

"""The parts of ``recipes/classification_finetune.py``; what both recipes need is in ``ner``."""

import os

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # runs are already parallel processes

"""Output that changes without a new VERSION would be hidden by the caches of `datasets`.

After a change of output raise ``VERSION`` in ``textaug/core/state.py`` and write the hashes anew::

    PYTHONPATH=tests:. python tests/contract/test_version.py
"""

import json
from pathlib import Path

from datasets import Dataset
from support.augmenters import AUGMENTERS
from support.output_hashes import hashes

from textaug.core.state import VERSION
from textaug.corpora import builtin_corpus

FILE = Path(__file__).with_name("output_hashes.json")
# Those without a model: the last bits of a model differ between machines.
NAMES = (
    "CaseVariants", "LabelWiseReplacement", "MentionReplacement", "NoiseInjection",
    "NominalPhrases", "SegmentExchange", "SegmentShuffle", "SentenceJoining", "SynonymReplacement",
)  # fmt: skip


def found():
    tagged = builtin_corpus()["train"].select(range(60))
    texts = Dataset.from_dict({"text": [" ".join(tokens) for tokens in tagged["tokens"]]})
    return {"version": VERSION, "hashes": hashes(tagged, texts, NAMES)}


def test_output_changes_only_with_the_version():
    assert set(NAMES) <= set(AUGMENTERS)
    assert found() == json.loads(FILE.read_text()), "raise VERSION, then write the hashes anew"


if __name__ == "__main__":
    FILE.write_text(json.dumps(found(), indent=1) + "\n")

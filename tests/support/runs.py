"""Runs into a folder, and what is in it."""

from datasets import load_dataset

from textaug import NoiseInjection
from textaug.runs.run import augment


def run(data, folder, augmenter=None, **settings):
    augmenter = augmenter or NoiseInjection(seed=3, provenance_column="by")
    return augment(data, augmenter, folder, **{"copies": 2, "shard_size": 17, **settings})


def content(folder):
    """Every file by name, to the last byte."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def loaded(folder):
    return load_dataset(str(folder))

"""A file of labelled sentences."""

import json

import pytest


@pytest.fixture
def file(tmp_path, corpus):
    """Sixty sentences as JSON Lines."""
    path = tmp_path / "news.jsonl"
    names = corpus.features["ner_tags"].feature.names
    path.write_text(
        "".join(
            json.dumps({"tokens": r["tokens"], "ner_tags": [names[t] for t in r["ner_tags"]]})
            + "\n"
            for r in corpus
        )
    )
    return path

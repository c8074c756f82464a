"""A data set of two splits."""

import pytest
from datasets import DatasetDict


@pytest.fixture
def splits(corpus):
    return DatasetDict({"train": corpus, "test": corpus.select(range(5))})

"""Small models for masked language modelling."""

from functools import cache

import pytest
import torch
from support import models as tiny


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A function from a name in tests/support/models.py (``bert``) to the model's folder."""

    @cache
    def build(name, **options):
        folder = tmp_path_factory.mktemp(name)
        return getattr(tiny, f"tiny_{name}")(folder, **options)

    torch.set_num_threads(1)
    return build


@pytest.fixture
def sentences(corpus):
    return [" ".join(tokens) for tokens in corpus["tokens"]]

"""Small Marian models and texts for them."""

import pytest
import torch
from support.marian import tiny_marian


@pytest.fixture(scope="session")
def marian(tmp_path_factory):
    torch.set_num_threads(1)
    return tiny_marian(tmp_path_factory.mktemp("marian"))

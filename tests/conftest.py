"""What all tests share: command-line switches, a data set, small models."""

import os
from pathlib import Path

import pytest

# No test talks to a hub; without this, a forgotten download would hang instead of failing.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# One thread for each test process: two on busy cores starve each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent
CONLL = ROOT.parent / "shared" / "data" / "conll2003"


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the slow tests")


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow: give --slow to run it"))
        if "gpu" in item.keywords:
            import torch

            if not torch.cuda.is_available():
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device, there is none"))


@pytest.fixture(scope="session", autouse=True)
def quiet_datasets(tmp_path_factory):
    """No progress bars, and a cache that is thrown away."""
    import datasets

    datasets.disable_progress_bars()
    datasets.config.HF_DATASETS_CACHE = tmp_path_factory.mktemp("datasets")


@pytest.fixture(scope="session")
def conll_files():
    """The original CoNLL-2003 files, which cannot be part of the project."""
    if not (CONLL / "eng.train").exists():
        pytest.skip("the CoNLL-2003 files are not in ../shared/data/conll2003")
    return CONLL


@pytest.fixture(scope="session")
def corpus():
    """Sixty sentences of the built-in corpus."""
    from textaug.corpora import builtin_corpus

    return builtin_corpus()["train"].select(range(60))

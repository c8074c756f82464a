"""What all tests share: command-line switches, a data set, small models."""

import gc
import os
from pathlib import Path

import hypothesis
import pytest

# For the property tests: a share of so many examples for each of them. "long" is about 280,000
# examples in tests/contract/test_annotations.py and test_fuzz.py together, half an hour on a core.
# The quick profile draws the same examples each time, so that CI gives the same result each time.
_ANY_SPEED = {
    "deadline": None,
    "database": None,
    "suppress_health_check": list(hypothesis.HealthCheck),
}
hypothesis.settings.register_profile("quick", max_examples=100, derandomize=True, **_ANY_SPEED)
hypothesis.settings.register_profile("long", max_examples=3_000, **_ANY_SPEED)
hypothesis.settings.load_profile("quick")

# No test talks to a hub; without this, a forgotten download would hang instead of failing.
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TEXTAUG_KEY", "a key for tests alone")  # of pseudonyms
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# One thread for each test process: two on busy cores starve each other.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent
CONLL = ROOT.parent / "shared" / "data" / "conll2003"


def pytest_addoption(parser):
    parser.addoption("--slow", action="store_true", help="also run the slow tests")
    parser.addoption(
        "--device", choices=("cuda", "cpu"), default="cuda",
        help="where tests marked gpu run; cpu tries what they can be tried on without one",
    )  # fmt: skip


def pytest_collection_modifyitems(config, items):
    for item in items:
        if "slow" in item.keywords and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow: give --slow to run it"))
        if "gpu" in item.keywords and config.getoption("--device") == "cuda":
            import torch

            if not torch.cuda.is_available():
                item.add_marker(pytest.mark.skip(reason="needs a CUDA device, there is none"))


def pytest_collection_finish():
    # Every training looks for garbage when it starts; the imports, which are most of the memory,
    # are none.
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter):
    done = [
        value
        for report in terminalreporter.stats.get("", [])
        if report.when == "teardown"
        for name, value in report.user_properties
        if name == "examples"
    ]
    if done:
        terminalreporter.write_line(f"fuzz: {sum(done):,} examples in {len(done)} tests")


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


@pytest.fixture
def ran(record_property):
    """Counts the examples of a fuzz test; the last lines of the output add them up."""
    count = []
    yield count
    record_property("examples", len(count))

"""The wheel, with each extra alone in a fresh environment, does what the extra promises.

Each environment has its own copy of torch and takes minutes: ``pytest tests/project/test_wheel.py
--slow -k names``. pip needs a package registry.
"""

import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
README = (ROOT / "README.md").read_text()
# What the README has a user do after the install line that stands above it.
INSTALL_LINE = re.search(r"pip install '\.\[([^\]]+)\]'", README)[1]
AFTER_IT = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))

ROW = '{"tokens": ["Ann", "sat"], "ner_tags": ["B-PER", "O"]}'
PROMISES = {
    "": "import textaug; print(textaug.expand('builtin', textaug.NoiseInjection())['train'])",
    INSTALL_LINE: AFTER_IT,
    "ctranslate2": "import ctranslate2; from textaug.translation.ct2 import CTranslate2",
    "docs": "import material, mkdocs, mkdocs_jupyter, mkdocstrings",
    "errors": "from cleanlab.token_classification.rank import get_label_quality_scores",
    "llm": "import llguidance, urllib3; from textaug.llm.endpoint import OpenAIEndpoint",
    "llm-offline": "import accelerate, gguf",
    "names": f"""
import textaug
swap = textaug.MentionReplacement({{"PER": ["Bo Li"]}}, fresh=1.0, p=1.0, seed=1)
assert swap({ROW})["tokens"][0] != "Ann"
""",
    "offline": """
from textaug import BackTranslation, MaskedLMSubstitution, SynonymReplacement
text = "The police said that the old man walked slowly to the house."
for augmenter in (SynonymReplacement(p=1), MaskedLMSubstitution("offline", p=1), BackTranslation()):
    assert isinstance(augmenter(text), str)
""",
    "ray": "import ray; from textaug.ray import expand",
    "recipes": "import evaluate, matplotlib, seqeval.metrics, sklearn.metrics",
    "search": "import optuna, seqeval.metrics; from textaug import search",
    "spacy": """
import spacy, textaug
assert textaug.load([spacy.blank("en")("Ann sat")])["train"][0]["tokens"] == ["Ann", "sat"]
""",
    "train": """
from transformers import TrainingArguments
TrainingArguments("runs/x", report_to="none")
""",
}


def test_every_extra_promises_something():
    assert set(EXTRAS) - {"dev"} <= set(PROMISES)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the checkout."""
    copy, folder = tmp_path_factory.mktemp("source") / "textaug", tmp_path_factory.mktemp("wheel")
    names = ["LICENSE", "README.md", "pyproject.toml", "textaug"]
    copy.mkdir()
    for name in names:
        path = ROOT / name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, copy / name)
    command = ["-m", "pip", "wheel", "-q", "--no-deps", "-w", str(folder), str(copy)]
    subprocess.run([sys.executable, *command], check=True)
    return next(folder.glob("*.whl"))


@pytest.mark.slow
@pytest.mark.parametrize("extras", PROMISES, ids=lambda extras: extras or "none")
def test_a_fresh_environment_does_what_the_extra_promises(extras, wheel, tmp_path):
    home = tmp_path / "venv"
    venv.create(home, with_pip=True)
    python = str(home / "bin" / "python")
    what = f"{wheel}[{extras}]" if extras else str(wheel)
    install = [python, "-m", "pip", "install", "-q", "-c", str(ROOT / "constraints.txt"), what]
    try:
        subprocess.run(install, check=True)
        run = {"cwd": tmp_path, "capture_output": True, "text": True}
        done = subprocess.run([python, "-c", PROMISES[extras]], **run)
        assert done.returncode == 0, done.stderr
        done = subprocess.run([str(home / "bin" / "textaug"), "check", "builtin"], **run)
        assert done.returncode == 0 and "600 rows, no faults" in done.stdout, done.stderr
    finally:
        shutil.rmtree(home)

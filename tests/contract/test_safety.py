"""Nothing runs what it reads: no code beside a model, no pickle, no path out of data."""

import ast
import json
from pathlib import Path

import pytest
from support.augmenters import AUGMENTERS
from support.models import tiny_bert

import textaug
from textaug import MaskedLMSubstitution
from textaug.models.loading import forget_models

TEXT = "Officials said the house was old ."


class Payload:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


def change(path, **values):
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


@pytest.fixture
def folder(tmp_path):
    tiny_bert(tmp_path / "model")
    return tmp_path / "model"


def test_weights_in_a_pickle_are_refused_unread(folder, tmp_path):
    import torch

    (folder / "model.safetensors").unlink()
    torch.save(Payload(tmp_path / "ran"), folder / "pytorch_model.bin")
    with pytest.raises(OSError, match="safetensors"):
        MaskedLMSubstitution(str(folder))(TEXT)
    assert not (tmp_path / "ran").exists()


CODE = """
from pathlib import Path
Path({ran!r}).touch()
from transformers import BertConfig as Config, BertForMaskedLM as Model, BertTokenizer as Tokenizer
"""


def plant(folder, ran):
    """Code beside the model, and the wish to have it run."""
    (folder / "planted.py").write_text(CODE.format(ran=str(ran)))
    classes = {"AutoConfig": "planted.Config", "AutoModelForMaskedLM": "planted.Model"}
    change(folder / "config.json", auto_map=classes)
    tokenizers = {"AutoTokenizer": ["planted.Tokenizer", None]}
    change(folder / "tokenizer_config.json", auto_map=tokenizers)


def test_code_beside_a_known_model_is_not_run(folder, tmp_path):
    expected = MaskedLMSubstitution(str(folder))(TEXT)
    forget_models()
    plant(folder, tmp_path / "ran")
    assert MaskedLMSubstitution(str(folder), device="cpu")(TEXT) == expected
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_model_that_needs_its_own_code_is_refused(folder, tmp_path, monkeypatch, answer):
    plant(folder, tmp_path / "ran")
    change(folder / "config.json", model_type="planted", architectures=["Planted"])
    change(folder / "tokenizer_config.json", tokenizer_class="PlantedTokenizer")
    monkeypatch.setattr("builtins.input", lambda *_: answer)  # nor does anybody get asked
    with pytest.raises((OSError, ValueError), match="model"):
        MaskedLMSubstitution(str(folder))(TEXT)
    assert not (tmp_path / "ran").exists()


SOURCES = sorted(Path(textaug.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_no_module_can_run_what_it_reads(source):
    for node in ast.walk(ast.parse(source.read_text())):
        names = {alias.name for alias in getattr(node, "names", ()) if isinstance(node, ast.Import)}
        names |= {node.module} if isinstance(node, ast.ImportFrom) else set()
        assert not names & {"pickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
        called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        assert called not in {"eval", "exec", "torch.load", "os.system", "yaml.load"}
        if isinstance(node, ast.keyword) and node.arg == "trust_remote_code":
            assert ast.unparse(node.value) == "False"


@pytest.mark.parametrize("name", sorted(AUGMENTERS))
def test_names_in_data_are_no_paths(name, tmp_path, monkeypatch):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    words = ["../../up", "/tmp/down", "~/home", "file:///x", "CON", "the", "house", "C:\\x"]
    row = {
        "tokens": words,
        "tags": ["B-../../up", "I-../../up", *"OOOO", "O", "O"],
        "id": "../../../x",
    }
    augmenter = AUGMENTERS[name](provenance_column="../../made_by")
    made = augmenter.expand(copies=3)({column: [value] for column, value in row.items()})
    assert made["id"][0] == row["id"] and made["tokens"][0] == words
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "a", inner]

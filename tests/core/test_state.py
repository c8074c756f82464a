"""What an augmenter is known by: arguments, version, and what its models hold."""

import json
import pickle
import shutil

from datasets.fingerprint import Hasher
from support.augmenters import tiny_bert, tiny_tagger

from textaug import (
    BackTranslation,
    MaskedLMSubstitution,
    MentionReplacement,
    SentenceJoining,
    TeacherAgreement,
)
from textaug.core.state import VERSION


def changed(folder):
    """Writes something into a model's folder, as another training would."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "trained": "again"}))


def test_a_model_that_was_trained_again_is_another_one(tmp_path):
    for make, model in (
        (lambda folder: MaskedLMSubstitution(str(folder)), tiny_bert()),
        (lambda folder: MaskedLMSubstitution().where(TeacherAgreement(str(folder))), tiny_tagger()),
        (lambda folder: BackTranslation("de", model=f"{folder}/{{source}}-{{target}}"), None),
    ):
        folder = tmp_path / "model"
        part = folder / "de-en" if model is None else folder
        shutil.copytree(model or tiny_bert(), part)
        before = Hasher.hash(make(folder))
        assert Hasher.hash(make(folder)) == before
        changed(part)
        assert Hasher.hash(make(folder)) != before
        assert pickle.loads(pickle.dumps(make(folder))) == make(folder)
        shutil.rmtree(folder)


def test_version_is_part_of_the_state():
    assert json.loads(MaskedLMSubstitution("x").__getstate__()[0])["version"] == VERSION


def test_a_long_argument_is_shown_by_its_number():
    pools = {"PER": [f"Ann {i}" for i in range(100)], "LOC": ["Oslo"]}
    shown = repr(MentionReplacement(pools))
    assert shown == "MentionReplacement(pools={'PER': … 100, 'LOC': … 1})"
    short = MentionReplacement({"LOC": ["Oslo"]})
    assert eval(repr(short)) == short


def test_a_large_argument_is_compressed_once():
    names = [f"Ann Lee the {i}." for i in range(5000)]
    swap = MentionReplacement({"PER": names})
    first = pickle.dumps(swap)
    assert len(first) < len(json.dumps(names)) / 4
    assert pickle.loads(first) == swap
    assert pickle.loads(first).pools == {"PER": names}
    assert pickle.dumps(swap) == first == pickle.dumps(MentionReplacement({"PER": list(names)}))


def test_a_large_argument_that_was_changed_is_another_one():
    swap = MentionReplacement({"PER": [f"Ann {i}" for i in range(5000)]})
    before = Hasher.hash(swap)
    swap.pools["PER"][7] = "Bo"
    assert Hasher.hash(swap) != before
    assert pickle.loads(pickle.dumps(swap)).pools["PER"][7] == "Bo"


def test_large_arguments_keep_what_is_not_plain_text():
    odd = ["\ud800", "\u0000", "Ann 🐈", *(str(i) for i in range(5000))]
    join = SentenceJoining([([word, "sat"], ["B-PER", "O"]) for word in odd])
    assert pickle.loads(pickle.dumps(join)).sentences == join.sentences

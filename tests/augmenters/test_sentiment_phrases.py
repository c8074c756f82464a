"""Phrases that say what the label of a text says."""

import pickle
from random import Random

import numpy as np
import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from support.augmenters import tiny_bert
from transformers import AutoTokenizer

from textaug import AugmentingTextCollator, SentimentPhrases, default_policy, expand, policy_plan
from textaug.augmenters.sentiment_phrases import adjectives

SAY = SentimentPhrases(p=1.0, seed=1)
TEXT = "The plot moves fast."


def new_words(before, after):
    """The words of a text that were not in it before, without punctuation."""
    old = before.lower().split()
    return [word.strip(".,") for word in after.lower().split() if word not in old]


def signs(words):
    return {sign for word in words for sign, listed in adjectives().items() if word in listed}


@pytest.mark.parametrize(
    ("label", "sign"),
    [("positive", 1), ("NEG", -1), ("Very_Positive", 1), ("very-negative", -1), ("5 stars", 1)],
)
def test_the_phrase_says_what_the_label_says(label, sign):
    for seed in range(20):
        after = SentimentPhrases(p=1.0, seed=seed)({"text": TEXT, "label": label})
        assert after["label"] == label and TEXT in after["text"]
        assert signs(new_words(TEXT, after["text"])) == {sign}


@pytest.mark.parametrize("label", ["neutral", "sports", None, ["positive", "negative"], 0.9])
def test_a_text_with_another_label_stays(label):
    assert SAY({"text": TEXT, "label": label})["text"] == TEXT


def test_a_text_without_a_label_and_one_in_another_language_stay():
    french = "Le film est long et les acteurs ne sont pas très bons dans cette histoire."
    assert SAY(TEXT) == TEXT and SAY("") == ""
    assert SAY({"text": french, "label": "negative"})["text"] == french


def test_numbers_have_the_names_of_their_column_or_none(caplog):
    names = Features({"text": Value("string"), "label": ClassLabel(names=["neg", "pos"])})
    data = Dataset.from_dict({"text": [TEXT] * 8, "label": [0, 1] * 4}, features=names)
    for row in data.map(SAY, batched=True, load_from_cache_file=False):
        assert signs(new_words(TEXT, row["text"])) == {2 * row["label"] - 1}
    assert not caplog.text
    numbers = Dataset.from_dict({"text": [TEXT], "label": [1]})
    unnamed = SentimentPhrases(p=1.0)
    assert unnamed(numbers[0])["text"] == unnamed(numbers[0])["text"] == TEXT
    assert caplog.text.count("give labels=, such as {1: 1, 0: -1}") == 1
    assert SentimentPhrases({1: -1}, p=1.0)(numbers[0])["text"] != TEXT


def test_the_collator_knows_the_names():
    tokenizer = AutoTokenizer.from_pretrained(tiny_bert())
    collate = AugmentingTextCollator(tokenizer, SAY, label_names=["negative", "positive"])
    rows = [{"text": TEXT, "label": 1}]
    plain = collate.for_evaluation()
    assert collate(rows)["input_ids"].shape[1] > plain(rows)["input_ids"].shape[1]


def test_it_is_written_like_the_text():
    for seed in range(20):
        say = SentimentPhrases(p=1.0, seed=seed)
        printed, cut, loud, bare = (
            say({"text": text, "label": "positive"})["text"]
            for text in (TEXT, "the plot moves , fast .", "GREAT PLOT!", "great plot")
        )
        assert printed[0].isupper() and " ." not in printed and " ," not in printed
        assert cut.islower() and cut.replace(" .", "").replace(" ,", "").isascii()
        assert all(token in (".", ",") or token.isalpha() or "-" in token for token in cut.split())
        assert loud.isupper()
        assert bare.endswith(". great plot")  # not a part of the last sentence


def test_annotations_follow_their_words():
    row = {
        "tokens": ["Ann", "sang", "."],
        "ner_tags": ["B-PER", "O", "O"],
        "label": "negative",
    }
    for seed in range(20):
        after = SentimentPhrases(p=1.0, seed=seed)(row)
        assert after["ner_tags"].count("O") == len(after["tokens"]) - 1 > 2
        assert after["tokens"][after["ner_tags"].index("B-PER")] == "Ann"


def test_a_phrase_alone_stands_instead_of_the_text_unless_that_has_mentions():
    alone = [SentimentPhrases(p=1.0, alone=1.0, seed=seed) for seed in range(20)]
    for say in alone:
        after = say({"text": "the plot moves , fast .", "label": "neg"})["text"]
        assert "plot" not in after and signs(after.replace(",", "").split()[:-1]) == {-1}
        row = {"tokens": ["Ann", "sang"], "tags": ["B-PER", "O"], "label": "neg"}
        assert "Ann" in say(row)["tokens"]
        row = {"tokens": ["It", "is"], "head": [0, 1], "label": "neg"}
        assert {"It", "is"} < set(say(row)["tokens"])


@pytest.mark.parametrize(
    "text", ["Loved it!", "Great.", "Great. 😊", "Not good.", "So, so.", "It is."]
)
def test_words_of_a_phrase_alone_are_never_joined(text):
    for seed in range(40):
        made = SentimentPhrases(p=1.0, alone=1.0, seed=seed)({"text": text, "label": "pos"})["text"]
        words = [word.strip(",.").lower() for word in made.split()]
        assert set(words) <= {*adjectives()[1], "and"} and made.endswith(".")


def test_keys_of_labels_are_names_in_any_case_or_numbers(caplog):
    for labels in ({"Happy": 1}, {np.int64(1): 1}, {True: 1}, {1.0: 1}, {"happy": 1, "sad": 0}):
        label = "HAPPY" if "appy" in str(labels) else 1
        say = SentimentPhrases(labels, p=1.0)
        assert say({"text": TEXT, "label": label})["text"] != TEXT
        assert pickle.loads(pickle.dumps(say)) == say
    assert not caplog.text
    SentimentPhrases({0: -1, 1: 1})({"text": TEXT, "label": "neg"})
    assert "the label 'neg' is none of labels={0: -1, 1: 1}; its texts stay" in caplog.text


@pytest.mark.parametrize(
    "arguments",
    [{"p": 2}, {"labels": {"positive": 2}}, {"labels": [("a", 1)]}, {"labels": {("a",): 1}}],
)
def test_bad_arguments(arguments):
    with pytest.raises(ValueError, match="between 0 and 1|give "):
        SentimentPhrases(**arguments)


def reviews(names=("negative", "positive")):
    """Two adjectives of a sign in three texts of four."""
    texts = [
        "It was {} and {}, we thought.",
        "A {} and {} thing.",
        "Quite {}, and {} too.",
        "It is.",
    ]
    rows = []
    for i in range(40):
        sign = 1 if i % 2 else -1
        words = adjectives()[sign][i : i + 2]
        rows.append({"text": texts[i % 4].format(*words), "label": max(sign, 0)})
    return Dataset.from_list(
        rows, Features({"text": Value("string"), "label": ClassLabel(names=list(names))})
    )


def test_the_policy_says_what_the_labels_say():
    plan = policy_plan(reviews())
    assert plan.sentiment and plan.helps
    assert str(plan) == (
        "40 texts of 6 words on average, labelled with their sentiment: 60% of them get a phrase "
        "that says the same, 50% of these instead of the text where a row holds nothing but a text "
        "and its label"
    )
    for natural in (False, True):
        policy = default_policy(reviews(), natural=natural, seed=1)
        assert policy.augmenters[0].alone == (0.0 if natural else 0.5)
        made = expand(reviews(), policy, 4, keep_original=False)
        assert len(made) > 60 and made.features == reviews().features
        # By number too, where names are not known.
        numbers = [{"text": row["text"], "label": row["label"]} for row in reviews()]
        assert sum(policy(row) != row for row in numbers) > 10


def test_what_is_said_of_a_text_keeps_its_text():
    more = reviews().add_column("summary", ["short"] * 40)
    with_id = reviews().add_column("id", list(range(40)))
    alone = [default_policy(data).augmenters[0].alone for data in (more, with_id)]
    assert alone == [0.0, 0.5]


def test_random_labels_are_no_sentiment():
    found = 0
    for seed in range(60):
        labels = [Random(f"{seed} {i}").randrange(2) for i in range(40)]
        kind = ClassLabel(names=["negative", "positive"])
        data = reviews().remove_columns("label").add_column("label", labels, feature=kind)
        found += policy_plan(data).sentiment
    assert found <= 6


def test_the_clearest_data_is_accepted():
    rows = [("The great film.", "positive"), ("The awful film.", "negative")] * 20
    data = Dataset.from_list([{"text": text, "label": label} for text, label in rows])
    assert policy_plan(data).sentiment


def test_the_plan_says_why_labels_are_no_sentiment():
    def why(*labels):
        rows = [{"text": "A film of two hours.", "label": label} for label in labels * 4]
        return str(policy_plan(Dataset.from_list(rows)))

    assert "no sentiment (the label 1 is not a name (label_names=))" in why(1, 0)
    assert "the label 'neutral' is not a name of a sentiment" in why("neutral", "positive")
    assert "does not say how much" in why("4 stars", "5 stars", "1 star")
    assert "do not surely agree" in why("negative", "positive")


@pytest.mark.parametrize(
    "data",
    [
        reviews(("ham", "spam")),
        reviews()
        .cast_column("label", ClassLabel(names=["negative", "positive", "neutral"]))
        .map(lambda row, i: {"label": max(row["label"], 2 * (i < 3))}, with_indices=True),
        reviews(("positive", "negative")),  # of a test for a disease, say: the words do not agree
        reviews().cast_column("label", Value("int64")),
        reviews().add_column("ner_tags", [["O"]] * 40).select(range(1)),
        reviews().filter(lambda row: row["label"] == 1, load_from_cache_file=False),
    ],
    ids=[
        "other names",
        "a third label",
        "words that do not agree",
        "numbers",
        "one text",
        "one class",
    ],
)
def test_the_policy_leaves_labels_alone_that_may_mean_something_else(data):
    data = data.remove_columns([name for name in data.column_names if name == "ner_tags"])
    assert not policy_plan(data).sentiment
    assert data.map(default_policy(data), batched=True, load_from_cache_file=False)[:] == data[:]


def test_several_labels_of_a_text_are_left_alone():
    data = reviews().remove_columns("label").add_column("labels", [["positive", "long"]] * 40)
    data = data.cast(Features({"text": Value("string"), "labels": List(Value("string"))}))
    assert not policy_plan(data).sentiment

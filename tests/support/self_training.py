"""Small data sets for self-training, and a short call of it."""

from datasets import ClassLabel, Dataset, Features, List, Value

from support.augmenters import tiny_encoder
from textaug import self_train

IOB2 = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
TOWNS = ["Lund", "Oslo", "Turku", "Bergen", "Malmö", "Tampere", "Aarhus", "Odense"]
PEOPLE = ["Ann", "Bob", "Eve", "Ida", "Kim", "Leo", "Mia", "Tom"]
FOREIGN = "O ministro disse que o governo não planeja impostos"
PAIRS = list(zip(PEOPLE, TOWNS, strict=True))
RAW = ["Sue lives in Paris.", "Dan lives in Rome now.", "It rained."]


def tagged(pairs, names=IOB2, column="ner_tags"):
    tag = ClassLabel(names=names) if names else Value("string")
    features = Features({"tokens": List(Value("string")), column: List(tag)})
    rows = {
        "tokens": [[who, "lives", "in", town, "."] for who, town in pairs],
        column: [["B-PER", "O", "O", "B-LOC", "O"] for _ in pairs],
    }
    return Dataset.from_dict(rows, features=features)


def trained(labelled, raw, **settings):
    """By default with a small random encoder; ``model=None`` takes the real one."""
    given = {"folds": 2, "rounds": 1, "augmenter": None, "show_progress_bar": False}
    return self_train(labelled, raw, **{"model": tiny_encoder(), **given, **settings})


def text_data(texts, names=("bad", "good")):
    features = Features({"text": Value("string"), "label": ClassLabel(names=list(names))})
    return Dataset.from_dict(texts, features=features)


def reviews():
    good, bad = ["lovely", "great", "superb", "fine"], ["awful", "dreadful", "boring", "poor"]
    return text_data({
        "text": [f"A {word} film." for word in (*good, *bad)],
        "label": [1] * 4 + [0] * 4,
    })  # fmt: skip

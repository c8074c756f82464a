"""Columns that repeat the words of their rows, or label them, do not become stale in silence."""

import json

import pytest
from datasets import Array2D, Dataset, Features, IterableDataset, Json, List, Value, load_dataset

from textaug import MentionReplacement, NoiseInjection, SentenceJoining, expand

WORDS = [["Ann", "Lee", "left", "Rome", "."], ["Bob", "is", "in", "Oslo"], ["It", "rained"]]
TAGS = [["B-PER", "I-PER", "O", "B-LOC", "O"], ["B-PER", "O", "O", "B-LOC"], ["O", "O"]]
TEXTS = [" ".join(words) for words in WORDS]
SWAP = MentionReplacement({"PER": ["Eva Maria Holm"], "LOC": ["Los Angeles"]}, p=1)


def data(**columns):
    return Dataset.from_dict({"tokens": WORDS, "ner_tags": TAGS, **columns})


@pytest.mark.parametrize(
    ("name", "values", "problem"),
    [
        ("utterance", TEXTS, "holds the words as a text"),
        ("slots", [" ".join(tags) for tags in TAGS], "holds tags of words"),
        ("spans_json", ["[[0, 1]]", "[]", "[[0, 0]]"], "may hold offsets"),
        ("alignment", ["0-0 1-1"] * 3, "holds words and their structure"),
        ("who", [["Ann Lee"], ["Bob"], ["It"]], "one value for each word"),
    ],
)
@pytest.mark.parametrize("batched", [True, False])
def test_map_and_streams_ask_for_it(name, values, problem, batched):
    rows = data(**{name: values})
    with pytest.raises(ValueError, match=f"column '{name}' .*{problem}"):
        rows.map(SWAP, batched=batched, load_from_cache_file=False)
    with pytest.raises(ValueError, match=f"column '{name}' .*{problem}"):
        list(expand(IterableDataset.from_generator(lambda: iter(rows.to_list())), SWAP))
    kept = MentionReplacement(SWAP.pools, p=1, roles={name: "keep"})
    assert rows.map(kept, batched=batched, load_from_cache_file=False)[name] == values


def test_a_text_beside_the_words_follows_them_under_any_name():
    rows = data(utterance=TEXTS)
    said = MentionReplacement(SWAP.pools, p=1, roles={"utterance": "side_text"})
    fitted = MentionReplacement.from_dataset(rows, extra=SWAP.pools, p=1)
    assert fitted.roles == {"utterance": "side_text"}
    for made in (
        expand(rows, SWAP, keep_original=False),
        rows.map(said, load_from_cache_file=False),
        rows.map(fitted, load_from_cache_file=False),
    ):
        assert made["utterance"][:] == [" ".join(tokens) for tokens in made["tokens"]]
        assert made["utterance"][:] != TEXTS


def test_what_one_damaged_row_must_not_hide():
    stress = [[0] * len(words) for words in WORDS * 4]
    stress[7] = stress[7][1:]
    rows = Dataset.from_dict({"tokens": WORDS * 4, "ner_tags": TAGS * 4, "stress": stress})
    with pytest.raises(ValueError, match=r"row 7 .*'stress' .*has 3 values for 4 tokens"):
        expand(rows, SWAP)


def test_values_per_word_that_all_rows_show_are_known_in_map():
    rows = data(stress=[[0] * len(words) for words in WORDS])
    fitted = MentionReplacement.from_dataset(rows, extra=SWAP.pools, p=1)
    made = rows.map(fitted, load_from_cache_file=False)
    assert list(map(len, made["stress"])) == list(map(len, made["tokens"]))
    with pytest.raises(ValueError, match="may hold one value for each word"):
        rows.map(SWAP, load_from_cache_file=False)


def test_annotations_in_json_columns(tmp_path):
    span = {"start": 0, "end": 3, "label": "PER"}
    features = Features(text=Value("string"), entities=Json())
    rows = Dataset.from_dict({"text": ["Ann left .", "It"], "entities": [[span], []]}, features)
    for made in (rows.map(SWAP, load_from_cache_file=False), rows.map(SWAP, batched=True)):
        assert made["text"][0] == "Eva Maria Holm left ."
        assert made["entities"][:] == [[{**span, "end": 14}], []]
    lines = [{"tokens": WORDS[0], "rels": [[0, 1, 3, 3, "left"]]}, {"tokens": WORDS[2], "rels": []}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    rows = load_dataset("json", data_files=str(tmp_path / "a.jsonl"), split="train")
    drop = NoiseInjection(p=0.5, seed=1, operations=["drop"])
    with pytest.raises(ValueError, match="column 'rels' holds lists inside lists"):
        expand(rows, drop)
    kept = NoiseInjection(p=0.5, seed=1, operations=["drop"], roles={"rels": "keep"})
    assert expand(rows, kept, keep_original=False)["rels"][0] == lines[0]["rels"]


def test_an_array_has_a_box_for_each_word():
    boxes = [[[i, 0, i, 9] for i in range(len(words))] for words in WORDS]
    features = Features(tokens=List(Value("string")), bboxes=Array2D((None, 4), "int32"))
    rows = Dataset.from_dict({"tokens": WORDS, "bboxes": boxes}, features)
    drop = NoiseInjection(p=0.5, seed=1, operations=["drop"])
    for made in (expand(rows, drop, keep_original=False), rows.map(drop)):
        for row in made:
            words = next(words for words in WORDS if set(row["tokens"]) <= set(words))
            assert [words[int(box[0])] for box in row["bboxes"]] == row["tokens"]


@pytest.mark.parametrize(
    "labels",
    [[{"is": "good"}] * 4 + [{"is": "bad"}] * 4, [[{"is": "good"}]] * 4 + [[{"is": "bad"}]] * 4],
)
def test_labels_in_a_struct_are_told_apart(labels):
    texts = [f"{word} {i} ." for word in ("fine", "poor") for i in range(4)]
    rows = Dataset.from_dict({"text": texts, "label": labels})
    made = expand(rows, SentenceJoining.from_dataset(rows, seed=4), keep_original=False)
    assert len(made) and all(("fine" in row["text"]) != ("poor" in row["text"]) for row in made)

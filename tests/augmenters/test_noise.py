"""Noise: slips that people and scanners make, and nothing else."""

import pytest

from textaug import NoiseInjection

SENTENCE = "The ministers Reported modernclaims about 1,200 lorries near Dover , again ."


def noisy(operations, text=SENTENCE, **settings):
    """The pairs of words that differ, over many seeds."""
    pairs = set()
    for seed in range(60):
        noise = NoiseInjection(p=0.4, operations=operations, seed=seed, **settings)
        new = noise(text)
        if len(new.split()) == len(text.split()):
            pairs |= {(a, b) for a, b in zip(text.split(), new.split(), strict=True) if a != b}
    return pairs


def test_keyboard_slips_hit_a_neighbouring_key():
    assert ("Dover", "Diver") in noisy(["keyboard"])
    for old, new in noisy(["keyboard"]):
        assert len(old) == len(new) and sum(a != b for a, b in zip(old, new, strict=True)) == 1
        assert [c.isupper() for c in old] == [c.isupper() for c in new]


def test_layouts_differ():
    zed = {b for a, b in noisy(["keyboard"], "zz zz", layout="qwertz")}
    assert any("t" in b or "u" in b for b in zed)
    assert not any("t" in b for _, b in noisy(["keyboard"], "zz zz", layout="qwerty"))
    assert noisy(["keyboard"], "мир войны", layout="jcuken")


def test_swapped_letters_keep_the_capital_in_front():
    assert ("The", "Hte") in noisy(["swap"])
    assert all(sorted(a.lower()) == sorted(b.lower()) for a, b in noisy(["swap"]))


def test_inserted_and_deleted_letters():
    assert all(len(b) == len(a) + 1 for a, b in noisy(["insert"]))
    assert all(len(b) == len(a) - 1 and b for a, b in noisy(["delete"]))
    assert NoiseInjection(p=1, operations=["delete"])("a b c") == "a b c", "never an empty token"


def test_scanning_errors():
    assert ("modernclaims", "modemclaims") in noisy(["ocr"])
    assert ("modernclaims", "moderndaims") in noisy(["ocr"])


def test_case():
    assert ("Reported", "reported") in noisy(["case"]) and ("Reported", "REPORTED") in noisy(
        ["case"]
    )


def test_numbers_and_marks_are_left_alone():
    everything = ["keyboard", "swap", "insert", "delete", "case", "split", "swap_words"]
    for seed in range(20):
        new = NoiseInjection(p=1.0, operations=everything, seed=seed)(SENTENCE)
        assert "1,200" in new and new.endswith(" .") and " , " in new


def test_words_are_dropped_swapped_and_split():
    assert NoiseInjection(p=1.0, operations=["drop"])("one two three") in ("one", "two", "three")
    assert NoiseInjection(p=1.0, operations=["swap_words"])("one two") == "two one"
    assert NoiseInjection(p=1.0, operations=["split"])("overcast").replace(" ", "") == "overcast"


def test_punctuation_comes_and_goes():
    new = NoiseInjection(p=1.0, operations=["punctuation"], seed=1)
    assert new("Hello , you").startswith("Hello") and " ," not in new("Hello , you")[:7]
    row = {"tokens": ["Hello", "Ann", "!"], "tags": ["O", "B-PER", "O"]}
    after = new(row)
    assert after["tags"].count("B-PER") == 1 and after["tokens"][-1] == "Ann"


def test_words_of_two_mentions_never_change_places():
    row = {"tokens": ["saw", "Ann", "Bob", "here"], "tags": ["O", "B-PER", "B-PER", "O"]}
    for seed in range(20):
        noise = NoiseInjection(p=1.0, operations=["swap_words"], target="all", seed=seed)
        assert noise(row) == row
    inside = {"tokens": ["Ann", "Lee"], "tags": ["B-PER", "I-PER"]}
    swap = NoiseInjection(p=1.0, operations=["swap_words"], target="mentions")
    assert swap(inside) == {"tokens": ["Lee", "Ann"], "tags": ["B-PER", "I-PER"]}


def test_strength_per_word_and_per_character():
    text = "considerable disagreement nevertheless " * 20

    def changed(new):
        return [(a, b) for a, b in zip(text.split(), new.split(), strict=True) if a != b]

    keyboard = ["keyboard"]
    few = changed(NoiseInjection(p=0.1, operations=keyboard)(text))
    many = changed(NoiseInjection(p=0.9, operations=keyboard)(text))
    assert len(few) < 15 and len(many) > 45
    strong = changed(NoiseInjection(p=0.5, char_p=0.5, operations=keyboard)(text))
    letters = [sum(x != y for x, y in zip(a, b, strict=True)) for a, b in strong]
    assert sum(letters) / len(letters) > 2.5
    assert len(changed(NoiseInjection(p=0.001, operations=keyboard)(text))) == 1, "at least one"


def test_misspelt_names_on_request():
    row = {"tokens": ["Ann", "Blackwood", "spoke"], "tags": ["B-PER", "I-PER", "O"]}
    after = NoiseInjection(p=1.0, target="mentions")(row)
    assert after["tokens"][2] == "spoke" and after["tokens"][:2] != row["tokens"][:2]
    assert after["tags"] == row["tags"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"p": 1.5}, "p=1.5: must lie between 0 and 1"),
        ({"char_p": -0.1}, "char_p=-0.1"),
        ({"operations": ["typo"]}, "choose from keyboard, swap"),
        ({"operations": []}, "choose from"),
        ({"layout": "colemak"}, "layout='colemak'"),
        ({"target": "words"}, "target='words': must be one of context, mentions, all"),
        ({"scheme": "BIO"}, "scheme='BIO': must be one of IOB1"),
    ],
)
def test_settings_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        NoiseInjection(**arguments)


def test_the_garbage_collector_rests_during_a_batch_and_not_after():
    import gc

    seen = []

    class Looks(NoiseInjection):
        def edits(self, example, rng):
            seen.append(gc.isenabled())
            return super().edits(example, rng)

    Looks()({"tokens": ["one", "word"], "ner_tags": ["O", "O"]})
    with pytest.raises(ValueError, match="is None, not a string"):
        Looks()({"tokens": ["one", None], "ner_tags": ["O", "O"]})
    assert seen == [False]
    assert gc.isenabled()
    gc.disable()
    try:
        Looks()({"tokens": ["one", "word"], "ner_tags": ["O", "O"]})
        assert not gc.isenabled()
    finally:
        gc.enable()

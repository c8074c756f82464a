"""Words that no augmenter may change."""

import re

import pytest

from textaug import Example, NoiseInjection, SegmentShuffle, SentenceJoining
from textaug.core.protection import Protection


def protected(text, protect=None):
    example = Example.from_text(text)
    (marked,) = Protection(protect).mark([example], [" ".join(example.tokens)])
    offsets = example.offsets()
    return [text[offsets[a][0] : offsets[b - 1][1]] for a, b in marked.protected]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("see https://a.b/c now", ["https://a.b/c"]),
        ("see www.acme.example now", ["www.acme.example"]),
        ("mail ann@acme.example now", ["ann@acme.example"]),
        ("tell @ann of #oil", ["@ann", "#oil"]),
        ("<NAME> lives in {place}", ["<NAME>", "{place}"]),
        ("{{ place }} is [id] [SEP]", ["{{ place }}", "[id]", "[SEP]"]),
        ("The $T$ costs $5 or 6$", ["$T$"]),
        (
            "fly to [Oslo](city) with [two men]{'entity': 'n'}",
            ["[Oslo](city)", "[two men]{'entity': 'n'}"],
        ),
        ("wake me at [time : nine am] please", ["[time : nine am]"]),
        ('see <img src="a b.png" alt=x/> and <br />', ['<img src="a b.png" alt=x/>', "<br />"]),
        ("the end [/E1] of </e2> it", ["[/E1]", "</e2>"]),
        ("2 < 3 and 5 > 4, or [1] (see)", []),
        ("nothing here at all", []),
    ],
)
def test_addresses_placeholders_and_special_tokens(text, words):
    assert protected(text) == words
    assert protected(text, protect=False) == []


def test_given_words_phrases_and_patterns():
    text = "Acme Cloud and Acme beat Acmeville with X-200 at @home"
    assert protected(text, ["Acme", "Acme Cloud"]) == ["Acme Cloud", "Acme", "@home"]
    assert protected(text, "Acme  Cloud") == ["Acme Cloud", "@home"]
    assert protected(text, [re.compile(r"X-\d+")]) == ["X-200", "@home"]
    with pytest.raises(ValueError, match="holds an empty phrase"):
        Protection(["Acme", " "])


def test_each_example_has_its_own():
    examples = [Example(("tell", "@ann")), Example(("tell", "ann")), Example(("@bo", "left"))]
    marked = Protection().mark(examples, [" ".join(e.tokens) for e in examples])
    assert [example.protected for example in marked] == [((1, 2),), (), ((0, 1),)]
    assert marked[1] is examples[1]


def test_protected_words_stay():
    text = "Acme Cloud is fast, says @ann on https://a.b"
    noise = NoiseInjection(p=1.0, protect=["Acme Cloud"], seed=1)
    new = noise(text)
    assert new != text
    assert "Acme Cloud" in new and "@ann" in new and "https://a.b" in new


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("then [E1] Ann Lee [/E1] left the old [E2] Rome [/E2] .",
         ["[E1] Ann Lee [/E1]", "[E2] Rome [/E2]"]),
        ('then <e1>Ann</e1> left for the <e2 type="LOC">old town</e2> .',
         ["<e1>Ann</e1>", '<e2 type="LOC">old town</e2>']),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", [NoiseInjection(p=1, seed=3), SegmentShuffle(p=1, seed=1)])
def test_words_between_markers_stay_there(way, text, marked):
    new = way(text)
    assert new != text and all(each in new for each in marked)


def test_texts_with_markers_are_not_joined():
    join = SentenceJoining([(["It", "rained", "."], [])])
    for text in ("[E1] Ann [/E1] left .", "<e1>Ann</e1> left .", "The $T$ is good ."):
        assert join(text) == text
    assert join("<b>Ann</b> left .") != "<b>Ann</b> left ."
    assert [*+join.counts] == ["rejected: markers in a text say which words its label is about",
                               "changed"]  # fmt: skip


def test_words_between_tags_of_html_change():
    new = NoiseInjection(p=1, seed=3)("<p>It was a great <b>evening</b> in Rome.</p>")
    assert "<p>" in new and "</b>" in new and "evening" not in new

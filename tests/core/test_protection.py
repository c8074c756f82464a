"""Words that no augmenter may change."""

import re

import pytest

from textaug import Example, NoiseInjection
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

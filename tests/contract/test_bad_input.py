"""Input that is legal and out of the ordinary: very long, very much, nothing at all."""

import pytest
from datasets import Dataset
from support.augmenters import tiny_bert

import textaug
from textaug.core.tag_schemes import to_spans

LONG = 10_000
SHORT = ["the", "doctors", "left", "quickly", "from", "Rome"]


def test_one_very_long_sentence_among_short_ones():
    """The model's window is 64 pieces: predicted piece by piece, and no label lost."""
    long = (SHORT * LONG)[:LONG]
    rows = {"tokens": [SHORT, long, SHORT[:3]]}
    rows["tags"] = [["B-LOC" if t == "Rome" else "O" for t in tokens] for tokens in rows["tokens"]]
    for augmenter in (
        textaug.MaskedLMSubstitution(tiny_bert(), p=0.05),
        textaug.NoiseInjection(),
        textaug.SynonymReplacement(model=tiny_bert()),
    ):
        after = augmenter(rows)
        for row in range(3):
            assert len(after["tokens"][row]) == len(after["tags"][row])
            found = [after["tokens"][row][span.start] for span in to_spans(after["tags"][row])]
            assert found == ["Rome"] * rows["tokens"][row].count("Rome")
        changed = [a != b for a, b in zip(long, after["tokens"][1], strict=False)]
        assert any(changed[: LONG // 10]) and any(changed[-LONG // 10 :])
        alone = {"tokens": [SHORT], "tags": rows["tags"][:1]}
        assert augmenter(alone)["tokens"] == after["tokens"][:1]


def test_one_very_long_sentence_is_translated_between_its_mentions():
    """No engine takes it whole: each stretch of it that differs goes out once."""
    sent = []

    def out(texts):
        sent.extend(texts)
        return [text.replace("quickly", "rapidly") if len(text) < 500 else "" for text in texts]

    long = (["the", "doctors", "quickly", "left", "for", "Rome"] * LONG)[:LONG]
    rows = {"tokens": [long, long[:6]] * 2}
    rows["tags"] = [["B-LOC" if t == "Rome" else "O" for t in tokens] for tokens in rows["tokens"]]
    after = textaug.BackTranslation(engine=(out, list))(rows)
    assert after["tags"] == rows["tags"]
    assert after["tokens"][0] == [t if t != "quickly" else "rapidly" for t in long]
    assert (
        after["tokens"][1] == after["tokens"][0][:6] and after["tokens"][2:] == after["tokens"][:2]
    )
    assert len(sent) < 10


@pytest.mark.slow
def test_a_million_empty_rows():
    number = 1_000_000
    data = Dataset.from_dict({"tokens": [[]] * number, "tags": [[]] * number})
    for augmenter in (textaug.NoiseInjection(), textaug.SynonymReplacement()):
        after = data.map(augmenter, batched=True, load_from_cache_file=False)
        assert len(after) == number and augmenter.counts == {"unchanged": number}


def test_empty_rows_among_others():
    data = Dataset.from_dict({"tokens": [[], SHORT, []] * 10, "tags": [[], ["O"] * 6, []] * 10})
    after = data.map(textaug.NoiseInjection(), batched=True, load_from_cache_file=False)
    assert [len(tokens) for tokens in after["tokens"]] == [0, 6, 0] * 10

import time

import pytest

from textaug.language.tokenization import (
    guess_spaces,
    printed,
    split_sentences,
    tokenize,
    unprinted,
)


def joined(tokens):
    gaps = guess_spaces(tokens)
    assert len(gaps) == len(tokens) + 1 and set(gaps) <= {"", " "}
    assert gaps[0] == gaps[-1] == ""
    return "".join(gap + token for gap, token in zip(gaps, (*tokens, ""), strict=True))


BOTH_WAYS = [
    ("Ann left , he said .", "Ann left, he said."),
    ("What ? No ! Yes ; maybe : so", "What? No! Yes; maybe: so"),
    ("He did n't know what they 're at .", "He didn't know what they're at."),
    ("Ann 's and I 'm and we 'd", "Ann's and I'm and we'd"),
    ("ANN 'S WIN", "ANN'S WIN"),
    ("the farmers ' union", "the farmers' union"),
    ('the " old " and the " new " man', 'the "old" and the "new" man'),
    ("( see [ 3 ] )", "(see [3])"),
    ("a loss of $ 1.5 million , or 3 %", "a loss of $1.5 million, or 3%"),
    ("worth US$ 20 now", "worth US$20 now"),
    ("yes ... no -- maybe - so", "yes... no -- maybe - so"),
    ("Mr. Wu of the U.S. army left Corp. Law", "Mr. Wu of the U.S. army left Corp. Law"),
    ("J. Smith met O'Neill of AT&T", "J. Smith met O'Neill of AT&T"),
    ("a well-known 3-year-old 20th deal at 10:30", "a well-known 3-year-old 20th deal at 10:30"),
    ("won 3-2 in 1996/97 , up +1.2 or 1,000", "won 3-2 in 1996/97, up +1.2 or 1,000"),
    ("It ended . Ann left .", "It ended. Ann left."),
    ("No. 4 said no .", "No. 4 said no."),
    ("see https://example.com/a?b=c , please", "see https://example.com/a?b=c, please"),
    ("write to ann@example.com , @ann or #news", "write to ann@example.com, @ann or #news"),
    ("नमस्ते दुनिया !", "नमस्ते दुनिया!"),
    ("a 👩‍👩‍👧 !", "a 👩‍👩‍👧!"),
]


@pytest.mark.parametrize(("tokens", "text"), BOTH_WAYS, ids=[text for _, text in BOTH_WAYS])
def test_to_text_and_back(tokens, text):
    assert joined(tokens.split()) == text
    assert tokenize(text) == tokens.split()


@pytest.mark.parametrize(
    ("tokens", "text"),
    [
        ("and / or", "and/or"),
        ("a win by 6 - 4", "a win by 6-4"),
        ("the end - or not", "the end - or not"),
        ('so it was . "', 'so it was."'),  # opened in an earlier row
        ('" so it was .', '"so it was.'),  # closed in a later one
        ("`` so '' he said", "``so'' he said"),
        ("-LRB- so -RRB- he said", "-LRB-so-RRB- he said"),
        ("a ' quoted ' word", "a 'quoted' word"),
        ("the summer of ' 96", "the summer of '96"),
    ],
)
def test_to_text(tokens, text):
    assert joined(tokens.split()) == text


def test_nothing_at_all():
    assert guess_spaces([]) == ("",)
    assert tokenize("") == tokenize(" \n\t ") == []
    assert split_sentences("") == [""]


@pytest.mark.parametrize("text", ["it''s `\"' \"\"'' odd", "a\x1fb \ud800 \u200b\u0301", "…—n't'"])
def test_tokens_are_pieces_of_the_text(text):
    tokens = tokenize(text)
    assert "".join(tokens) == "".join(text.split())
    assert " ".join(tokens).split() == tokens


@pytest.mark.parametrize(
    "sentences",
    [
        ["Ann left.", " ", "Bob stayed!", "  ", "Why?"],
        ['"No," he said.', " ", '"Never."', " ", "(So.)"],
        ["Mr. J. Smith of the U.S. Army left at 5 p.m. on Friday."],
        ["It rose by 3.5 percent vs. 2.1 percent."],
        ["A title", "\n\n", "And a text", "\n", "in lines."],
        ["It ended.", " ", "3 men left."],
        ["it ended. in lower case nobody knows."],
    ],
)
def test_sentences_and_the_white_space_between_them(sentences):
    assert split_sentences("".join(sentences)) == sentences


def test_penn_treebank_signs_come_back_where_the_data_use_them():
    old = ["``", "Go", "''", "-LRB-", "he", "said", "-RRB-"]
    new = ["(", "he", "said", ")", '"', "Go", '"']
    assert printed(old) == ['"', "Go", '"', "(", "he", "said", ")"]
    assert unprinted(new, like=old) == ["-LRB-", "he", "said", "-RRB-", "``", "Go", "''"]
    assert unprinted(new, like=printed(old)) == new


@pytest.mark.parametrize("text", ["+", "a+", "+-", "+1", " ", "\t", "'", "a@"])
def test_time_grows_linearly_with_the_text(text):
    long = (text * 20_000)[:20_000]
    start = time.process_time()
    tokenize(long)
    split_sentences(long)
    assert time.process_time() - start < 0.5  # more than 1 s if each position searches the rest

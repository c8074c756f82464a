"""Text beside the words: its white space is read, and written for the new words."""

import pytest

from textaug.core.side_text import spaces_after, spaces_of


@pytest.mark.parametrize(
    ("text", "tokens", "spaces"),
    [
        ("Shares fell.", ["Shares", "fell", "."], ("", " ", "", "")),
        ("  Shares\n fell .\t", ["Shares", "fell", "."], ("  ", "\n ", " ", "\t")),
        ("", [], ("",)),
        (" ", [], (" ",)),
        ("Shares rose.", ["Shares", "fell", "."], None),
        ("Shares fell. More", ["Shares", "fell", "."], None),
        ("Shares", ["Shares", "fell"], None),
    ],
)
def test_the_white_space_around_words(text, tokens, spaces):
    assert spaces_of(text, tokens) == spaces


def joined(old, tokens, origins):
    spaces = spaces_after(old, tokens, origins)
    return "".join(part for pair in zip(spaces, [*tokens, ""], strict=True) for part in pair)


OLD = ("", "  ", " ", "", "", "\n")  # Oil  prices (fell).


@pytest.mark.parametrize(
    ("tokens", "origins", "text"),
    [
        (["Oil", "prices", "(", "fell", ")"], [0, 1, 2, 3, 4], "Oil  prices (fell)\n"),
        (["Oil", "prices", "(", "now", "fell", ")"], [0, 1, 2, None, 3, 4],
         "Oil  prices (now fell)\n"),
        (["Oil", "(", "fell", ")"], [0, 2, 3, 4], "Oil (fell)\n"),
        (["prices", "(", "fell", ")"], [1, 2, 3, 4], "prices (fell)\n"),
        (["Oil", "fell", ")"], [0, 3, 4], "Oil fell)\n"),  # two words are never joined
        (["Oil", "prices", "fell", "("], [0, 1, 3, 2], "Oil  prices fell (\n"),
        (["Oil", "and", "gas", "prices"], [0, None, None, 1], "Oil and gas  prices\n"),
        (["So", "Oil"], [None, 0], "So Oil\n"),
        (["(", "Oil"], [None, 0], "( Oil\n"),  # the white space before the text stays there
        (["Oil", "prices", "(", "all", "fell"], [0, 1, None, None, 3], "Oil  prices ( all fell\n"),
        ([], [], "\n"),
    ],
)  # fmt: skip
def test_the_white_space_of_new_words(tokens, origins, text):
    assert joined(OLD, tokens, origins) == text

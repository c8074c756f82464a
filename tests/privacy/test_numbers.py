"""Numbers and addresses that identify someone."""

from unicodedata import category

import pytest

from textaug.privacy.keys import Secret
from textaug.privacy.numbers import changes, find_numbers
from textaug.privacy.rewriting import apply

SECRET = Secret("a key for tests alone")


def changed(text, days=7):
    found = [changes(match, SECRET, days, lambda _: None) for match in find_numbers(text)]
    return apply(text, [change for each in found for change in each])


def shape(text):
    letters = {"Lu": "A", "Ll": "a", "Nd": "9"}
    return [letters.get(category(character), character) for character in text]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1996-08-30", "1996-09-06"),
        ("30/08/1996", "06/09/1996"),
        ("8/30/96", "9/6/96"),
        ("30.8.1996", "6.9.1996"),
        ("30 August 1996", "6 September 1996"),
        ("Aug 30 , 1996", "Sep 6 , 1996"),
        ("May 30, 1996", "June 6, 1996"),
        ("31/31/1996", "31/31/1996"),
        ("2-1 6-4 1,000,000 1996 5,689.82", "2-1 6-4 1,000,000 1996 5,689.82"),
    ],
)
def test_dates_move_and_scores_stay(old, new):
    assert changed(old) == new


@pytest.mark.parametrize(
    "old",
    ["+47 221 13 445", "030-123456", "555-867-5309", "DE89 3704 0044 0532 0130 00",
     "4111 1111 1111 1111", "123-45-6789", "v.holm77@mail.example", "@vera_h"],
)  # fmt: skip
def test_the_shape_stays(old):
    assert changed(old) != old and shape(changed(old)) == shape(old)


def test_no_two_numbers_become_one():
    assert len({changed(f"123-45-{i:04}") for i in range(3_000)}) == 3_000


def test_the_domain_and_the_country_stay():
    assert changed("v.holm@mail.example").endswith("@mail.example")
    assert changed("+47 221 13 445").startswith("+47 ") and changed("DE89 3704 0044")[:2] == "DE"

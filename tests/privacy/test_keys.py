"""The user's secret."""

import pytest

from textaug.privacy.keys import Secret, find_secret


def test_numbers_depend_on_the_key_and_all_parts():
    one, two = Secret("a key for tests alone"), Secret("another key for tests")
    assert one.bytes("a", "b") != one.bytes("ab") != two.bytes("ab")
    assert one.rng("x").random() == one.rng("x").random() != two.rng("x").random()


@pytest.mark.parametrize("radixes", [[10], [26, 10], [10, 10, 10]])
def test_a_permutation_misses_nothing(radixes):
    secret = Secret("a key for tests alone")
    values = [[]]
    for radix in radixes:
        values = [[*each, i] for each in values for i in range(radix)]
    assert sorted(secret.permuted(each, radixes, "t") for each in values) == values


def test_what_stands_for_a_key_finds_it_again(monkeypatch):
    secret = find_secret("a key that only this test has")
    assert find_secret(secret.digest) is secret
    monkeypatch.delenv("TEXTAUG_KEY")
    with pytest.raises(ValueError, match="this process does not have the key"):
        find_secret("key:0123")

"""Each example's own generator."""

import pytest

from textaug.core.rng import HashRandom


def test_the_same_key_gives_the_same_numbers():
    one, two, other = HashRandom(b"a"), HashRandom(b"a"), HashRandom(b"b")
    assert [one.random() for _ in range(50)] == [two.random() for _ in range(50)]
    assert one.random() != other.random()


def test_numbers_are_spread_evenly():
    rng = HashRandom(b"even")
    numbers = [rng.random() for _ in range(20_000)]
    assert min(numbers) >= 0 and max(numbers) < 1
    tenths = [sum(int(10 * number) == tenth for number in numbers) for tenth in range(10)]
    assert all(1_850 < count < 2_150 for count in tenths)


def test_first_numbers_of_many_keys_are_spread_evenly():
    firsts = [HashRandom(str(i).encode()).random() for i in range(10_000)]
    assert all(
        900 < sum(int(10 * first) == tenth for first in firsts) < 1_100 for tenth in range(10)
    )


def test_all_of_random_works():
    rng = HashRandom(b"all")
    assert sorted(rng.sample(range(100), 100)) == list(range(100))
    assert rng.choices([1, 2], weights=[0, 1]) == [2]
    assert rng.getrandbits(0) == 0 and rng.getrandbits(3) < 8
    assert rng.getrandbits(200).bit_length() > 150
    assert len(rng.randbytes(70)) == 70
    assert rng.gauss(0, 1) != rng.gauss(0, 1)
    assert rng.randrange(5, 6) == 5


def test_it_has_no_state_to_set():
    with pytest.raises(NotImplementedError, match="made from a key"):
        HashRandom(b"x").seed(1)

import pytest

from textaug.core.example import Edit, Example, Span, apply_edits
from textaug.language.articles import article_edit, article_for

TAKE_AN = """
apple hour honest honour honorary heir heiress umbrella uncle unimportant uninformed unidentified
uninvited unusual urge urgent usher utter ugly onerous office eight idea Yvonne étude iPhone
e-mail X-ray x-ray F-16 MP MPs FBI FBI-led NBA EU LSE IMF HMRC RSPCA AIDS 8 80 8,000 11 11th 18
18-year-old 18,000 A HOUR IDEA NAACP SNCF LGBT
"""
TAKE_A = """
house huge European euro ewe one once one-off union unit unique unanimous university uniform
unilateral use user useful usual utility Utah Ukrainian Ugandan Uruguayan uranium ubiquitous
yellow big word UK UN US U-turn T-shirt CIA PC BBC NATO FIFA NASA 7 1 10 100 110 180
1,800 HUGE HOUSE Uyghur horse human HORRIBLE STRENGTH SHORT RICH MINISTER LITTLE
"""
UNCLEAR = ["herb", "homage", "SIM", "SUV", "UNESCO", "URGENT", "1848", '"', "%", "Москва", ""]


@pytest.mark.parametrize("word", TAKE_AN.split())
def test_words_that_take_an(word):
    assert article_for(word) == "an"


@pytest.mark.parametrize("word", TAKE_A.split())
def test_words_that_take_a(word):
    assert article_for(word) == "a"


@pytest.mark.parametrize("word", UNCLEAR)
def test_words_that_it_cannot_tell(word):
    assert article_for(word) is None


@pytest.mark.parametrize(
    ("sentence", "position", "new", "expected"),
    [
        ("He has a big house", 3, "enormous", "He has an enormous house"),
        ("He has an old house", 3, "huge", "He has a huge house"),
        ("A big house", 1, "old", "An old house"),
        ("A EUROPEAN TEAM", 1, "ITALIAN", "AN ITALIAN TEAM"),
        ("AN OLD HOUSE", 1, "HUGE", "A HUGE HOUSE"),
        ('" A big house', 2, "old", '" An old house'),
        ("an hour", 1, "minute", "a minute"),
        ("a good man", 1, "honest", "an honest man"),
    ],
)
def test_the_article_follows_the_new_word(sentence, position, new, expected):
    example = Example(tuple(sentence.split()))
    edit = article_edit(example, position, new)
    word = Edit(position, position + 1, (new,))
    result = apply_edits(example, [word, edit])
    assert result.example.text == expected
    assert result.origins == tuple(range(len(example.tokens)))  # annotations stay


@pytest.mark.parametrize(
    ("sentence", "position", "new"),
    [
        ("He has a big house", 3, "huge"),  # still right
        ("He has a old house", 3, "ugly"),  # was wrong before: not ours to mend
        ("He has the big house", 3, "old"),
        ("Group A results", 2, "outcomes"),  # a letter
        ("a big house", 0, "an"),
        ("He has a big house", 3, "herb"),  # both in use
        ("a", 1, "old"),  # nothing follows
    ],
)
def test_no_edit_where_none_is_surely_wanted(sentence, position, new):
    assert article_edit(Example(tuple(sentence.split())), position, new) is None


def test_an_article_inside_a_mention_stays():
    example = Example(("like", "a", "Rolling", "Stone"), (Span(1, 4, "WORK"),))
    assert article_edit(example, 2, "Old") is None
    example = Example(("like", "a", "Rolling", "Stone"), (Span(2, 4, "WORK"),))
    assert article_edit(example, 2, "Old") == Edit(1, 2, ("an",))


def test_an_inserted_word_counts_too():
    example = Example.from_text("It was a  house.")
    edits = [article_edit(example, 3, "old"), Edit(3, 3, ("old",))]
    assert apply_edits(example, edits).example.text == "It was an  old house."

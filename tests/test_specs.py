"""Augmenters and filters by name."""

import pytest

import textaug
from textaug.corpora import builtin_corpus
from textaug.specs import AUGMENTERS, FILTERS, build, build_filter

SAMPLE = builtin_corpus()["train"].select(range(30))
NEEDS_A_MODEL = {"llm", "masked-lm"}  # for which "offline" will do


@pytest.mark.parametrize("name", sorted(set(AUGMENTERS) - NEEDS_A_MODEL))
def test_every_name_gives_an_augmenter_with_these_settings(name):
    made = build(name, SAMPLE, seed=5, provenance_column="by")
    assert isinstance(made, textaug.Augmenter)
    assert (made.seed, made.provenance_column) == (5, "by")


def test_what_is_learnt_from_the_data_cannot_be_given():
    learnt = {name for name, entry in AUGMENTERS.items() if entry.learns}
    assert learnt == {
        "default",
        "mentions",
        "label-wise",
        "segments",
        "joining",
        "pseudonyms",
    }
    for name in learnt:
        known = AUGMENTERS[name].arguments()
        assert not {"dataset", "split", "pools", "words", "segments", "sentences"} & set(known)
        assert {"seed", "target"} <= set(known)
    with pytest.raises(ValueError, match="'mentions' is fitted on a data set; pass train="):
        build("mentions", None)


def test_arguments_and_compositions():
    assert build("mentions:p=0.7,fresh=0.5", SAMPLE) == textaug.MentionReplacement.from_dataset(
        SAMPLE, p=0.7, fresh=0.5
    )
    assert build("noise:operations=['drop']", None).operations == ("drop",)
    assert build("masked-lm:model=offline", None).model == "offline"
    assert build("default:robust=true", SAMPLE).weights == [0.5, 0.25, 0.25]
    either = build("noise | case+synonyms", None, seed=2, target="all")
    assert isinstance(either, textaug.OneOf) and either.target == "all"
    assert [type(each).__name__ for each in either.augmenters] == ["NoiseInjection", "Compose"]


@pytest.mark.parametrize(("alias", "argument", "value"), [("pivot", "pivots", "pt")])
def test_other_names_of_arguments(alias, argument, value):
    assert build(f"back-translation:{alias}={value}", None) == build(
        f"back-translation:{argument}={value}", None
    )


def test_filters():
    with_model = {"similarity", "perplexity", "teacher", "label", "classifier"}
    assert set(FILTERS) == {"novelty", "unlabelled-names", *with_model}
    assert build_filter("classifier:model=org/model,drop=0.1").drop == 0.1
    assert build_filter("teacher:model=org/tagger").model == "org/tagger"
    names = textaug.NoUnlabelledNames.from_dataset(SAMPLE)
    assert build_filter("unlabelled-names", SAMPLE) == names

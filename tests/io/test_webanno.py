"""WebAnno TSV, version 3."""

import logging

import pytest
from support.files import mentions, tags, text_file

from textaug.io.errors import SourceError
from textaug.io.read import read

NER = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity|identifier|value"
POS = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|coarseValue|PosValue"
LEMMA = "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Lemma|value"
DEPENDENCY = "#T_RL=a.Dependency|DependencyType|flavor|BT_a.POS"


def tsv(path, layers, *sentences):
    head = "\n".join(["#FORMAT=WebAnno TSV 3.2", *layers, "", "", ""])
    body = "\n\n".join("#Text=…\n" + "\n".join(lines) for lines in sentences)
    return text_file(path / "a.tsv", head + body + "\n")


def test_layers_in_any_order(tmp_path, caplog):
    lines = [
        "1-1\t0-3\tNew\tJJ\t_\tnew\t*\tLOC[1]\tamod\t*\t1-2\t",
        "1-2\t4-8\tYork\tNN\tX\tYork\t*\tLOC[1]\t_\t_\t_\t",
        "1-3\t8-9\t.\t_\t_\t_\t_\t_\t_\t_\t_\t",
    ]
    layers = ["#T_SP=x.POS|PosValue|coarseValue", LEMMA, NER, DEPENDENCY]
    path = tsv(tmp_path, layers, lines)
    with caplog.at_level(logging.WARNING, logger="textaug"):
        data = read(path)["train"]
    assert data["tokens"][:] == [["New", "York", "."]] and tags(data) == [["B-LOC", "I-LOC", "O"]]
    assert data["pos_tags"][:] == [["JJ", "NN", None]]
    assert data["lemmas"][:] == [["new", "York", None]]
    assert "left out Dependency, POS.coarseValue, NamedEntity.identifier" in caplog.text


def test_stacked_annotations_are_nested_entities(tmp_path):
    lines = [
        "1-1\t0-3\tNew\t*[1]|*[2]\tORG[1]|LOC[2]\t",
        "1-2\t4-8\tYork\t*[1]|*[2]\tORG[1]|LOC[2]\t",
        "1-3\t9-14\tTimes\t*[1]\tORG[1]\t",
        "1-4\t15-17\tit\t*\tPRO\t",
    ]
    data = read(tsv(tmp_path, [NER], lines))["train"]
    assert mentions(data) == [[("LOC", "New York"), ("ORG", "New York Times"), ("PRO", "it")]]


def test_neighbours_are_two_entities(tmp_path):
    lines = ["1-1\t0-3\tAnn\t*\tPER\t", "1-2\t4-6\tBo\t*\tPER\t"]
    assert tags(read(tsv(tmp_path, [NER], lines))["train"]) == [["B-PER", "B-PER"]]


def test_parts_of_tokens_after_large_characters(tmp_path):
    lines = [
        "1-1\t0-7\t🔥U.S.-b\t_\t_\t",
        "1-1.1\t2-6\tU.S.\t*\tLOC\t",
        "1-2\t9-11\tBo\t*\tPER\t",
    ]
    data = read(tsv(tmp_path, [NER], lines))["train"]
    assert mentions(data) == [[("LOC", "U.S."), ("PER", "Bo")]]


def test_escaped_characters(tmp_path):
    lines = ["1-1\t0-3\ta\\|\\_\t*\tB\\[x\\]\\|C[1]\t", "1-2\t4-5\tb\t*\tB\\[x\\]\\|C[1]\t"]
    data = read(tsv(tmp_path, [NER], lines))["train"]
    assert mentions(data) == [[("B[x]|C", "a|_ b")]]


def test_the_only_custom_layer_holds_the_entities(tmp_path):
    lines = ["1-1\t0-3\tAnn\tPER[1]\t", "1-2\t4-6\tLi\tPER[1]\t"], ["2-1\t7-9\tHm\t_\t"]
    data = read(tsv(tmp_path, ["#T_SP=webanno.custom.Name|kind"], *lines))["train"]
    assert tags(data) == [["B-PER", "I-PER"], ["O"]]
    custom = ["#T_SP=webanno.custom.Name|kind", "#T_SP=webanno.custom.Claim|kind"]
    with pytest.raises(SourceError, match=r"ambiguous which feature .*: Name\.kind, Claim\.kind"):
        read(tsv(tmp_path, custom, ["1-1\t0-3\tAnn\tPER\tX\t"]))


def test_another_version_is_named(tmp_path):
    with pytest.raises(SourceError, match="is not WebAnno TSV 3; export it as that"):
        read(text_file(tmp_path / "a.tsv", "#FORMAT=WebAnno TSV 2\n1-1\tAnn\tB-PER\n"))


def test_slots_take_two_columns(tmp_path):
    slots = "#T_SP=webanno.custom.Event|ROLE_webanno.custom.Event:who_webanno.custom.Link|a.Arg"
    data = read(tsv(tmp_path, [slots, NER], ["1-1\t0-3\tAnn\t*\t1-1\t*\tPER\t"]))["train"]
    assert tags(data) == [["B-PER"]]


def test_an_entity_over_a_sentence_border_is_named(tmp_path):
    lines = ["1-1\t0-3\tAnn\t*\tPER[1]\t"], ["2-1\t4-6\tLi\t*\tPER[1]\t"]
    with pytest.raises(SourceError, match="continues from the sentence before; split it"):
        read(tsv(tmp_path, [NER], *lines))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1-1\t0-3\tAnn\t*\t*\t", "'Ann' has an annotation of NamedEntity without a value"),
        ("1-1 Ann", "is not a token: '1-1 Ann'"),
        ("1-1\tx\tAnn\t_\t_", "is not a token"),
    ],
)
def test_damaged_lines_are_named(line, message, tmp_path):
    with pytest.raises(SourceError, match=message):
        read(tsv(tmp_path, [NER], [line]))

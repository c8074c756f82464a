"""Names in any script, dates in any form and column."""

from datetime import datetime

import pytest
from datasets import Dataset

from textaug import Pseudonymization, audit

KEY = "0123456789abcdef0123"


def labelled(text, name):
    start = text.index(name)
    return {"text": text, "entities": [{"start": start, "end": start + len(name), "label": "PER"}]}


def pseudonymised(rows):
    data = Dataset.from_list(rows)
    made = data.map(Pseudonymization.from_dataset(data, key=KEY), batched=True)
    assert audit(data, made).leaks == 0
    return made


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("विवेक शर्मा", "{} आए।", "फिर {} गए।"),
        ("محمد السيد", "{} هنا.", "جاء {} اليوم."),
        ("王小明", "{}来了。", "昨天{}走了。"),
        ("สมชาย", "{}มาแล้ว", "เมื่อวาน{}ไปแล้ว"),
        ("Анна Иванова", "{} пришла.", "Потом {} ушла."),
        ("Jürgen Müller", "{} came.", "Then {} left."),
    ],
)
def test_an_unlabelled_repeat_is_replaced_in_every_script(name, first, second):
    rows = [labelled(first.format(name), name), {"text": second.format(name), "entities": []}]
    one, two = pseudonymised(rows)["text"][:]
    new = one[len(first.partition("{}")[0]) : len(one) - len(first.partition("{}")[2])]
    assert one == first.format(new) and two == second.format(new)
    assert not any(part in new for part in name.split())


def test_accents_apart_from_their_letters_are_the_same_name():
    rows = [labelled("Jürgen Müller came.", "Jürgen Müller")]
    rows.append({"text": "Then Ju\u0308rgen Mu\u0308ller left.", "entities": []})
    one, two = pseudonymised(rows)["text"][:]
    assert one.removesuffix(" came.") == two.removeprefix("Then ").removesuffix(" left.")


@pytest.mark.parametrize(
    "date",
    [
        "1996-08-30", "1996-08-30T12:00:00Z", "1996/08/30", "30-08-1996", "30/08/1996", "1996-8-30",
        "August 30, 1996", "30th August 1996", "Sept. 5, 1996", "Sept 5, 1996", "May 1st, 1996",
    ],
)  # fmt: skip
def test_dates_move_in_every_form(date):
    (new,) = pseudonymised([labelled(f"Vera Holm, {date}.", "Vera Holm")])["text"][:]
    assert not new.endswith(f", {date}.") and "1996-08-30" not in new


def test_dates_of_other_columns_move_with_those_of_the_text():
    row = labelled("Vera Holm slept on 1996-08-30.", "Vera Holm")
    row |= {"title": "Of 30 August 1996", "date": "1996-08-30", "when": datetime(1996, 8, 30, 12)}
    (made,) = pseudonymised([row])
    day = made["text"][-11:-1]
    assert day != "1996-08-30" and made["date"] == day
    assert made["when"].strftime("%Y-%m-%d %H") == f"{day} 12"
    title = made["when"].strftime("Of %d %B %Y").replace("Of 0", "Of ")
    assert made["title"] == title


def test_the_audit_finds_dates_and_class_labels_in_other_columns():
    row = labelled("Vera Holm slept.", "Vera Holm")
    data = Dataset.from_list([row | {"date": "1996-08-30", "speaker": "Vera Holm"}])
    made = data.map(Pseudonymization.from_dataset(data, key=KEY), batched=True)
    left = made.remove_columns("date").add_column("date", ["1996-08-30"])
    assert audit(data, left).leaks == 1
    classes = data.class_encode_column("speaker")
    assert (
        audit(classes, classes).leaks
        > audit(data.remove_columns("speaker"), data.remove_columns("speaker")).leaks
    )
    with pytest.raises(ValueError, match="'speaker': the class label 'Vera Holm' is a name"):
        classes.map(Pseudonymization.from_dataset(data, key=KEY), batched=True)

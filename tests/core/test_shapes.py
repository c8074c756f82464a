"""What a column holds, by its feature or its values."""

import numpy as np
import pytest
from datasets import ClassLabel, Image, List, Value

from textaug.core import shapes
from textaug.core.shapes import UNKNOWN, Shape

STRING, INT = Shape("string"), Shape("int")


@pytest.mark.parametrize(
    ("feature", "shape"),
    [
        (Value("string"), STRING),
        (Value("large_string"), STRING),
        (Value("int64"), INT),
        (Value("uint8"), Shape("int", is_unsigned=True)),
        (Value("float32"), Shape("float")),
        (Value("bool"), Shape("bool")),
        (Value("null"), UNKNOWN),
        (Value("binary"), Shape("other")),
        (Image(), Shape("other")),
        (ClassLabel(names=["a", "b"]), Shape("class", names=("a", "b"))),
        (List(Value("string")), Shape("list", STRING)),
        (List(Value("string"), length=3), Shape("list", STRING, length=3)),
        ([Value("string")], Shape("list", STRING)),
        ({"a": Value("int8")}, Shape("struct", fields=(("a", INT),))),
    ],
)
def test_the_shape_of_a_feature(feature, shape):
    assert shapes.of_feature(feature) == shape


@pytest.mark.parametrize(
    ("values", "shape"),
    [
        ([None, "a"], STRING),
        ([1], INT),
        ([True], Shape("bool")),  # which Python takes for an integer
        ([0.5], Shape("float")),
        ([None, None], UNKNOWN),
        ([], UNKNOWN),
        ([[], ["a"]], Shape("list", STRING)),
        ([[], None], Shape("list", UNKNOWN)),
        ([[None, 1]], Shape("list", INT)),
        ([("a",)], Shape("list", STRING)),
        ([np.array([1, 2])], Shape("list", INT)),
        ([np.int64(1)], INT),
        ([{"a": 1}], Shape("struct", fields=(("a", INT),))),
        ([object()], Shape("other")),
    ],
)
def test_the_shape_of_values(values, shape):
    assert shapes.of_values(values) == shape


def test_parts_of_a_shape():
    shape = Shape("struct", fields=(("a", INT),))
    assert shape.field("a") == INT and shape.field("b") is None
    assert Shape("list", shape).item == "struct" and INT.item == ""

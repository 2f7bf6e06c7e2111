"""Uploaded tables: there and back, spread as scikit-learn does it, a sentence for each fault."""

from __future__ import annotations

import csv
import io
import math
import time
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import MinMaxScaler

from core.data.tables import MOST_BYTES, MOST_ROWS, TableError, in_words, points_of_csv

number = st.floats(-1e6, 1e6, allow_subnormal=False)
plain = st.characters(categories=["L", "N", "P", "S", "Zs"])
word = (
    st.text(plain, min_size=1, max_size=40).map(str.strip).filter(lambda w: w and w.isprintable())
)
table = st.lists(st.tuples(number, number, st.booleans()), min_size=4, max_size=40).filter(
    lambda rows: len({row[2] for row in rows}) == 2
)


def written(rows: list[Any], mark: str = ",", end: str = "\n", head: tuple[str, ...] = ()) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=mark, lineterminator=end)
    writer.writerows([head, *rows] if head else rows)
    return out.getvalue().encode()


def is_number(cell: str) -> bool:
    with suppress(ValueError):
        return math.isfinite(float(cell))
    return False


def body(*classes: str) -> bytes:
    """Points on a diagonal, of these classes."""
    return written([(n, n, one) for n, one in enumerate(classes)])


@settings(max_examples=60, deadline=None)
@given(
    table,
    st.lists(word, min_size=2, max_size=2, unique=True),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([(), ("x", "y", "class")]),
)
def test_there_and_back(
    rows: list[Any], names: list[str], mark: str, end: str, head: tuple[str, ...]
) -> None:
    """Each column against scikit-learn's MinMaxScaler to [-1, 1]."""
    a, b = names
    assume(not any(other in a + b for other in ",;\t".replace(mark, "")))
    assume(not (is_number(a) and is_number(b)))
    given = [(x, y, b if second else a) for x, y, second in rows]
    x, y, found = points_of_csv(written(given, mark, end, head))
    values = np.array([row[:2] for row in rows])
    spans = np.ptp(values, axis=0)
    assume(((spans == 0) | (spans > 1e-12)).all())  # the scaler takes a smaller one for constant
    want = MinMaxScaler((-1, 1)).fit_transform(values)
    want[:, spans == 0] = 0
    assert x.dtype == np.float32 and y.dtype == np.int64
    assert np.abs(x - want).max() < 1e-6
    assert list(found) == sorted(names)
    assert [found[n] for n in y] == [row[2] for row in given]


def test_the_lower_class_is_class_0() -> None:
    """As numbers where both are, else as text."""
    for cells, names, y in (
        (("10", "9", "9.0", "1e1"), ("9", "10"), [1, 0, 0, 1]),
        (("1", "-1", "-1", "1"), ("-1", "1"), [1, 0, 0, 1]),
        (("b", "a", "a", "b"), ("a", "b"), [1, 0, 0, 1]),
        (("b", "2", "2", "b"), ("2", "b"), [1, 0, 0, 1]),
    ):
        found = points_of_csv(body(*cells))
        assert (found[2], found[1].tolist()) == (names, y)


def test_what_a_spreadsheet_adds_is_left_out() -> None:
    """A byte order mark, spaces, quotes, blank lines, lines of separators only."""
    text = '\ufeff"x"; "y";"kind"\r\n 1 ;2; yes \r\n\r\n;;\r\n3;"4";no\r\n5;6;yes\r\n7;8;no\r\n'
    x, y, names = points_of_csv(text.encode())
    assert np.allclose(x[:, 0], [-1, -1 / 3, 1 / 3, 1]) and y.tolist() == [1, 0, 1, 0]
    assert names == ("no", "yes")


def test_extreme_numbers_do_not_overflow() -> None:
    big = 1.7e308
    rows = [(-big, 0, "a"), (big, 5e-324, "b"), (0, 0, "a"), (big / 2, 0, "b")]
    x, _, _ = points_of_csv(written(rows))
    assert x[:, 0].tolist() == [-1, 1, 0, 0.5] and np.abs(x[:, 1]).max() <= 1


def test_the_most_rows_are_read_soon() -> None:
    rows = [(n, -n, n % 2) for n in range(MOST_ROWS)]
    for head in ((), ("a", "b", "c")):
        start = time.perf_counter()
        x, _, _ = points_of_csv(written(rows, head=head))
        assert len(x) == MOST_ROWS and time.perf_counter() - start < 1
    assert in_words(written(rows)) == "2,000 points, classes 0 and 1"


MORE = [(n, n, n % 2) for n in range(MOST_ROWS + 1)]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "The file is empty."),
        (b"\n ,,\n", "The file is empty."),
        (b"x,y,c\n", "At least 4 rows of data are needed; here are 0."),
        (b"1,2,a\n3,4,b\n5,6,a\n", "At least 4 rows of data are needed; here are 3."),
        (written(MORE), "Line 2001: more than 2,000 rows of data."),
        (written(MORE, head=("x", "y", "c")), "Line 2002: more than 2,000 rows of data."),
        (b"1,2,a\n" * (MOST_BYTES // 6 + 1), "The file has 1,000,002 bytes; 1,000,000 are"),
        (b"1,2,a\n3,4,\xff\n", "Line 2: this is not UTF-8 text."),
        (b"1,2,a\n3,4,b,5\n", "Line 2: 4 columns instead of 3, two numbers and a class"),
        (b"1 2 a\n", "Line 1: 1 column instead of 3"),
        (b"1,2,a\nx,4,b\n1,2,b\n1,1,a", "Line 2: 'x' is not a finite number such as -1.5."),
        (b"x,4,b\n1,2,a\n1,2,b\n1,1,a", "Line 1: 'x' is not a finite number"),
        (b"a,b,c\n\n1,nan,a\n3,4,b\n1,2,b\n1,1,a", "Line 3: 'nan' is not a finite number"),
        (b"1,-inf,a\n3,4,b\n1,2,b\n1,1,a", "Line 1: '-inf' is not a finite number"),
        (b"1,1e999,a\n3,4,b\n1,2,b\n1,1,a", "Line 1: '1e999' is not a finite number"),
        (b"1,1_0,a\n3,4,b\n1,2,b\n1,1,a", "Line 1: '1_0' is not a finite number"),
        (b"1,,a\n3,4,b\n1,2,b\n1,1,a", "Line 1: '' is not a finite number"),
        (b"1,5;2,5;a\n1,5;2,5;b\n1;2;a\n1;2;b", "Line 2: '1,5' is not a finite number"),
        (b"1,__import__('os'),a\n" * 4, "Line 1: \"__import__('os')\" is not a finite"),
        (body("a", "a", "a", "a"), "All rows are of class 'a'; there must be two classes."),
        (body("a", "b", "a", "c"), "Line 4: 'c' is a third class, after 'a' and 'b'."),
        (body("0", "1", "nan", "0"), "Line 3: 'nan' is a third class, after '0' and '1'."),
        (body("a", "b", "", "a"), "Line 3: '' is no class; 1 to 40 letters are."),
        (body("a", "b", "x" * 41, "a"), "Line 3: 'xxxxxxxxxxxxxxxxx...' is no class"),
        (body("a", "b", "b\x00", "a"), r"Line 3: 'b\x00' is no class"),
        (b'1,2,a\n3,4,"b\n5,6,a\n7,8,b\n', "Line 4: unexpected end of data."),
        (b'1,2,a\n3,4,"b"c\n5,6,a\n7,8,b\n', "Line 2: ',' expected after '\"'."),
        (b"1,2," + b"x" * 200_000, "Line 1: field larger than field limit (131072)."),
        (b"PK\x03\x04\x14\x00\x08\x00\xc3\x28", "Line 1: this is not UTF-8 text."),
    ],
)  # fmt: skip
def test_a_fault_is_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(TableError) as caught:
        points_of_csv(data)
    said = str(caught.value)
    assert said.startswith(says)
    assert said.endswith(".") and len(said) < 150 and "\n" not in said


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_else_is_ever_raised(data: bytes) -> None:
    with suppress(TableError):
        x, y, _ = points_of_csv(data)
        assert np.isfinite(x).all() and len(x) == len(y)

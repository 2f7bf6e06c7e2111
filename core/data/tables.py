"""Uploaded tables: two columns of numbers and a class, as comma-separated values.

Read by the standard library's csv module, within limits; every fault is a sentence with its line.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from itertools import chain

import numpy as np

MOST_BYTES = 1_000_000
LEAST_ROWS, MOST_ROWS = 4, 2000
# A comma last: it may be a decimal mark, which the other two leave to a clear sentence.
DELIMITERS = {"\t": "tabs", ";": "semicolons", ",": "commas"}
MOST_LETTERS = 40  # of a class

Row = tuple[int, list[str]]  # number of its line, and its cells


class TableError(ValueError):
    """A file is not such a table. ``str`` is a sentence for the reader."""


def points_of_csv(data: bytes) -> tuple[np.ndarray, np.ndarray, tuple[str, str]]:
    """Points of a file: x (n, 2) float32, each column spread over [-1, 1]; y (n,) 0 or 1; classes.

    data: UTF-8 text of at most 1 MB, 4 to 2000 rows of three columns: two finite numbers and the
    class, with commas, semicolons or tabs between. A first row without numbers is a header. There
    are exactly two classes, numbers or text; class 0 is the lower one. A constant column becomes 0.
    Raises TableError.
    """
    rows = list(_body(_text(data)))
    values = np.array([[_number(line, cell) for cell in cells[:2]] for line, cells in rows])
    if len(rows) < LEAST_ROWS:
        raise TableError(f"At least {LEAST_ROWS} rows of data are needed; here are {len(rows)}.")
    y, names = _classes([(line, cells[2]) for line, cells in rows])
    return _spread(values).astype(np.float32), y, names


def in_words(data: bytes) -> str:
    """What the table holds, as in ``200 points, classes a and b``. Raises TableError."""
    x, _, names = points_of_csv(data)
    return f"{len(x):,} points, classes {names[0]} and {names[1]}"


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise TableError(f"The file has {len(data):,} bytes; {MOST_BYTES:,} are the most.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(f"Line {line}: this is not UTF-8 text.") from None


def _body(text: str) -> Iterator[Row]:
    """The rows of data, each of three cells; the header and blank lines left out."""
    rows = _rows(text)
    first = next(rows, None)
    if first is None:
        raise TableError("The file is empty.")
    is_header = not any(_is_number(cell) for cell in first[1][:2])
    body = rows if is_header else chain([first], rows)
    for count, row in enumerate(body, 1):
        if count > MOST_ROWS:
            raise TableError(f"Line {row[0]}: more than {MOST_ROWS:,} rows of data.")
        yield row


def _rows(text: str) -> Iterator[Row]:
    lines, mark = io.StringIO(text, newline=""), _delimiter(text)
    reader = csv.reader(lines, delimiter=mark, skipinitialspace=True, strict=True)
    try:
        for found in reader:
            cells = [cell.strip() for cell in found]
            if not any(cells):
                continue
            if len(cells) != 3:
                raise TableError(_columns(reader.line_num, len(cells)))
            yield reader.line_num, cells
    except csv.Error as error:
        raise TableError(f"Line {reader.line_num}: {error}.") from None


def _delimiter(text: str) -> str:
    """The mark that cuts the first line into three; a comma where none does."""
    line = next((line for line in text.splitlines() if line.strip()), "")[:10_000]
    cut = {mark: next(csv.reader([line], delimiter=mark), []) for mark in DELIMITERS}
    return next((mark for mark, cells in cut.items() if len(cells) == 3), ",")


def _columns(line: int, count: int) -> str:
    marks = ", ".join(DELIMITERS.values())
    found = "1 column" if count == 1 else f"{count} columns"
    return f"Line {line}: {found} instead of 3, two numbers and a class (between them {marks})."


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def _number(line: int, cell: str) -> float:
    value = float(cell) if _is_number(cell) else math.nan
    if not math.isfinite(value):
        raise TableError(f"Line {line}: {_short(cell)} is not a finite number such as -1.5.")
    return value


def _classes(cells: list[tuple[int, str]]) -> tuple[np.ndarray, tuple[str, str]]:
    """Class of each row, and the two names: ascending as numbers if all are, else as text."""
    numbers = all(_is_number(cell) and math.isfinite(float(cell)) for _, cell in cells)
    keys: list[float | str] = [float(cell) if numbers else cell for _, cell in cells]
    names: dict[float | str, str] = {}
    for key, (line, cell) in zip(keys, cells, strict=True):
        if not cell or len(cell) > MOST_LETTERS or not cell.isprintable():
            raise TableError(f"Line {line}: {_short(cell)} is no class; 1 to 40 letters are.")
        names.setdefault(key, cell)
        if len(names) > 2:
            known = " and ".join(_short(one) for one in list(names.values())[:2])
            raise TableError(f"Line {line}: {_short(cell)} is a third class, after {known}.")
    if len(names) < 2:
        raise TableError(f"All rows are of class {_short(cells[0][1])}; there must be two classes.")
    low, high = sorted(names)
    return np.array([int(key == high) for key in keys], np.int64), (names[low], names[high])


def _spread(values: np.ndarray) -> np.ndarray:
    """Each column from its least at -1 to its greatest at 1. values: (n, 2)."""
    low, high = values.min(0), values.max(0)
    middle, half = low / 2 + high / 2, high / 2 - low / 2  # halves first: no overflow
    out: np.ndarray = np.clip((values - middle) / np.where(half > 0, half, np.inf), -1, 1)
    return out


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 20 else cell[:17] + "...")

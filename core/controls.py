"""How a field of Settings is controlled: the annotations that carry bounds, label, unit, help.

Each is an ``annotated_types.GroupedMetadata``, so Pydantic enforces the bounds it yields and puts
them in the JSON schema. The user interface builds a widget from the same object.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import annotated_types as at
from pydantic import StringConstraints

Level = Literal["simple", "more"]


@dataclass(frozen=True, kw_only=True)
class _Common:
    help: str = ""
    unit: str = ""
    level: Level = "simple"
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Other fields and the values with which this one applies (any of several counts)."""


class Control(at.GroupedMetadata):
    """What all controls share: label, help, unit, level, when."""

    label: str
    help: str
    unit: str
    level: Level
    when: Mapping[str, tuple[Any, ...]]

    def __iter__(self) -> Iterator[object]:
        return iter(())

    def allowed(self) -> str:
        """What the field takes, in words."""
        raise NotImplementedError


@dataclass(frozen=True)
class Slider(_Common, Control):
    """A number on an even scale, bounds included."""

    label: str
    lo: float
    hi: float
    step: float | None = None

    def __iter__(self) -> Iterator[object]:
        yield at.Interval(ge=self.lo, le=self.hi)

    def allowed(self) -> str:
        return f"a number from {self.lo:g} to {self.hi:g}"


@dataclass(frozen=True)
class LogSlider(_Common, Control):
    """A positive number on a scale of 1, 1.5, 2, 3, 5, 7 in every decade, bounds included.

    top: where the slider itself ends, if before hi; a link or a command line reaches further.
    whole: the stops are whole numbers.
    """

    label: str
    lo: float
    hi: float
    top: float | None = None
    whole: bool = False

    def __iter__(self) -> Iterator[object]:
        yield at.Interval(ge=self.lo, le=self.hi)

    def allowed(self) -> str:
        return f"a number from {self.lo:g} to {self.hi:g}"

    def stops(self) -> list[float]:
        """The slider's stops, within the bounds, ascending."""
        top = self.hi if self.top is None else self.top
        decades = range(math.floor(math.log10(self.lo)), math.ceil(math.log10(top)) + 1)
        grid = {float(f"{m}e{d}") for d in decades for m in ("1", "1.5", "2", "3", "5", "7")}
        stops = (v for v in grid | {float(self.lo), float(top)} if self.lo <= v <= top)
        return sorted(v for v in stops if not self.whole or v.is_integer())


@dataclass(frozen=True)
class Choice(_Common, Control):
    """One of the values of a Literal. labels: where the words on screen differ from the value."""

    label: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def allowed(self) -> str:
        return "one of the choices"

    def words(self, value: str) -> str:
        """The value as it reads on screen."""
        return self.labels.get(value, value.replace("-", " ").capitalize())


@dataclass(frozen=True)
class Choices(_Common, Control):
    """Several of the values of a tuple[Literal, ...], from ``least`` to ``most`` of them."""

    label: str
    least: int = 1
    most: int = 20
    labels: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[object]:
        yield at.MinLen(self.least)
        yield at.MaxLen(self.most)

    def allowed(self) -> str:
        return f"{self.least} to {self.most} of the choices"

    def words(self, value: str) -> str:
        """The value as it reads on screen."""
        return self.labels.get(value, value.replace("-", " ").capitalize())


@dataclass(frozen=True)
class Toggle(_Common, Control):
    """On or off."""

    label: str

    def allowed(self) -> str:
        return "true or false"


@dataclass(frozen=True)
class Text(_Common, Control):
    """A line of text, up to ``most`` characters."""

    label: str
    most: int = 200

    def __iter__(self) -> Iterator[object]:
        yield at.MaxLen(self.most)

    def allowed(self) -> str:
        return f"text of at most {self.most} characters"


@dataclass(frozen=True)
class Points(_Common, Control):
    """Labelled points of the square [-1, 1]^2, as ``core.data.points`` writes them."""

    label: str
    most: int = 200
    classes: int = 2

    def __iter__(self) -> Iterator[object]:
        yield at.MaxLen(5 * self.most)

    def allowed(self) -> str:
        return f"up to {self.most} points, each a class digit and four hexadecimal digits"


@dataclass(frozen=True)
class Data(_Common, Control):
    """A file of the reader's own: nothing yet, or the SHA-256 of what ``core.data.uploads`` keeps.

    Give it a ``when``: the defaults must run without a file.
    reader: import string of bytes -> a few words on what they hold; its ValueError, what is wrong.
    kinds: the endings that a file's name may have. most_bytes: how large a file may be.
    """

    label: str
    reader: str = "core.data.tables:in_words"
    kinds: tuple[str, ...] = ("csv",)
    most_bytes: int = 1_000_000

    def __iter__(self) -> Iterator[object]:
        yield from StringConstraints(max_length=64, pattern="^([0-9a-f]{64})?$")

    def allowed(self) -> str:
        return "the SHA-256 of an uploaded file, 64 hexadecimal digits in lower case"


@dataclass(frozen=True)
class Model(_Common, Control):
    """A trained model: the name of a shipped one, or the key of a finished run.

    shipped: names in ``data/models`` and their words on screen. unlisted: more of them, which are
    on the menu only while one is chosen, as a link may do. of: the experiments whose finished runs
    it takes.
    """

    label: str
    shipped: Mapping[str, str] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    unlisted: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[object]:
        names = "|".join(re.escape(name) for name in (*self.shipped, *self.unlisted))
        yield from StringConstraints(max_length=64, pattern=f"^({names}|[0-9a-f]{{64}})$")

    def allowed(self) -> str:
        names = " | ".join((*self.shipped, *self.unlisted))
        return f"{names} | the key of a finished run, 64 hexadecimal digits"


@dataclass(frozen=True)
class Seed(_Common, Control):
    """The seed of the run's own random generator."""

    label: str = "Seed"
    lo: int = 0
    hi: int = 999_999

    def __iter__(self) -> Iterator[object]:
        yield at.Interval(ge=self.lo, le=self.hi)

    def allowed(self) -> str:
        return f"a whole number from {self.lo} to {self.hi}"

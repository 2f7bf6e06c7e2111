"""The words of the lessons are short where they must be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.catalog import CATALOG
from core.ui.lessons import LESSONS
from core.ui.words import parts

ROOT = Path(__file__).resolve().parents[2]
MOST = 60  # words of an idea
FILES = {
    name: (ROOT / lesson.page).with_suffix("") / f"{name.partition('.')[2]}.md"
    for lesson in LESSONS
    for name in lesson.experiments
}


def count(text: str) -> int:
    """Words as a reader counts them: whatever has a letter or a digit between two spaces."""
    return sum(bool(re.search(r"\w", word)) for word in text.split())


def test_words_are_counted_as_a_reader_does() -> None:
    assert count("Two **bold words** - and $x^2$, 30,000 times.") == 7


@pytest.mark.parametrize("name", CATALOG)
def test_an_idea_has_sixty_words_at_most(name: str) -> None:
    assert 10 <= count(parts(FILES[name], name)["Idea"]) <= MOST

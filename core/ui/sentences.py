"""Labels and values as they read in the middle of a sentence."""

from __future__ import annotations

from typing import Any

from core.controls import Choice, Control, Model

NAMES = ("Adam",)  # which would pass for a word


def inside(text: str) -> str:
    """A label within a sentence: ``Rate of D`` is ``rate of D``, and ``D steps`` stays.

    Only the first letter is lowered, and not of an acronym, a symbol or a name. A is the article.
    """
    first = text.partition(" ")[0]
    word = first == "A" or (first[1:2].islower() and first[1:].islower() and first not in NAMES)
    return text[:1].lower() + text[1:] if word else text


def value(control: Control, given: Any) -> str:
    """What a control stands at, as it reads on the screen."""
    if isinstance(given, bool):
        return "on" if given else "off"
    if isinstance(control, Choice):
        return inside(control.words(given))
    if isinstance(control, Model):
        return inside(control.shipped.get(given, given))
    return f"{given:g}" if isinstance(given, float) else str(given)

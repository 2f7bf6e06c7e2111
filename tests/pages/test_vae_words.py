"""The lesson on autoencoders explains what it is about, each part with its formula."""

from __future__ import annotations

import re

import pytest

from core.ui.words import parts
from tests.pages.test_lesson_words import FILES

TOPICS = {
    "vae.images": (
        "Encoder and decoder",
        "A latent space, and why it is continuous",
        "Variational inference and the bound",
        "Tug-of-war",
        "Sampling",
        "What an error is",
        "Three kinds of code",
    ),
    "vae.plane": ("Interpolation, two ways", "Arithmetic"),
    "vae.reparameterise": ("The slope of a mean", "KL of two normal laws"),
    "vae.uses": ("Fill in", "Find", "Clean", "Squeeze", "Invent"),
    "vae.linear": ("The bound without sampling", "The maximum"),
}
PAIRS = [(name, topic) for name, topics in TOPICS.items() for topic in topics]


@pytest.mark.parametrize(("name", "topic"), PAIRS)
def test_it_has_a_paragraph_of_its_own(name: str, topic: str) -> None:
    """Which says it in symbols, or in numbers of stored runs, and not in a line alone."""
    text = parts(FILES[name], name)["Formula"]
    start = re.search(rf"^\*\*{re.escape(topic)}[.:]?\*\*", text, re.MULTILINE)
    assert start is not None
    body = re.split(r"^\*\*", text[start.end() :], flags=re.MULTILINE)[0]
    assert re.search(r"\$[^$]+\$|\d", body)
    assert len(body.split()) > 25


def test_the_three_kinds_stand_beside_each_other() -> None:
    text = parts(FILES["vae.images"], "vae.images")["Formula"]
    assert re.search(r"^\| +\| Autoencoder \| VAE \| VQ-VAE \|$", text, re.MULTILINE)

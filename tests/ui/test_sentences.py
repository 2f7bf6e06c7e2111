"""Labels in the middle of a sentence: only what is a plain word loses its capital."""

from __future__ import annotations

import pytest

from core.catalog import get
from core.ui.sentences import inside, value


@pytest.mark.parametrize(
    ("label", "reads"),
    [
        ("Learning rate of D", "learning rate of D"),
        ("Discriminator learning rate", "discriminator learning rate"),
        ("D steps", "D steps"),
        ("D's turn", "D's turn"),
        ("KL", "KL"),
        ("R1 penalty", "R1 penalty"),
        ("ControlNet", "ControlNet"),
        ("Warm-up of the KL term", "warm-up of the KL term"),
        ("A VAE", "a VAE"),
        ("VAE", "VAE"),
        ("Adam", "Adam"),
        ("Both: Adam", "both: Adam"),
        ("a, of a − b + c", "a, of a − b + c"),
        ("x", "x"),
        ("1,024, as on every map", "1,024, as on every map"),
        ("", ""),
    ],
)
def test_a_label_keeps_the_capitals_that_it_needs(label: str, reads: str) -> None:
    assert inside(label) == reads


@pytest.mark.parametrize(
    ("experiment", "field", "given", "reads"),
    [
        ("gan.step", "lr_d", 0.002, "0.002"),
        ("diffusion.sample", "clip", True, "on"),
        ("pooling.compare", "rates", "best", "each at its best"),
        ("vae.plane", "model", "vae-mnist-beta", "β-VAE, β = 4"),
        ("vae.plane", "code", "0", "0"),
        ("pooling.cnn", "steps", 300, "300"),
    ],
)
def test_a_value_reads_as_on_its_control(
    experiment: str, field: str, given: object, reads: str
) -> None:
    assert value(get(experiment).settings.controls()[field], given) == reads

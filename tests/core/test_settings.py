"""Settings and the annotations that control a field: bounds, words, what applies, keys."""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.controls import Choice, Choices, LogSlider, Model, Points, Seed, Slider, Text, Toggle
from core.settings import SettingError, Settings


class Mixed(Settings):
    loss: Annotated[Literal["minimax", "wgan-gp"], Choice("Loss")] = "minimax"
    penalty: Annotated[
        float,
        Slider("Penalty", 0, 20, unit="nats", help="How much.", when={"loss": ("wgan-gp",)}),
    ] = 10.0
    soft: Annotated[bool, Toggle("Soft penalty", level="more", when={"penalty": (10.0, 5.0)})] = (
        False
    )
    names: Annotated[
        tuple[Literal["adam", "lion", "sgd"], ...],
        Choices("Optimizers", most=2, labels={"sgd": "Noisy descent"}),
    ] = ("adam",)
    lr: Annotated[float, LogSlider("Rate", 1e-5, 1e-1, when={"names": ("adam", "lion")})] = 1e-3
    steps: Annotated[int, Slider("Steps", 1, 500)] = 100
    text: Annotated[str, Text("Surface", most=20)] = "x*y"
    drawn: Annotated[str, Points("Points", most=2)] = ""
    seed: Annotated[int, Seed()] = 0


HOSTILE = ["nan", "inf", "-inf", "1e308", "", "1e400", "x" * 10_000, "<script>alert(1)</script>"]


@pytest.mark.parametrize("field", ["penalty", "lr", "steps", "seed"])
@pytest.mark.parametrize("text", HOSTILE)
def test_a_number_refuses_what_it_does_not_allow(field: str, text: str) -> None:
    with pytest.raises(SettingError) as refused:
        Mixed.parse({field: text, "loss": "wgan-gp"})
    said = str(refused.value)
    assert refused.value.field == field
    assert said.startswith(f"{field}: given ")
    assert len(said) < 200
    assert "\n" not in said


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"loss": "hinge"}, "loss: given 'hinge', allowed: minimax | wgan-gp"),
        ({"penalty": "20.01"}, "penalty: given '20.01', allowed: a number from 0 to 20"),
        ({"steps": "501"}, "steps: given '501', allowed: a whole number from 1 to 500"),
        ({"steps": "1.5"}, "steps: given '1.5', allowed: a whole number from 1 to 500"),
        ({"seed": "-1"}, "seed: given '-1', allowed: a whole number from 0 to 999999"),
        ({"soft": "perhaps"}, "soft: given 'perhaps', allowed: true or false"),
        ({"text": "x" * 21}, f"text: given '{'x' * 21}', allowed: text of at most 20 characters"),
        (
            {"names": "adam,lion,sgd"},
            "names: given ('adam', 'lion', 'sgd'), allowed: 1 to 2 of adam | lion | sgd",
        ),
        ({"names": ""}, "names: given ('',), allowed: 1 to 2 of adam | lion | sgd"),
        ({"colour": "red"}, "colour: given 'red', allowed: the fields are loss, penalty, soft, "),
    ],
)
def test_a_refusal_names_field_value_and_what_is_allowed(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingError) as refused:
        Mixed.parse(given)
    assert str(refused.value).startswith(said)


def test_bounds_are_included_and_enforced_without_parsing() -> None:
    assert (Mixed(steps=1).steps, Mixed(steps=500).steps, Mixed(lr=1e-5).lr) == (1, 500, 1e-5)
    for bad in (
        {"steps": 0},
        {"steps": 501},
        {"lr": math.nan},
        {"lr": math.inf},
        {"penalty": 1e308},
    ):
        with pytest.raises(ValidationError):
            Mixed(**bad)


def test_no_field_takes_what_is_no_number_even_without_bounds() -> None:
    class Loose(Settings):
        x: float = 0.0

    for bad in (math.nan, math.inf, -math.inf):
        with pytest.raises(ValidationError, match="finite"):
            Loose(x=bad)


def test_settings_are_frozen_and_take_no_other_fields() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Mixed().steps = 5  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Mixed(colour="red")  # type: ignore[call-arg]


def test_choices_are_read_by_value_and_by_words() -> None:
    assert Mixed.parse({"names": "sgd, adam"}).names == ("sgd", "adam")
    assert Mixed.parse({"names": ["Noisy descent", "Lion"]}).names == ("sgd", "lion")
    assert Mixed.parse({"loss": "Wgan gp"}).loss == "wgan-gp"
    assert Mixed.parse({"steps": ["3", "7"]}).steps == 7, "of a repeated field the last counts"


def test_fields_apply_by_chains_and_by_any_of_several_choices() -> None:
    plain = ["loss", "names", "lr", "steps", "text", "drawn", "seed"]
    assert Mixed().active() == plain
    assert Mixed(names=("sgd",)).active() == [name for name in plain if name != "lr"]
    assert "lr" in Mixed(names=("sgd", "lion")).active()
    wgan = Mixed(loss="wgan-gp")
    assert {"penalty", "soft"} <= set(wgan.active())
    assert "soft" not in Mixed(loss="wgan-gp", penalty=1.0).active()
    assert "soft" not in Mixed(loss="minimax", penalty=5.0).active(), "its own field is hidden"


def test_what_does_not_apply_is_left_out_of_the_key() -> None:
    a, b = Mixed(penalty=3.0), Mixed(penalty=4.0)
    assert a.key() == b.key() == Mixed().key()
    assert a.canonical() == b.canonical() == Mixed()
    assert Mixed(loss="wgan-gp", penalty=3.0).key() != Mixed(loss="wgan-gp", penalty=4.0).key()


def test_text_may_start_from_a_preset() -> None:
    base = {"loss": "wgan-gp", "penalty": 3.0}
    assert Mixed.parse({}, base) == Mixed(loss="wgan-gp", penalty=3.0)
    assert Mixed.parse({"penalty": "4"}, base) == Mixed(loss="wgan-gp", penalty=4.0)
    assert base == {"loss": "wgan-gp", "penalty": 3.0}


def test_schema_carries_what_a_reader_needs() -> None:
    properties = Mixed.schema()["properties"]
    penalty = properties["penalty"]
    assert (penalty["minimum"], penalty["maximum"], penalty["default"]) == (0, 20, 10.0)
    assert (penalty["title"], penalty["description"]) == ("Penalty", "How much.")
    assert (penalty["x-unit"], penalty["x-when"]) == ("nats", {"loss": ["wgan-gp"]})
    assert (properties["soft"]["x-level"], penalty["x-level"]) == ("more", "simple")
    assert (properties["names"]["minItems"], properties["names"]["maxItems"]) == (1, 2)
    assert properties["text"]["maxLength"] == 20
    assert properties["drawn"]["maxLength"] == 10
    assert (properties["seed"]["minimum"], properties["seed"]["maximum"]) == (0, 999_999)


def test_log_slider_stops_by_decades_within_its_bounds() -> None:
    assert LogSlider("Rate", 2e-3, 0.03).stops() == [
        0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03,
    ]  # fmt: skip
    assert LogSlider("Size", 1, 250, top=12, whole=True).stops() == [1, 2, 3, 5, 7, 10, 12]
    assert LogSlider("Odd", 0.4, 1.2).stops() == [0.4, 0.5, 0.7, 1.0, 1.2]


FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "loss": st.sampled_from(["minimax", "wgan-gp"]),
    "penalty": st.floats(0, 20),
    "soft": st.booleans(),
    "names": st.lists(st.sampled_from(["adam", "lion", "sgd"]), min_size=1, max_size=2).map(tuple),
    "lr": st.floats(1e-5, 1e-1),
    "steps": st.integers(1, 500),
    "text": st.text(max_size=20),
    "seed": st.integers(0, 999_999),
}


@given(st.fixed_dictionaries(FIELDS))
def test_text_and_back_is_the_same_settings(values: dict[str, Any]) -> None:
    """As the address and the command line write a value, so is it read."""
    settings = Mixed(**values)
    texts = {k: list(v) if isinstance(v, tuple) else str(v) for k, v in values.items()}
    assert Mixed.parse(texts) == settings
    assert Mixed(**settings.model_dump(mode="json")) == settings


@given(st.fixed_dictionaries(FIELDS))
def test_canonical_settings_keep_the_key_and_stay_canonical(values: dict[str, Any]) -> None:
    settings = Mixed(**values)
    canonical = settings.canonical()
    assert canonical.key() == settings.key()
    assert canonical.canonical() == canonical
    assert canonical.active() == settings.active()


def test_a_model_that_is_not_on_the_menu_is_still_taken_by_name() -> None:
    class Asking(Settings):
        model: Annotated[str, Model("Model", shipped={"a.b": "A"}, unlisted={"c": "C"})] = "a.b"

    for name in ("a.b", "c", "0" * 64):
        assert Asking.parse({"model": name}).model == name
    for name in ("axb", "ac", "0" * 63, ""):
        with pytest.raises(SettingError, match=r"a\.b \| c \| the key of a finished run"):
            Asking.parse({"model": name})

"""What every set of settings and every preset keeps, over the whole catalog."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from core.catalog import get
from core.controls import Choice, Choices, LogSlider, Toggle
from core.experiment import Experiment, Preset, SettingError
from tests.core.runs import NAMES

each = pytest.mark.parametrize("name", NAMES)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
SIMPLE = 6  # controls on the first screen
# Names keep their capital inside a label.
PROPER = {
    "Adam", "Lion", "Nesterov", "Torch", "Python", "Rosenbrock", "Beale", "Himmelblau", "Rastrigin",
    "Ackley", "Styblinski", "Tang", "Hessian", "Gaussian", "Gaussians", "Gauss", "Newton", "Xavier",
    "He", "Polyak", "Bayes", "Markov", "Fisher", "Wasserstein", "Hamilton", "Langevin",
}  # fmt: skip


def labels(experiment: Experiment) -> Iterator[str]:
    """Every word on screen that names something."""
    yield experiment.title
    yield experiment.verb
    for field, control in experiment.settings.controls().items():
        yield control.label
        if isinstance(control, Choice | Choices):
            yield from (control.words(value) for value in experiment.settings.choices(field))
    yield from (view.title for view in experiment.views)
    for preset in experiment.presets:
        yield preset.title
        yield from preset.options


def is_sentence_case(label: str) -> bool:
    """A capital first (or a symbol such as x or beta1), and none later but in names."""
    first, *rest = label.split()
    symbol = len(first) <= 2 or any(char.isdigit() for char in first)
    if first[0].islower() and not symbol:
        return False
    words = [re.sub(r"\W", "", word) for word in rest]
    starts = [bool(re.search(r"[.:?!]$", word)) for word in [first, *rest]]  # of a new sentence
    return not any(
        word[:1].isupper() and word[1:].islower() and word not in PROPER and not after
        for word, after in zip(words, starts, strict=False)
    )


@pytest.mark.parametrize(
    ("label", "right"),
    [
        ("Learning rate", True),
        ("Learning Rate", False),
        ("learning rate", False),
        ("Loss with Adam", True),
        ("Plane of the path (PCA)", True),
        ("x at the start", True),
        ("Yes. It does", True),
        ("Real Data", False),
    ],
)
def test_sentence_case_is_told(label: str, right: bool) -> None:
    assert is_sentence_case(label) is right


@each
def test_labels_are_in_sentence_case_without_emoji(name: str) -> None:
    found = list(labels(get(name)))
    assert [label for label in found if not is_sentence_case(label)] == []
    assert [label for label in found if EMOJI.search(label) or label != label.strip()] == []


@each
def test_experiments_ask(name: str) -> None:
    experiment = get(name)
    assert experiment.question.endswith("?")
    assert experiment.title
    assert experiment.verb


@each
def test_presets_are_whole(name: str) -> None:
    experiment = get(name)
    ids = [preset.id for preset in experiment.presets]
    assert len(set(ids)) == len(ids)
    assert len(ids) >= 2, "a lesson makes at least two claims that the reader can test"
    for preset in experiment.presets:
        assert SLUG.fullmatch(preset.id)
        assert "?" in preset.question
        assert 2 <= len(preset.options) <= 4
        assert len(set(preset.options)) == len(preset.options)
        assert preset.expected in range(len(preset.options))
        assert_told(preset)
        settings = experiment.preset_settings(preset.id)
        idle = set(preset.settings) - set(settings.active())
        assert idle == set(), f"{preset.id} sets what does not apply"


@each
def test_the_first_preset_is_the_defaults(name: str) -> None:
    """So the stored run that opens the page has a question, guesses and an answer."""
    experiment = get(name)
    assert experiment.preset_settings(experiment.presets[0].id) == experiment.settings()


def assert_told(preset: Preset) -> None:
    for part in ("title", "watch", "saw", "why", "next"):
        text = getattr(preset, part)
        assert text == text.strip()
        assert text, f"{preset.id} has no {part}"
        assert "  " not in text, f"{preset.id}, {part}: two spaces"
    assert re.search(r"\{[^}]+\}", preset.saw), (
        f"{preset.id}: what was seen needs the run's numbers"
    )
    assert not re.search(r"\bnan\b|TODO|lorem", preset.why + preset.saw, re.IGNORECASE)


@each
def test_the_first_screen_has_at_most_six_controls(name: str) -> None:
    experiment = get(name)
    controls = experiment.settings.controls()
    states = {one.id: experiment.preset_settings(one.id) for one in experiment.presets}
    for id, settings in {"the defaults": experiment.settings(), **states}.items():
        simple = [field for field in settings.active() if controls[field].level == "simple"]
        assert len(simple) <= SIMPLE, f"{id}: {simple}"


@each
def test_every_field_has_its_control(name: str) -> None:
    settings = get(name).settings
    controls = settings.controls()
    assert list(controls) == list(settings.model_fields)
    for field, control in controls.items():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field)
        assert set(control.when) <= set(controls), f"{field} waits for what is not there"
        for other, values in control.when.items():
            if isinstance(controls[other], Choice | Choices):
                assert set(values) <= set(settings.choices(other)), f"{field} waits for no choice"
        if isinstance(control, LogSlider):
            assert 0 < control.lo < control.hi


@each
def test_defaults_are_within_their_own_bounds(name: str) -> None:
    experiment = get(name)
    default = experiment.settings()
    assert experiment.settings.checked(default.model_dump()) == default
    assert set(experiment.quick) <= set(experiment.settings.model_fields)
    assert experiment.settings.checked(experiment.quick)


@each
def test_choices_are_lower_case_with_hyphens(name: str) -> None:
    settings = get(name).settings
    for field, control in settings.controls().items():
        if isinstance(control, Choice | Choices):
            values = settings.choices(field)
            assert [value for value in values if not SLUG.fullmatch(value)] == []
            words = [control.words(value) for value in values]
            assert len(set(words)) == len(words), f"{field}: two choices read alike"


@each
def test_the_schema_is_json_and_carries_every_bound(name: str) -> None:
    schema = get(name).settings.schema()
    json.dumps(schema, allow_nan=False)
    for field, entry in schema["properties"].items():
        assert "default" in entry, field
        assert entry["title"], field
        kind = entry["type"]
        if kind in ("number", "integer"):
            assert entry["minimum"] <= entry["default"] <= entry["maximum"], field
        elif kind == "array":
            assert entry["minItems"] >= (1 if entry["default"] else 0), field
            assert entry["maxItems"] >= entry["minItems"]
            assert entry["items"]["enum"], field
        elif kind == "string":
            assert "enum" in entry or "maxLength" in entry or "const" in entry, field
        else:
            assert kind == "boolean", field


@each
@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e308", "-1e308", "", "x" * 10_000])
def test_hostile_values_are_refused_by_name(name: str, text: str) -> None:
    settings = get(name).settings
    schema = settings.schema()["properties"]
    for field, control in settings.controls().items():
        if schema[field]["type"] == "string" and "enum" not in schema[field] and len(text) < 10_000:
            continue  # free text, which the field's own grammar judges
        with pytest.raises(SettingError) as refused:
            settings.parse({field: text})
        assert refused.value.field == field
        assert len(str(refused.value)) < 600 + len(control.allowed())
        assert "\n" not in str(refused.value)


@each
def test_toggles_say_what_is_on(name: str) -> None:
    controls = get(name).settings.controls()
    assert not [c.label for c in controls.values() if isinstance(c, Toggle) and "?" in c.label]

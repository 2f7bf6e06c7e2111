"""Look inside: the neuron's numbers in words, and what the stage is sent and tells."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

from core.experiment import SettingError
from core.nets.cnn import Cnn
from core.nets.spec import ACTIVATIONS, POOLINGS, Spec
from core.pooling import layers_figures
from core.pooling.inside import held_out, run
from core.pooling.layers import LAYERS, Settings
from core.pooling.layers_passed import histogram
from tests.core.pooling.layers_nets import shown, values_of

STAGE = LAYERS.views[0].stage


def hand(net: Cnn, layer: str, channel: int, row: int, column: int) -> float:
    """A convolution's neuron by NumPy alone, from the layer before it."""
    spec = net.spec
    found = values_of(net, held_out(spec.side)[7:8].double())
    before = "input" if layer == "conv1" else f"pool{int(layer[-1]) - 1}"
    half = spec.kernel // 2
    padded = np.pad(found[before][0].numpy(), ((0, 0), (half, half), (half, half)))
    window = padded[:, row : row + spec.kernel, column : column + spec.kernel]
    weight, bias = (net.state_dict()[f"{layer}.{part}"][channel] for part in ("weight", "bias"))
    return float((window * weight.numpy()).sum() + bias)


@pytest.mark.parametrize("layer", ["conv1", "conv2"])
@pytest.mark.parametrize("at", [(0, 0), (3, 5), (6, 6)])
def test_a_convolution_is_the_sum_of_what_is_explained(
    monkeypatch: pytest.MonkeyPatch, layer: str, at: tuple[int, int]
) -> None:
    """By hand from the layer before, at a corner, inside, and further; to float32."""
    spec = Spec(depth=2, width=3, kernel=5)
    place = {"layer": layer, "channel": 2, "row": at[0], "column": at[1]}
    net, frame = shown(monkeypatch, spec, **place)
    assert frame.kernel is not None and frame.bias is not None
    told = float((frame.window.astype(np.float64) * frame.kernel).sum() + frame.bias[0])
    want = hand(net, layer, 2, *at)
    assert told == pytest.approx(want, abs=1e-6)
    assert frame.metrics["value"] == pytest.approx(want, abs=1e-9)
    text = LAYERS.explain(Settings(**place), [frame], 0)["Its value"]  # type: ignore[misc]
    formula = re.search(r"\$\$z = (.+?) = (.+?)\$\$", text, re.DOTALL)
    assert formula is not None
    said, end = (part.replace(" \\times 10^{", "e").replace("}", "") for part in formula.groups())
    terms = [float(sign + number) for sign, number in re.findall(r"([+-]?) ?([\d.e-]*\d)", said)]
    assert len(terms) == len(frame.window) + 1
    assert sum(terms) == pytest.approx(float(end), abs=2e-3)


REDUCED = {
    "max": lambda w: w.max(),
    "l2": lambda w: np.sqrt((w**2).sum()),
    "expectation": lambda w: (np.exp(w) * w).sum() / np.exp(w).sum(),
}


@pytest.mark.parametrize("pooling", [kind for kind in POOLINGS if kind != "none"])
@pytest.mark.parametrize("at", [0, 2, 6])
def test_a_pooling_is_what_is_explained(
    monkeypatch: pytest.MonkeyPatch, pooling: str, at: int
) -> None:
    """Weighted sums by their kernel, the others by NumPy; the last row of blur is reflected."""
    _, frame = shown(monkeypatch, Spec(width=2, pooling=pooling), row=at, column=at)
    window = frame.window[0].astype(np.float64)
    kernel = frame.kernel
    want = REDUCED[pooling](window) if kernel is None else (window * kernel[0]).sum()
    assert frame.metrics["value"] == pytest.approx(want, abs=1e-6)


@pytest.mark.parametrize("head", ["global-average", "global-max"])
def test_global_pooling_takes_the_whole_map(monkeypatch: pytest.MonkeyPatch, head: str) -> None:
    spec = Spec(depth=1, width=3, head=head)
    net, frame = shown(monkeypatch, spec, layer="global", channel=1)
    map_ = values_of(net, held_out(28)[7:8].double())["pool1"][0, 1].numpy()
    want = map_.mean() if head == "global-average" else map_.max()
    assert frame.metrics["value"] == pytest.approx(want, abs=1e-6)
    np.testing.assert_allclose(frame.window[0], map_, atol=1e-6)
    assert frame.pooled is not None and frame.pooled.shape == (3, 1, 1)
    assert frame.metrics["field"] == 4 + 2 * 14  # 6 pixels, and 13 steps of 2 further


@pytest.mark.parametrize(
    "spec",
    [
        *(Spec(side=8, depth=1, width=2, kernel=3, activation=kind) for kind in ACTIVATIONS),
        *(Spec(side=8, depth=2, width=2, kernel=3, pooling=kind) for kind in POOLINGS),
        Spec(depth=3, width=2, kernel=7, head="global-average"),
    ],
)
def test_every_kind_of_layer_is_explained_and_drawn(
    monkeypatch: pytest.MonkeyPatch, spec: Spec
) -> None:
    for layer in ("conv1", "act1", "pool1", "global"):
        _, frame = shown(monkeypatch, spec, layer=layer, row=1, column=1)
        settings = Settings.checked({"layer": layer, "row": 1, "column": 1})
        assert LAYERS.explain is not None
        found = LAYERS.explain(settings, [frame], 0)
        assert all(text.count("$$") % 2 == 0 for text in found.values())
        assert f"{frame.metrics['value']:.4g}".split("e")[0] in found["Its value"]
        assert set(LAYERS.figures(settings, [frame], 0)) == {"layers", "passed"}


def test_the_field_is_told_layer_by_layer() -> None:
    """14 pixels a side under a second 5x5 convolution: 6 + 4 places of 2 pixels."""
    settings = Settings(layer="conv2")
    (frame,) = run(settings)
    assert LAYERS.explain is not None
    text = LAYERS.explain(settings, [frame], 0)["Its field"]
    assert "| convolution 2 | 5x5 | $6 + (5 - 1) \\cdot 2 = 14$ | 2 |" in text


def test_the_stage_is_sent_the_neuron_and_tells_another() -> None:
    settings = Settings(layer="conv1", channel=40, row=9, column=30 - 3)
    (frame,) = run(settings)
    assert STAGE is not None
    sent = STAGE.payload(settings, [frame])
    assert sent["value"] == {"layer": "conv1", "channel": 7, "row": 9, "column": 27}
    assert [one["name"] for one in sent["layers"]] == [
        "conv1", "act1", "pool1", "conv2", "act2", "pool2",
    ]  # fmt: skip
    assert [one["own"] for one in sent["layers"][:3]] == [[5, 1, -2], [1, 1, 0], [2, 2, 0]]
    pink = np.frombuffer(base64.b64decode(sent["gradient"]["data"]), np.uint8)
    assert pink.max() == 255 and (pink.reshape(28, 28)[:, :25] == 0).all()
    assert sum(sent["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert STAGE.moved(settings, sent["value"]) == sent["value"]


@pytest.mark.parametrize(
    "value",
    [None, {}, *({"layer": "conv1", "channel": at, "row": 0, "column": 0} for at in (1.5, True))],
)
def test_what_is_no_neuron_is_not_taken(value: object) -> None:
    assert STAGE is not None
    with pytest.raises((ValueError, KeyError, TypeError)):
        STAGE.moved(Settings(), value)


def test_neurons_outside_every_network_are_refused() -> None:
    for field, given in [("row", 28), ("column", -1), ("channel", 128), ("layer", "conv4")]:
        with pytest.raises(SettingError, match=field):
            Settings.checked({field: given})


def test_the_spread_of_a_layer_counts_every_number() -> None:
    """Five bytes a bin, 51 bins: 0 to 4 the first, 125 to 129 (zero is 127) the middle."""
    found = histogram(np.array([[0, 4, 5, 125, 127, 129, 130, 254]], np.uint8))
    want = np.zeros(51)
    want[[0, 1, 25, 26, 50]] = np.array([2, 1, 3, 1, 1]) / 8
    np.testing.assert_array_equal(found, want)


def test_the_gradient_on_show_is_bent_but_keeps_its_order() -> None:
    (frame,) = run(Settings())
    shown = layers_figures.overlay(frame)
    order = np.argsort(np.abs(frame.gradient).ravel(), kind="stable")
    assert (np.diff(shown.ravel()[order].astype(int)) >= 0).all()
    assert shown.max() == 255 and (shown[frame.gradient == 0] == 0).all()

"""Reading a drawing: centred as MNIST was made, and what the network says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog import get
from core.data import drawing, mnist, models
from core.experiment import SettingError
from core.nets import cnn
from core.pooling import drawings
from core.pooling.classify import Settings
from core.pooling.reading import centred, measures, prepare, run


def test_a_square_in_a_corner_becomes_20_pixels_wide_in_the_middle() -> None:
    """Its side is the longer side of the box, its centre of mass its middle: rows 4 to 23."""
    x = torch.zeros(28, 28)
    x[:5, :5] = 1
    got = centred(x)
    want = torch.zeros(28, 28)
    want[4:24, 4:24] = 1
    torch.testing.assert_close(got, want)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 99), st.integers(-4, 4), st.integers(-4, 4))
def test_where_a_digit_stands_no_longer_matters(number: int, down: int, right: int) -> None:
    """Exact, as long as the shift cuts no ink off: MNIST's digits have a border of 4 pixels."""
    x = torch.from_numpy(mnist.load("test", 100)[0][number])
    border = torch.cat([x[:4].ravel(), x[-4:].ravel(), x[:, :4].ravel(), x[:, -4:].ravel()])
    if border.any():
        return
    torch.testing.assert_close(centred(x.roll((down, right), (0, 1))), centred(x))


@pytest.mark.parametrize("number", range(0, 100, 7))
def test_the_centre_of_mass_comes_to_the_middle(number: int) -> None:
    """To half a pixel: digits are moved by whole ones. By scipy's own centre of mass."""
    from scipy import ndimage

    x = np.roll(mnist.load("test", 100)[0][number], (2, -3), (0, 1))
    got = centred(torch.from_numpy(x)).numpy()
    rows, columns = ndimage.center_of_mass(got)
    assert abs(rows + 0.5 - 14) <= 0.51 and abs(columns + 0.5 - 14) <= 0.51
    inked = np.argwhere(got > 0)
    assert (np.ptp(inked, axis=0) + 1).max() in (19, 20)


def test_an_empty_drawing_stays_empty() -> None:
    assert not prepare(np.zeros((28, 28), np.float32), 28, True).any()
    assert prepare(np.zeros((28, 28), np.float32), 8, False).shape == (8, 8)


def test_the_numbers_of_ten_equal_probabilities() -> None:
    """Entropy log2(10) bits; a sure one, 0."""
    even = measures(torch.full((10,), 0.1, dtype=torch.float64), torch.zeros(28, 28))
    assert even["entropy"] == pytest.approx(np.log2(10)) and even["ink"] == 0
    sure = measures(torch.eye(10, dtype=torch.float64)[4], torch.ones(28, 28))
    assert (sure["answer"], sure["confidence"], sure["entropy"]) == (4, 1, 0)


def test_it_says_what_the_shipped_network_says() -> None:
    """Of a held-out image, uncentred, to the 16 greys of a drawing."""
    image = mnist.load("test", 30)[0][17]
    text = drawing.encode(image)
    (frame,) = run(Settings(drawing=text, centre=False))
    net = cnn.from_arrays(models.load("mnist-cnn"))
    x = torch.from_numpy(np.rint(image * 15).astype(np.float32) / 15)
    with torch.no_grad():
        want = net(x[None, None])[0].softmax(0)
    np.testing.assert_allclose(frame.probabilities, want, atol=1e-6)
    assert frame.metrics["answer"] == want.argmax()


def test_a_model_trained_on_the_small_digits_reads_a_drawing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run on scikit-learn's 8x8 digits, kept as the page does. Their ink fills the image, and so
    does that of the drawing; of MNIST's digits, which others wrote, most are read right then.
    """
    monkeypatch.setenv("GLASSBOX_MODELS", str(tmp_path))
    training = get("pooling.cnn")
    *_, last = training.frames(training.settings(data="digits", steps=150))
    assert last.weights is not None
    models.keep("ab" * 32, last.weights)
    (frame,) = run(Settings(model="ab" * 32))  # the drawn 3 of the defaults
    assert frame.seen.shape == (8, 8)
    assert frame.metrics["answer"] == 3
    net = cnn.from_arrays(last.weights)
    images, answers = mnist.load("test", 100)
    drawn = [drawing.decode(Settings().drawing), *images]
    x = torch.stack([prepare(one, 8, True) for one in drawn])[:, None]
    with torch.no_grad():
        want = net(x.to(next(net.parameters()).dtype)).double().softmax(1)
    np.testing.assert_allclose(frame.probabilities, want[0], atol=1e-6)
    assert (want[1:].argmax(1).numpy() == answers).mean() > 0.5


def test_a_model_that_is_not_here_is_said() -> None:
    with pytest.raises(models.Missing, match="is not on this server"):
        next(run(Settings(model="ab" * 32)))


def test_settings_refuse_what_is_no_drawing_or_model() -> None:
    with pytest.raises(SettingError, match="a drawing has the digits"):
        Settings.checked({"drawing": "<script>"})
    with pytest.raises(SettingError, match=r"model: given 'x', allowed: mnist-cnn \| the key"):
        Settings.checked({"model": "x"})


def test_the_pad_is_sent_what_was_read_and_tells_a_drawing() -> None:
    experiment = get("pooling.classify")
    (frame,) = run(Settings())
    stage = experiment.views[0].stage
    assert stage is not None
    sent = stage.payload(Settings(), [frame])
    assert sent["value"] == {"drawing": drawings.THREE}
    assert sum(sent["probabilities"]) == pytest.approx(1, abs=1e-5)
    assert stage.moved(Settings(), {"drawing": "f"}) == {"drawing": "f"}

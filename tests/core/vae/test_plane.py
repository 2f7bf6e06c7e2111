"""What a trained autoencoder is asked: everything on screen against the network itself."""

from __future__ import annotations

import base64
from io import BytesIO
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.decomposition import PCA

from core.data import imagesets, models
from core.experiment import Diverged, SettingError
from core.nets import cnn
from core.vae import plane_run
from core.vae.data import held_out
from core.vae.nets import build
from core.vae.plane import PLANE, Frame, Settings, model_of
from core.vae.plane_figures import sum_clicked, walk_clicked
from core.vae.plane_layout import CLASSIFIERS, MODELS, SETS, UNLISTED, WIDE
from core.vae.plane_stages import dims_moved, dims_payload, map_moved, map_payload
from core.vae.spec import Spec
from tests.core.vae.plane_asked import alike, asked, decoded, net, place

EACH = pytest.mark.parametrize("name", sorted(MODELS | UNLISTED))


@EACH
def test_tiles_are_what_the_network_decodes_there(name: str) -> None:
    """The tile of row r and column c stands for the middle of its square, the upper row first."""
    frame, model = asked(model=name), net(name)
    codes = model.encode(held_out(model.spec.data, "gaussian", 500)[0], torch.arange(500) % 10)[0]
    for row, column in ((0, 0), (3, 29), (31, 2), (17, 16)):
        there = place(frame, -3 + 6 * (column + 0.5) / 32, 3 - 6 * (row + 0.5) / 32)
        if model.spec.size > 2:
            pca = PCA(2, svd_solver="full").fit(codes.numpy())
            axes = pca.components_ * np.sign(np.diag(pca.components_[:, :2]))[:, None]
            there = pca.mean_ + there @ axes
        assert alike(frame.tiles[row * 32 + column], decoded(name, there, 3))


@EACH
def test_what_is_read_is_the_classifiers_answer(name: str) -> None:
    frame = asked(model=name)
    data = net(name).spec.data
    assert SETS[int(frame.about[0])] == data
    reader = cnn.load(CLASSIFIERS[data])
    images = torch.from_numpy(frame.tiles[::97] / np.float32(255))[:, None]
    with torch.no_grad():
        expected = reader(images).softmax(1).numpy()
    assert abs(frame.says[::97] / 255 - expected).max() < 0.03
    assert frame.metrics["map_sure"] == pytest.approx((frame.says.max(1) > 229).mean(), abs=0.01)


@EACH
def test_the_sheet_is_light_and_shows_the_tiles(name: str) -> None:
    """As the browser unpacks it: rows of 32, in sixteen shades, and under 400 kB in all."""
    frame = asked(model=name)
    payload = map_payload(Settings(model=name), [frame])
    uri = payload["sheet"]["uri"]
    assert len(uri) < 260_000
    assert sum(len(str(value)) for value in payload.values()) < 330_000
    raw = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    pixels = np.array(Image.open(BytesIO(raw)).convert("L"), float)
    side = net(name).spec.side
    dark, light = 0x25, 0xF6  # about the two ends of the shades
    for n in (0, 37, 1023):
        row, column = divmod(n, 32)
        tile = pixels[row * side : (row + 1) * side, column * side : (column + 1) * side]
        ink = (light - tile) / (light - dark)
        assert abs(ink - frame.tiles[n] / 255).max() < 0.06


@EACH
def test_a_row_changes_one_number_alone(name: str) -> None:
    frame = asked(model=name)
    for row, stop in ((0, 0), (len(frame.order) - 1, 16), (1, 8)):
        code = frame.code.copy()
        code[frame.order[row]] = frame.stops[row, stop]
        assert alike(frame.rows[row, stop], decoded(name, code, 3))
    assert payload_is_small(dims_payload(Settings(model=name), [frame]))


def payload_is_small(payload: dict[str, Any]) -> bool:
    return sum(len(str(value)) for value in payload.values()) < 150_000


@EACH
def test_here_is_decoded_exactly_and_read(name: str) -> None:
    frame = asked(model=name, x=-0.77, y=2.13, label="8")
    assert frame.place == pytest.approx([-0.77, 2.13], abs=1e-4)
    assert alike(frame.here, decoded(name, frame.code, 8))
    top = np.sort(frame.here_says / 255)[::-1]
    both = [frame.metrics["read_first"], frame.metrics["read_second"]]
    assert both == pytest.approx(top[:2], abs=0.003)


def test_of_a_vae_with_two_numbers_the_map_is_the_latent_plane() -> None:
    frame = asked(model="vae-mnist", x=0.4, y=-1.25)
    assert frame.code == pytest.approx([0.4, -1.25], abs=1e-6)
    assert np.array_equal(frame.reach, [[-3, 3], [-3, 3]])


def test_held_out_codes_lie_where_the_encoder_says() -> None:
    x, y = held_out("mnist", "gaussian", 500)
    frame = asked()
    assert np.allclose(frame.places, net("vae-mnist").encode(x)[0].numpy(), atol=1e-4)
    assert np.array_equal(frame.classes, y.numpy())
    whole = imagesets.load("fashion")
    found, classes = plane_run._held_out("fashion")
    assert np.array_equal(found.numpy().reshape(-1, 28, 28), whole.x_test[:500])
    assert np.array_equal(classes.numpy(), whole.y_test[:500])


@pytest.mark.parametrize("narrow", sorted(WIDE))
def test_sixteen_numbers_are_a_setting_of_the_vaes_that_ship(narrow: str) -> None:
    frame = asked(model=narrow, latent="16", code="0.5")
    assert frame.code.shape == (16,)
    assert alike(frame.here, decoded(f"{narrow}-16", np.full(16, 0.5), 3))
    assert np.array_equal(frame.tiles, asked(model=f"{narrow}-16").tiles)
    assert asked(model=narrow, latent="2", code="0.5").code.shape == (2,)


def test_the_kind_is_the_one_control_in_sight() -> None:
    """Latent numbers, under More, go with the kinds of which both sizes ship; a run keeps its own.

    A link that names a model with 16 numbers is taken as it stands.
    """
    controls = Settings.controls()
    assert [name for name, control in controls.items() if control.level == "simple"] == ["model"]
    assert not any("16" in name + words for name, words in MODELS.items())
    fitting = {name for name in MODELS if "latent" in Settings(model=name).active()}
    assert fitting == set(WIDE)
    run = Settings(model="0" * 64, latent="16")
    assert "latent" not in run.active() and model_of(run) == "0" * 64
    for name in UNLISTED:
        old = Settings.parse({"model": name})
        assert model_of(old) == name and "latent" not in old.active()


def test_a_typed_code_is_asked_as_it_stands() -> None:
    frame = asked(code="0.25, -1.5")
    assert frame.code.tolist() == [0.25, -1.5]
    assert frame.place == pytest.approx([0.25, -1.5], abs=1e-6)
    wide = asked(model="vae-mnist-16", code="0")
    assert not wide.code.any() and wide.code.shape == (16,)
    assert alike(wide.here, decoded("vae-mnist-16", np.zeros(16), 3))


@pytest.mark.parametrize("text", ["1, x", "nan", "1,,2", "1e9", "inf, 0", "0x3", "1;2"])
def test_what_is_no_code_is_refused_in_words(text: str) -> None:
    with pytest.raises(SettingError, match="with commas between them") as refused:
        Settings.parse({"code": text})
    assert refused.value.field == "code"


def test_a_code_of_another_length_is_refused_with_a_way_out() -> None:
    with pytest.raises(Diverged, match="The code has 3 numbers, and this model takes 2") as refused:
        asked(code="1, 2, 3")
    (frame,) = PLANE.frames(Settings(**refused.value.fix))
    assert isinstance(frame, Frame) and not frame.code.any()


def untrained(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> Frame:
    spec = {"kind": "vae", "data": "digits", "side": 8, "latent_dim": 2, "layers": "dense"}
    spec |= {"width": 16, "likelihood": "bernoulli", **changes}
    model = build(Spec(**spec), torch.Generator().manual_seed(1)).requires_grad_(False)
    monkeypatch.setattr(plane_run, "load", lambda name: model)
    (frame,) = plane_run.run(Settings())
    return frame


def test_a_model_of_points_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Diverged, match="makes points in the plane") as refused:
        untrained(monkeypatch, data="points", side=0, likelihood="gaussian")
    assert Settings.checked(refused.value.fix).model == "vae-mnist"


def test_another_kind_of_network_is_refused_in_words() -> None:
    settings = Settings.model_construct(**{**Settings().model_dump(), "model": "mnist-cnn"})
    with pytest.raises(ValueError, match="another kind"):
        next(plane_run.run(settings))
    settings = settings.model_copy(update={"model": "0" * 64})
    with pytest.raises(models.Missing, match="not on this server"):
        next(plane_run.run(settings))


@pytest.mark.parametrize(
    ("changes", "size", "rows"),
    [
        ({"latent_dim": 1}, 1, 1),
        ({"latent_dim": 32, "layers": "conv", "width": 2}, 32, 32),
        ({"latent_dim": 3, "kind": "autoencoder", "likelihood": "gaussian"}, 3, 3),
        ({"latent_dim": 8, "kind": "vq-vae", "codes": 5, "tokens": 5}, 40, 32),
        ({"kind": "conditional"}, 2, 2),
        ({"kind": "denoising"}, 2, 2),
    ],
)
def test_every_shape_of_model_can_be_asked(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], size: int, rows: int
) -> None:
    frame = untrained(monkeypatch, **changes)
    assert frame.code.shape == frame.shares.shape == (size,)
    assert frame.rows.shape == (rows, 17, 8, 8)
    assert frame.tiles.shape == (1024, 8, 8)
    assert all(np.isfinite(array).all() for array in frame.arrays().values())
    assert PLANE.figures(Settings(), [frame], 0)
    assert map_payload(Settings(), [frame]) and dims_payload(Settings(), [frame])
    assert PLANE.explain is not None and PLANE.explain(Settings(), [frame], 0)
    if size == 1:
        grid = frame.tiles.reshape(32, 32, 8, 8)
        assert (grid == grid[0]).all() and (grid[0, 0] != grid[0, 31]).any()


def test_a_vq_vae_has_a_picture_a_cell() -> None:
    """The cells are those of the nearest entry, found by hand."""
    frame, book = asked(model="vae-mnist-vq"), net("vae-mnist-vq").book.numpy()
    assert frame.cells is not None
    there = np.stack([place(frame, -3 + 6 * (n % 32 + 0.5) / 32, 3 - 6 * (n // 32 + 0.5) / 32)
                      for n in range(1024)])  # fmt: skip
    nearest = ((there[:, None] - book[None]) ** 2).sum(2).argmin(1)
    assert len(set(zip(nearest.tolist(), frame.cells.tolist(), strict=True))) == len(set(nearest))
    assert frame.metrics["map_pictures"] == len(set(nearest)) <= len(book) == 128


def test_a_conditional_model_makes_the_class_that_it_is_told() -> None:
    for label in ("0", "4", "7"):
        frame = asked(model="vae-mnist-conditional", label=label)
        assert frame.metrics["class_right"] == (frame.says.argmax(1) == int(label)).mean()
        assert frame.metrics["class_right"] > 0.8  # of 4, the lowest, 0.86
    assert np.array_equal(asked(label="0").tiles, asked(label="7").tiles)
    assert "class_right" not in asked().metrics


def test_what_the_hand_tells_becomes_fields() -> None:
    settings = Settings(code="1, 2")
    assert map_moved(settings, [0.456, -3, "7"]) == {"x": 0.46, "y": -3.0, "label": "7", "code": ""}
    stays = map_moved(settings, [settings.x, settings.y, "7"])
    assert stays["code"] == "1, 2"
    assert dims_moved(settings, [0.5, -1.23456, 2]) == {"code": "0.5, -1.235, 2"}
    for wrong in (None, [1, 2], ["a", 1, "3"], [float("nan"), 0, "3"], [True, 0, "3"], [1, 2, 3]):
        with pytest.raises((ValueError, TypeError)):
            map_moved(settings, wrong)
    for wrong in (None, [], "1, 2", [float("inf")], ["1"]):
        with pytest.raises(ValueError, match="a code is a list of numbers"):
            dims_moved(settings, wrong)
    with pytest.raises(SettingError):
        Settings.checked({**settings.model_dump(), **map_moved(settings, [4.0, 0.0, "7"])})


def test_what_is_told_is_what_was_shown() -> None:
    """A gesture that ends where it began changes nothing, of a place and of a code."""
    for changes in ({"x": 0.33}, {"code": "0.25, -1.5"}):
        settings = Settings(**changes)
        value = map_payload(settings, [asked(**changes)])["value"]
        fields = map_moved(settings, value)
        moved = asked(**{**changes, **fields})
        assert np.allclose(moved.code, asked(**changes).code, atol=1e-6)
    code = dims_payload(Settings(code="0.25, -1.5"), [asked(code="0.25, -1.5")])["value"]
    assert dims_moved(Settings(), code) == {"code": "0.25, -1.5"}


def test_clicks_choose() -> None:
    settings, frame = Settings(), asked()
    cases = [(walk_clicked, 7, {"start": 7}), (walk_clicked, 42, {"end": 12})]
    cases += [
        (sum_clicked, 29, {"a": 29}),
        (sum_clicked, 30, {"b": 0}),
        (sum_clicked, 63, {"c": 3}),
    ]
    for clicked, number, values in cases:
        click = clicked(settings, [frame], {"x": 0, "y": 0, "customdata": [number]})
        assert click is not None and click.values == values
    assert walk_clicked(settings, [frame], {"x": 0, "y": 0}) is None
    assert walk_clicked(settings, [frame], {"x": 0, "y": 0, "customdata": [61]}) is None

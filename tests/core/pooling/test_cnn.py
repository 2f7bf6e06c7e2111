"""Training a CNN: the steps are torch's, the measures scikit-learn's, first weights matter."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss
from torch import nn, optim
from torch.nn.functional import cross_entropy

from core.data.imagesets import in_turn
from core.experiment import Diverged, SettingError
from core.nets.cnn import Cnn, forward_all, from_arrays
from core.pooling.cnn import CNN, Frame, Settings
from core.pooling.cnn_data import Images, load
from core.pooling.training import FRAMES, OPTIMIZERS, Batches, Trainer, build, run, stops

TINY = {"steps": 12, "width": 3, "train_size": 100, "batch_size": 16}
TORCHS = {
    "gradient-descent": lambda p: optim.SGD(p, lr=0.05, weight_decay=0.01),
    "momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01),
    "rmsprop": lambda p: optim.RMSprop(p, lr=0.05, weight_decay=0.01),
    "adam": lambda p: optim.Adam(p, lr=0.05, weight_decay=0.01),
    "adamw": lambda p: optim.AdamW(p, lr=0.05, weight_decay=0.01),
}


def seeds(seed: int = 0) -> list[np.random.SeedSequence]:
    return np.random.SeedSequence(seed).spawn(3)


def plain(net: Cnn) -> nn.Sequential:
    """The defaults' layers by torch.nn, with the weights of net."""
    width, k = net.spec.width, net.spec.kernel
    stack = nn.Sequential(
        nn.Conv2d(1, width, k, padding=k // 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(width, 2 * width, k, padding=k // 2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(net.spec.features, 10),
    )
    values = zip(stack.state_dict(), net.state_dict().values(), strict=True)
    stack.to(next(net.parameters()).dtype).load_state_dict({k: v.clone() for k, v in values})
    return stack


@pytest.mark.parametrize("name", TORCHS)
def test_steps_are_torchs(name: str) -> None:
    """Eight steps of torch.optim on torch.nn, float64, weights to 1e-10."""
    weights, order, dropout = seeds()
    images = load(Settings(train_size=50))
    net = build(Settings(width=3), weights, dropout).double()
    theirs = plain(net)
    optimizer = TORCHS[name](theirs.parameters())
    trainer = Trainer(net, OPTIMIZERS[name](net.parameters(), 0.05, 0.01))
    batches = Batches(50, 10, np.random.default_rng(order))
    for _ in range(8):
        chosen = batches.next()
        x, y = images.x[chosen].double(), images.y[chosen]
        loss = cross_entropy(theirs(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        assert trainer.step(x, y) == pytest.approx(loss.item(), rel=1e-10)
    assert trainer.t == 8
    for own, want in zip(net.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own, want, rtol=0, atol=1e-10)


def test_a_run_is_those_steps() -> None:
    """A whole run against a plain loop over the same batches, single precision."""
    settings = Settings(**TINY)
    *_, last = run(settings)
    weights, order, dropout = seeds()
    stack, images = plain(build(settings, weights, dropout)), load(settings)
    optimizer = optim.Adam(stack.parameters(), settings.lr)
    batches = Batches(100, 16, np.random.default_rng(order))
    for _ in range(settings.steps):
        chosen = batches.next()
        optimizer.zero_grad()
        cross_entropy(stack(images.x[chosen]), images.y[chosen]).backward()
        optimizer.step()
    assert last.weights is not None
    for name, want in zip(last.weights, stack.parameters(), strict=False):
        np.testing.assert_allclose(last.weights[name], want.detach().numpy(), atol=1e-5)


def test_a_pass_sees_every_image_once() -> None:
    batches = Batches(50, 8, np.random.default_rng(1))
    order = torch.cat([batches.next() for _ in range(50)])
    for start in range(0, 400, 50):
        assert sorted(order[start : start + 50].tolist()) == list(range(50))
    assert sorted(Batches(5, 99, np.random.default_rng(1)).next().tolist()) == list(range(5))


@pytest.mark.parametrize("steps", [10, 100, 1500, 10_000])
def test_frames_are_closer_together_at_first(steps: int) -> None:
    found = stops(steps)
    assert found[0] == 0 and found[-1] == steps and len(found) <= FRAMES + 1
    gaps = np.diff(found)
    assert gaps.min() >= 1 and gaps[0] <= gaps[-1]
    assert np.diff(gaps).min() >= -1


@pytest.mark.parametrize(
    ("how", "room"), [("zeros", 1e-6), ("normal", 0.01)], ids=["zeros", "normal"]
)
def test_small_first_weights_start_at_a_blind_guess(how: Any, room: float) -> None:
    """All ten digits alike: ln 10 nats."""
    first = next(run(Settings(initialisation=how)))
    assert first.step == 0
    for part in ("train", "test"):
        assert first.metrics[f"{part}_loss"] == pytest.approx(math.log(10), abs=room)
    assert first.probabilities == pytest.approx([0.1] * 10, abs=room)


def test_from_zeros_relus_never_wake() -> None:
    """Only the ten last biases have a gradient."""
    *_, last = run(Settings(**TINY, initialisation="zeros"))
    assert last.weights is not None
    moved = {name for name, value in last.weights.items() if value.any()} - {"spec"}
    assert moved == {"dense.bias"}
    assert last.metrics["gradient_std/conv1"] == 0


def test_from_zeros_all_filters_stay_alike() -> None:
    """Sigmoids do pass a gradient on; but what reaches one filter reaches all (symmetry)."""
    given = {**TINY, "steps": 40, "lr": 0.05}
    *_, last = run(Settings(**given, initialisation="zeros", activation="sigmoid"))
    weights = last.weights
    assert weights is not None and np.abs(weights["conv1.weight"]).max() > 1e-3
    for name in ("conv1.weight", "conv2.weight", "conv1.bias"):
        assert np.ptp(weights[name], axis=0).max() < 1e-5


def test_bad_first_weights_stop_the_gradient_and_good_ones_do_not() -> None:
    """Three sigmoids after weights of 0.01, against He's variance and ReLUs, at step 0."""

    def ratio(**given: Any) -> float:
        found = next(run(Settings(depth=3, **given))).metrics
        return found["gradient_std/conv1"] / found["gradient_std/dense"]

    assert ratio(activation="sigmoid", initialisation="normal") < 1e-2
    assert 0.1 < ratio() < 10


@pytest.mark.parametrize("given", [{}, {"data": "digits", "depth": 1, "pooling": "none"}])
def test_measures_are_scikit_learns(given: dict[str, Any]) -> None:
    """At the end, over all held-out images and (up to) 1,000 of those learned from."""
    settings = Settings(**{**TINY, "train_size": 1100, **given})
    frames = list(run(settings))
    images, last = load(settings), frames[-1]
    parts = {"test": (images.x_test, images.y_test), "train": (images.x[:1000], images.y[:1000])}
    for part, (x, y) in parts.items():
        odds = _odds(last, x)
        want = log_loss(y.numpy(), odds, labels=range(10))
        assert last.metrics[f"{part}_loss"] == pytest.approx(want, rel=1e-4)
        right = accuracy_score(y.numpy(), odds.argmax(1))
        assert last.metrics[f"{part}_accuracy"] == pytest.approx(right)
    odds = _odds(last, images.x_test)
    assert np.array_equal(last.confusion, confusion_matrix(images.y_test, odds.argmax(1)))
    on_the_way = frames[1].confusion
    assert on_the_way is not None and int(on_the_way.sum()) == 200


def _odds(frame: Frame, x: torch.Tensor) -> np.ndarray:
    assert frame.weights is not None
    with torch.no_grad():
        found: np.ndarray = from_arrays(frame.weights)(x).double().softmax(1).numpy()
    return found


def test_mistakes_are_the_surest_ones() -> None:
    settings = Settings(**{**TINY, "steps": 60})
    frames = list(run(settings))
    images, last = load(settings), frames[-1]
    odds, truth = _odds(last, images.x_test), images.y_test.numpy()
    wrong = np.flatnonzero(odds.argmax(1) != truth)
    surest = wrong[np.argsort(-odds[wrong].max(1), kind="stable")][:24]
    assert last.wrong is not None and last.wrong_images is not None
    assert last.wrong.tolist() == surest.tolist()
    assert last.wrong_truth is not None and np.array_equal(last.wrong_truth, truth[surest])
    assert last.wrong_guess is not None
    assert np.array_equal(last.wrong_guess, odds.argmax(1)[surest])
    want = (images.x_test[torch.from_numpy(surest), 0] * 255).round().numpy()
    assert np.array_equal(last.wrong_images, want)


def test_maps_are_what_each_layer_makes_of_the_digit() -> None:
    """Within half of one of the 127 steps either side of 0."""
    settings = Settings(**TINY, image=13)
    *_, last = run(settings)
    assert last.weights is not None and last.scales is not None
    net, x = from_arrays(last.weights), load(settings).x_test[13:14]
    with torch.no_grad():
        found = {name: value[0].numpy() for name, _, value in forward_all(net, x)}
    assert last.probabilities == pytest.approx(found["probabilities"], abs=1e-6)
    names = ["conv1", "act1", "pool1", "conv2", "act2", "pool2"]
    for name, scale in zip(names, last.scales, strict=True):
        value = (getattr(last, name).astype(float) - 127) / 127 * scale
        assert np.abs(value - found[name][:8]).max() <= scale / 127 / 2 + 1e-6
    assert last.filters is not None
    assert np.array_equal(last.filters, last.weights["conv1.weight"][:, 0])


def test_spreads_are_standard_deviations() -> None:
    """Over 30 training images, by autograd on plain torch.nn layers."""
    settings = Settings(**TINY)
    *_, last = run(settings)
    assert last.weights is not None and last.histogram is not None
    stack, images = plain(from_arrays(last.weights)), load(settings)
    x, after = images.x[:30], []
    for layer in stack:
        x = layer(x)
        after.append(x.detach())
    cross_entropy(x, images.y[:30]).backward()
    for name, place, act in (("conv1", 0, 1), ("conv2", 3, 4), ("dense", 7, 7)):
        grad = stack[place].weight.grad
        assert isinstance(grad, torch.Tensor)
        want = float(np.std(grad.numpy()))
        assert last.metrics[f"gradient_std/{name}"] == pytest.approx(want, rel=1e-3)
        want = float(np.std(after[act].numpy()))
        assert last.metrics[f"activation_std/{name}"] == pytest.approx(want, rel=1e-3)
    edges = np.linspace(-4, 4, 34)
    few = after[1][:10].numpy().ravel()
    bent = np.sign(few) * np.log10(1 + np.abs(few) / 0.01)
    want_shares = np.histogram(bent, edges)[0] / few.size
    np.testing.assert_allclose(last.histogram[0], want_shares, atol=2e-3)
    assert last.histogram.sum(1) == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize("pooling", ["max", "sum"])
def test_a_lost_loss_names_the_step_the_rate_and_the_cure(pooling: Any) -> None:
    """The step after which a plain loop's loss is no number."""
    given = {**TINY, "steps": 10_000, "activation": "leaky-relu", "pooling": pooling}
    settings = Settings(**given, optimizer="gradient-descent", lr=100.0)
    with pytest.raises(Diverged) as caught:
        list(run(settings))
    error = caught.value
    assert error.step == _first_lost_step(settings)
    assert error.message.startswith(f"At step {error.step} the training loss stopped being a")
    assert "learning rate 100 is too large for gradient descent" in error.message
    *_, cured = run(settings.model_copy(update={**error.fix, "steps": 300}))
    assert cured.metrics["train_loss"] < 1


def _first_lost_step(settings: Settings) -> int:
    weights, order, dropout = seeds()
    net, images = build(settings, weights, dropout), load(settings)
    optimizer = optim.SGD(net.parameters(), settings.lr)
    batches = Batches(len(images.x), settings.batch_size, np.random.default_rng(order))
    for step in range(300):
        chosen = batches.next()
        optimizer.zero_grad()
        loss = cross_entropy(net(images.x[chosen]), images.y[chosen])
        if not math.isfinite(loss.item()):
            return step
        loss.backward()
        optimizer.step()
    raise AssertionError("the plain loop did not diverge")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kernel": 4}, "kernel: given 4, allowed: an odd number, so that the kernel has a middle"),
        ({"kernel": 9}, "kernel: given 9, allowed: a whole number from 1 to 7"),
        ({"data": "digits", "depth": 3, "kernel": 5}, "kernel: given 5, allowed: at most 3 with 3"),
        ({"data": "digits", "depth": 3}, "at most 3 with 3 blocks on 8x8 digits: the last"),
        (
            {"data": "digits", "pooling": "blur", "depth": 3, "kernel": 3},
            "depth: given 3, allowed: at most 2 blocks with blur pooling on 8x8 digits",
        ),
    ],
)
def test_what_is_impossible_is_said(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingError) as caught:
        Settings.checked(given)
    assert str(caught.value).startswith(says) or says in str(caught.value)


@pytest.mark.parametrize("pooling", ["max", "none", "blur", "l2"])
def test_the_smallest_that_is_possible_runs(pooling: Any) -> None:
    """8x8 digits through as many blocks as there can be, with a single filter."""
    depth = 2 if pooling == "blur" else 3
    given = {"data": "digits", "pooling": pooling, "depth": depth, "kernel": 3, "width": 1}
    *_, last = run(Settings(**{**given, "steps": 10, "train_size": 10}))
    assert last.step == 10 and getattr(last, f"act{depth}").shape[-1] == 8 // 2**depth * (
        1 if pooling == "none" else 2
    )


@pytest.mark.parametrize("data", ["mnist", "digits"])
def test_the_followed_digit_is_the_one_its_number_says(data: Any) -> None:
    images = load(Settings(data=data, train_size=300))
    assert len(images.x) == 300
    for y in (images.y, images.y_test):
        assert y[:100].tolist() == [n % 10 for n in range(100)]
    first = next(run(Settings(data=data, image=42, train_size=10)))
    assert first.label is not None and first.label.tolist() == [2]


def test_the_small_digits_are_parted_as_they_come() -> None:
    images = load(Settings(data="digits"))
    assert (len(images.x), len(images.x_test)) == (1438, 359)
    assert isinstance(images, Images) and images.x.shape[1:] == (1, 8, 8)
    both = torch.cat([images.x, images.x_test])
    assert len({one.numpy().tobytes() for one in both}) == len(both)


def test_in_turn_keeps_every_index() -> None:
    labels = np.array([3, 1, 1, 0, 2, 1, 0])
    chosen = in_turn(labels, np.array([0, 1, 2, 3, 4, 5, 6]))
    assert chosen.tolist() == [3, 1, 4, 0, 6, 2, 5]


def test_dropout_acts_in_training_alone() -> None:
    """Two runs from the same first weights part; the measures of one network do not."""
    given = {**TINY, "train_size": 20}
    without, first = (next(run(Settings(**given, dropout=p))) for p in (0.0, 0.8))
    assert first.metrics == without.metrics
    *_, last = run(Settings(**given, dropout=0.8))
    *_, plain_last = run(Settings(**given))
    assert last.metrics != plain_last.metrics


@pytest.mark.slow
def test_the_goals_are_reached_in_time() -> None:
    """Over 95 % of the held-out digits within 30 s, 97 % within 90 s, on one core; -s prints."""
    torch.set_num_threads(1)
    for given, goal, most in (({}, 0.95, 30.0), ({"steps": 5000}, 0.97, 90.0)):
        start = time.perf_counter()
        *_, last = CNN.frames(Settings(**given))
        seconds = time.perf_counter() - start
        trained = last.step / last.timing["steps_per_s"]
        right = f"{last.metrics['test_accuracy']:.2%} in {seconds:.1f} s"
        sys.stdout.write(f"{last.step} steps: {right}, {trained / seconds:.0%} of it training\n")
        assert last.metrics["test_accuracy"] > goal
        assert seconds < most

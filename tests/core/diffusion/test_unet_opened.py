"""The U-Net opened: its costs, shapes and skips against PyTorch's own, shares in closed form."""

from __future__ import annotations

import re
from typing import Any

import pytest
import torch
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from core.diffusion import opened_costs, opened_layout, opened_run, unet
from core.diffusion.opened import Settings
from core.diffusion.schedules import SCHEDULES
from core.diffusion.unet import NULL, Spec, UNet

SPECS = (
    Spec(),
    Spec(channels=(16, 32), embedding=32, side=8, data="digits"),
    Spec(channels=(16, 16, 32, 32), embedding=32, side=21),
)
some = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.side}-{len(spec.channels)}")
COURSE = SCHEDULES["cosine"](1000)
PLAIN = {"side": 28, "channels": [8, 32, 64]}


def net_of(spec: Spec = SPECS[0], seed: int = 0) -> UNet:
    """With weights that let every block do something."""
    random = torch.Generator().manual_seed(seed)
    net = unet.build(spec, random).eval().requires_grad_(False)
    for value in net.parameters():
        if not value.any():
            value.normal_(0.0, 0.1, generator=random)
    return net


def entering(net: UNet, count: int = 1, t: int = 400) -> tuple[Any, Any, Any]:
    x = torch.randn(count, 1, net.spec.side, net.spec.side, generator=torch.Generator())
    return x, torch.full((count,), t), torch.full((count,), NULL)


@some
def test_multiply_adds_are_half_the_flops_that_torch_counts(spec: Spec) -> None:
    """Block by block, torch.utils.flop_counter."""
    net = net_of(spec)
    given = entering(net)
    found = opened_costs.multiply_adds(net, *given)
    with FlopCounterMode(display=False, depth=9) as counter:
        net(*given)
    counts = {name: sum(by.values()) for name, by in counter.get_flop_counts().items()}
    names = {id(module): name for name, module in net.named_modules()}
    for block, modules in opened_costs.parts(net).items():
        flops = sum(counts.get(f"UNet.{names[id(module)]}", 0) for module in modules)
        assert flops == 2 * found[block], block
    assert sum(found.values()) * 2 == counter.get_total_flops() > 0


@some
def test_parameters_are_those_of_the_state(spec: Spec) -> None:
    net = net_of(spec)
    found = opened_costs.parameters(net)
    state = {name: value.numel() for name, value in net.state_dict().items()}
    assert sum(found.values()) == sum(state.values())
    for block in ("embed", "stem", "down.0", "down.1", "middle", "up.0", "up.1"):
        own = sum(size for name, size in state.items() if name.startswith(f"{block}."))
        assert found[block] == own > 0, block


def test_times_are_of_the_same_blocks() -> None:
    net = net_of()
    times = opened_costs.seconds(net, *entering(net))
    assert list(times) == list(opened_costs.parameters(net))
    assert all(0 < value < 1 for value in times.values())


@some
def test_the_layout_names_the_maps_that_there_are(spec: Spec) -> None:
    net = net_of(spec)
    _, maps = net.maps(*entering(net))
    plain = {"side": spec.side, "channels": list(spec.channels)}
    blocks = opened_layout.blocks_of(plain)
    shapes = {one.name: (1, one.channels, one.side, one.side) for one in blocks}
    there = {name: tuple(one.shape) for name, one in maps.items() if name != "stem"}
    assert shapes == there
    assert list(shapes) == [n for n in shapes if n in there]


def test_every_choice_names_a_block_and_every_block_has_a_choice() -> None:
    named = [opened_layout.chosen(block, PLAIN) for block in Settings.choices("block")]
    assert sorted(named) == sorted(opened_layout.blocks_of(PLAIN))
    back = [opened_layout.setting_of(one, 3) for one in named]
    assert back == list(Settings.choices("block"))
    assert opened_layout.keep_of("middle-off", 3) == [1, 0, 1]
    assert opened_layout.keep_of("coarsest-off", 2) == [1, 0]


@pytest.mark.parametrize("skips", Settings.choices("skips"))
def test_what_is_off_carries_zeros_and_the_rest_is_as_it_was(skips: str) -> None:
    """What hooks see enter each block of the way up: maps from below, then the copies."""
    net = net_of()
    keep = opened_layout.keep_of(skips, 3)
    seen: list[torch.Tensor] = []
    handles = [up.block.register_forward_pre_hook(lambda _, x: seen.append(x[0])) for up in net.up]  # type: ignore[union-attr]
    v, maps = net.maps(*entering(net), keep)
    for handle in handles:
        handle.remove()
    below = [maps["middle"], maps["grown.1"], maps["grown.2"]]
    for n, (joined, under) in enumerate(zip(seen, below, strict=True)):
        copies = maps[f"down.{2 - n}"]
        first, second = joined.split([under.shape[1], copies.shape[1]], 1)
        assert torch.equal(first, under)
        assert torch.equal(second, copies if keep[2 - n] else torch.zeros_like(copies))
    whole = net(*entering(net))
    assert torch.equal(v, whole) is (skips == "all-on")


def test_noise_and_image_follow_from_v() -> None:
    random = torch.Generator().manual_seed(1)
    image, noise = torch.randn(2, 5, 1, 8, 8, generator=random).unbind()
    t = torch.tensor([1, 250, 500, 750, 1000])
    x = opened_run.noised(COURSE, image, noise, t)
    shape = (-1, 1, 1, 1)
    a, s = (
        torch.tensor(one[t.numpy()]).float().reshape(shape) for one in (COURSE.signal, COURSE.noise)
    )
    found = opened_run.both(COURSE, x, a * noise - s * image, t)
    torch.testing.assert_close(found[0], noise, atol=1e-5, rtol=0)
    torch.testing.assert_close(found[1], image, atol=1e-5, rtol=0)


@pytest.mark.parametrize("t", [100, 400, 700])
def test_the_analysis_of_variance_finds_the_share_that_is_known(t: int) -> None:
    """Of x_t, whose digit's part is signal^2 V, V the variance of a pixel, and noise^2 the rest."""
    net, random = net_of(), torch.Generator().manual_seed(7)
    shares = opened_run.digit_shares(net, COURSE, [1, 1, 1], t, random)
    images, _ = opened_run.held_out("mnist")
    picks = torch.randint(len(images) // 10, (10,), generator=torch.Generator().manual_seed(7))
    digits = images[10 * picks + torch.arange(10)]
    many = digits.repeat_interleave(opened_run.NOISES, 0)
    noise = torch.randn(many.shape, generator=random)
    x = opened_run.noised(COURSE, many, noise, torch.full((len(many),), t))
    assert shares["input"] == pytest.approx(opened_run._between(x), abs=0.03)
    assert all(0 <= share <= 1 for share in shares.values())
    assert list(shares)[1:-1] == [one.name for one in opened_layout.blocks_of(PLAIN)]


def test_a_share_of_noise_alone_is_none_and_of_digits_alone_all() -> None:
    random = torch.Generator().manual_seed(0)
    noise = torch.randn(30, 1, 40, 40, generator=random)
    assert opened_run._between(noise) < 0.03
    assert opened_run._between(noise[:10].repeat_interleave(3, 0)) == 1


def test_losses_are_those_of_the_net_on_the_same_digits() -> None:
    net = net_of()
    losses = opened_run.measured(net, COURSE, torch.Generator().manual_seed(3))
    first, second = next(losses).clone(), next(losses)
    random = torch.Generator().manual_seed(3)
    images, _ = opened_run.held_out("mnist")
    order = torch.randperm(len(images) // 10, generator=random)
    totals = []
    for digit in (0, 1):
        image = images[10 * order[0] + digit]
        noise = torch.randn(len(opened_layout.TIMES), 1, 28, 28, generator=random)
        rows = []
        for skips in ([1, 1, 1], [0, 0, 0]):
            errors = []
            for n, share in enumerate(opened_layout.TIMES):
                t = round(1000 * share)
                a, s = float(COURSE.signal[t]), float(COURSE.noise[t])
                told = torch.tensor([t]), torch.tensor([NULL])
                v = net((a * image + s * noise[n])[None], *told, skips)
                errors.append(functional.mse_loss(v[0], a * noise[n] - s * image))
            rows.append(torch.stack(errors))
        totals.append(torch.stack(rows).double())
    torch.testing.assert_close(first[[0, 4]], totals[0], atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(second[[0, 4]], sum(totals) / 2, atol=1e-5, rtol=1e-4)


def test_numbers_of_the_convolution_that_is_explained_are_the_layers_own() -> None:
    from core.diffusion.opened_why import _cost
    from tests.core.diffusion.opened_frames import first_frame

    net = net_of()
    frame = first_frame(net)
    for block in Settings.choices("block"):
        text = _cost(Settings(block=block), frame).replace(",", "")
        name = opened_layout.chosen(block, opened_layout.spec_of(frame)).name
        if name.startswith("grown"):
            layer = net.get_submodule(f"up.{int(name[-1]) - 1}.grow")
        else:
            layer = net.get_submodule(
                f"{name}.block1.conv1" if name == "middle" else f"{name}.block.conv1"
            )
        size = sum(value.numel() for value in layer.parameters())
        assert str(size) in re.findall(r"\d+", text), (block, size)

"""The counts of the pipeline against the released weights, and against Torch's own counter."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from core.catalog import CATALOG
from core.diffusion import pipeline_count as count
from core.diffusion import unet
from core.diffusion.pipeline import PIPELINE, Frame, Settings, buttons, links
from core.diffusion.pipeline_count import Count
from core.diffusion.pipeline_parts import PARTS
from core.ui.lessons import LESSONS


def run(**changes: Any) -> Frame:
    (found,) = PIPELINE.frames(Settings(**changes))
    assert isinstance(found, Frame)
    return found


def test_parameters_are_those_of_the_released_weights() -> None:
    """Stable Diffusion 1.x and lllyasviel's first ControlNet, as their checkpoints have them."""
    assert count.unet(64, 64).parameters == 859_520_964
    assert count.text_encoder().parameters == 123_060_480
    assert count.controlnet(64, 64).parameters == 361_279_120
    decoder, encoder = count.decoder(64, 64), count.encoder(64, 64)
    assert decoder.parameters == 49_490_199
    assert decoder.parameters + encoder.parameters == 83_653_863


def test_the_decoders_work_is_what_mlcommons_counts() -> None:
    """1,273.718 G for an image of 512, norms and activations with it."""
    assert count.decoder(64, 64).multiplications == pytest.approx(1273.718e9, rel=0.02)


def multiplications(net: nn.Module, *inputs: torch.Tensor) -> int:
    """As Torch counts them: two operations are one multiply-add."""
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        net(*inputs)
    return counter.get_total_flops() // 2


def size(net: nn.Module) -> int:
    return sum(one.numel() for one in net.parameters())


def test_layers_are_counted_as_torch_does() -> None:
    conv, dense = nn.Conv2d(6, 10, 3, padding=1), nn.Linear(12, 5)
    found = Count()
    found.conv(6, 10, 8, 4)
    found.dense(12, 5, rows=7)
    assert found.parameters == size(conv) + size(dense)
    right = multiplications(conv, torch.zeros(1, 6, 8, 4)) + multiplications(
        dense, torch.zeros(7, 12)
    )
    assert found.multiplications == right


def test_attention_is_counted_as_torch_does() -> None:
    """Three queries, five keys, eight channels: 2 * 3 * 5 * 8."""
    found = Count()
    found.attend(3, 5, 8)

    class Attention(nn.Module):
        def forward(self, q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
            weights: torch.Tensor = (q @ k.T).softmax(-1)
            return weights @ k

    right = multiplications(Attention(), torch.zeros(3, 8), torch.zeros(5, 8))
    assert found.multiplications == right == 240


def test_a_residual_block_is_counted_as_torch_does() -> None:
    """The layers of the published block: norm, convolution, time, norm, convolution, shortcut."""
    layers = [
        nn.GroupNorm(2, 4), nn.Conv2d(4, 6, 3, padding=1), nn.Linear(1280, 6), nn.GroupNorm(2, 6),
        nn.Conv2d(6, 6, 3, padding=1), nn.Conv2d(4, 6, 1),
    ]  # fmt: skip
    found = Count()
    found.residual(4, 6, 8, 8)
    assert found.parameters == sum(size(one) for one in layers)


def test_calls_and_work_follow_the_settings() -> None:
    plain = run(rounds=20, guidance=False).metrics
    both = run(rounds=20, control=True).metrics
    assert plain["calls/unet"] == 20 and both["calls/unet"] == 40
    assert plain["calls/controlnet"] == 0 and both["calls/controlnet"] == 40
    one = count.unet(64, 64).multiplications / 1e12
    assert both["work/unet"] == pytest.approx(40 * one)
    parts = ("text-encoder", "unet", "controlnet", "vae-decoder")
    assert both["work"] == pytest.approx(sum(both[f"work/{name}"] for name in parts))
    assert plain["smaller"] == 48 and plain["latents"] == 4 * 64 * 64


def test_stretches_add_up_to_the_whole() -> None:
    frame = run()
    assert int(frame.blocks.sum()) == 859_520_964 and len(frame.blocks) == 11


def test_what_ships_here_is_counted() -> None:
    metrics = run().metrics
    net = unet.load("diffusion-mnist")
    assert metrics["ours/unet"] == sum(one.numel() for one in net.parameters())
    assert 0 < metrics["ours/text-encoder"] < metrics["ours/unet"]
    decoder = 2 * 64 + 64 + 64 * 128 + 128 + 128 * 784 + 784  # from two numbers to 64, 128, 784
    assert metrics["ours/vae-decoder"] == decoder


@pytest.mark.parametrize("name", PARTS)
def test_every_box_is_chosen_by_a_click_and_leads_somewhere_or_says_so(name: str) -> None:
    settings = Settings(part=name)
    click = links(settings, [], {"x": 0.0, "y": 0.0, "customdata": name})
    assert click is not None and click.values == {"part": name}
    leads = buttons(settings)
    if PARTS[name].page:
        (button,) = leads
        assert any(button.click.experiment in lesson.experiments for lesson in LESSONS)
        assert button.click.experiment in CATALOG
    else:
        assert not leads and "not here yet" in PARTS[name].here.lower()


def test_a_click_beside_the_boxes_does_nothing() -> None:
    assert links(Settings(), [], {"x": 0.0, "y": 0.0}) is None

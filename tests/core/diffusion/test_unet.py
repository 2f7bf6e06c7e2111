"""The U-Net: its parts are torch's own, its skips can be switched off, its weights keep."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.diffusion import unet
from core.diffusion.unet import NULL, Attention, Residual, Spec, times


def random(net: torch.nn.Module, seed: int = 0) -> torch.nn.Module:
    """All weights drawn anew, so that no part of it is silent."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value in net.parameters():
            value.normal_(0, 0.2, generator=generator)
    return net.requires_grad_(False)


def built(**changes: object) -> unet.UNet:
    net = unet.build(Spec(**changes), torch.Generator().manual_seed(0))  # type: ignore[arg-type]
    return random(net)  # type: ignore[return-value]


def given(side: int = 28) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    x = torch.randn(3, 1, side, side, generator=torch.Generator().manual_seed(1))
    return x, torch.tensor([1, 500, 1000]), torch.tensor([3, 7, NULL])


def test_times_are_the_waves_of_the_paper() -> None:
    """Vaswani et al. 2017, section 3.5: angles t / 10000^(2i/d)."""
    found = times(torch.tensor([7]), 8)[0]
    angles = [7 / 10_000 ** (2 * i / 8) for i in range(4)]
    wanted = [math.cos(a) for a in angles] + [math.sin(a) for a in angles]
    torch.testing.assert_close(found, torch.tensor(wanted))


def test_attention_is_torchs_multihead_attention_with_one_head() -> None:
    block = random(Attention(16)).double()
    x = torch.randn(2, 16, 3, 3, generator=torch.Generator().manual_seed(2)).double()
    theirs = torch.nn.MultiheadAttention(16, 1, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(block.qkv.weight)
        theirs.in_proj_bias.copy_(block.qkv.bias)
        theirs.out_proj.weight.copy_(block.out.weight)
        theirs.out_proj.bias.copy_(block.out.bias)
        places = block.norm(x).flatten(2).mT
        wanted = x + theirs(places, places, places)[0].mT.reshape(x.shape)
        torch.testing.assert_close(block(x), wanted)


def test_a_block_is_its_layers_in_order() -> None:
    block = random(Residual(16, 32, 8)).double()
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(2, 16, 5, 5, generator=generator).double()
    told = torch.randn(2, 8, generator=generator).double()
    first = functional.silu(functional.group_norm(x, 1, block.norm1.weight, block.norm1.bias))
    first = functional.conv2d(first, block.conv1.weight, block.conv1.bias, padding=1)
    first = first + functional.linear(told, block.told.weight, block.told.bias)[..., None, None]
    second = functional.group_norm(first, 2, block.norm2.weight, block.norm2.bias)
    second = functional.conv2d(functional.silu(second), block.conv2.weight, block.conv2.bias,
                               padding=1)  # fmt: skip
    wanted = functional.conv2d(x, block.past.weight, block.past.bias) + second
    torch.testing.assert_close(block(x, told), wanted)


@pytest.mark.parametrize("side", [28, 14])
def test_maps_are_given_by_name_and_halved_level_by_level(side: int) -> None:
    net = built(side=side)
    v, maps = net.maps(*given(side))
    assert v.shape == (3, 1, side, side)
    names = ["stem", "down.0", "down.1", "down.2", "middle", "up.0", "up.1", "up.2"]
    assert [name for name in maps if not name.startswith("grown")] == names
    sides = [side, side, side // 2, math.ceil(side / 4)]
    assert [maps[name].shape[-1] for name in names[:4]] == sides
    assert [maps[f"up.{n}"].shape[-1] for n in range(3)] == sides[:0:-1]


def test_a_skip_that_is_off_is_as_if_its_maps_were_0() -> None:
    net = built()
    whole = net(*given())
    assert torch.equal(net(*given(), skips=(1, 1, 1)), whole)
    for level in range(3):
        skips = [float(n != level) for n in range(3)]
        found = net(*given(), skips=skips)
        assert not torch.allclose(found, whole)
        block = net.up[2 - level].block
        half = block.norm1.num_channels // 2
        seen: list[torch.Tensor] = []
        hook = block.norm1.register_forward_pre_hook(
            lambda _, x, half=half, seen=seen: seen.append(x[0][:, half:])
        )
        net(*given(), skips=skips)
        hook.remove()
        assert not seen[0].any()


def test_time_and_class_matter_and_none_is_a_class_of_its_own() -> None:
    net = built()
    x, t, y = given()
    plain = net(x, t, y)
    assert not torch.allclose(net(x, t + 1, y)[0], plain[0])
    answers = [net(x[:1], t[:1], torch.tensor([n])) for n in range(NULL + 1)]
    assert all(not torch.allclose(answers[-1], other) for other in answers[:-1])


def test_a_new_network_predicts_nothing_and_its_blocks_change_nothing() -> None:
    net = unet.build(Spec(), torch.Generator().manual_seed(0))
    assert not net(*given()).any()
    middle = torch.randn(1, 64, 7, 7)
    torch.testing.assert_close(net.middle(middle, torch.randn(1, 64)), middle)


def test_weights_come_back_and_wrong_ones_are_refused() -> None:
    net = built()
    arrays = unet.to_arrays(net)
    back = unet.from_arrays(arrays)
    assert back.spec == net.spec
    torch.testing.assert_close(back(*given()), net(*given()), rtol=0.05, atol=0.05)
    with pytest.raises(ValueError, match="do not fit"):
        unet.from_arrays({**arrays, "stem.weight": np.zeros((8, 1, 5, 5), np.float16)})
    with pytest.raises(ValueError, match="do not fit"):
        unet.from_arrays({k: v for k, v in arrays.items() if k != "head.bias"})
    with pytest.raises(ValueError, match="another kind"):
        unet.from_arrays({"spec": np.frombuffer(b'{"a": 1}', np.uint8)})


def test_the_global_generator_is_left_alone() -> None:
    before = torch.get_rng_state()
    unet.build(Spec(), torch.Generator().manual_seed(0))
    assert torch.equal(torch.get_rng_state(), before)

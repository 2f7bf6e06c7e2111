"""Networks that the tests of "Look inside" look into."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from core.nets import cnn
from core.nets.spec import Spec
from core.pooling import inside
from core.pooling.inside import run
from core.pooling.layers import Frame, Settings


def net_of(spec: Spec, seed: int | None = None) -> cnn.Cnn:
    """A network of float64: of random weights, or without a seed of ones."""
    net = cnn.Cnn(spec).double().eval()
    if seed is None:
        with torch.no_grad():
            for name, values in net.named_parameters():
                values.fill_(float(name.endswith("weight")))
    else:
        cnn.initialise(net, "he", torch.Generator().manual_seed(seed))
    return net


def shown(monkeypatch: pytest.MonkeyPatch, spec: Spec, **fields: object) -> tuple[cnn.Cnn, Frame]:
    """A random network of that shape, and what a run says of it."""
    net = net_of(spec, seed=1)
    monkeypatch.setattr(inside.models, "load", lambda name: cnn.to_arrays(net))
    (frame,) = run(Settings.checked(fields))
    return net, frame


def values_of(net: cnn.Cnn, x: Tensor) -> dict[str, Tensor]:
    with torch.no_grad():
        return {name: value for name, _, value in cnn.forward_all(net, x)}

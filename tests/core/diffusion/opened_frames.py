"""A first frame of a network that is given, without a run."""

from __future__ import annotations

import numpy as np
import torch

from core.diffusion import opened_run
from core.diffusion.opened import Frame, Settings
from core.diffusion.schedules import SCHEDULES
from core.diffusion.unet import UNet


def first_frame(net: UNet, **changes: object) -> Frame:
    """What the run yields at step 0, walls and losses left empty."""
    course = SCHEDULES[net.spec.schedule](net.spec.steps)
    settings = Settings.checked(changes)
    (arrays, timing), steady = opened_run.opened(net, course, settings, torch.Generator())
    none = np.zeros((2, 10, net.spec.side, net.spec.side), np.uint8)
    losses = np.zeros((5, 6), np.float32)
    return Frame(step=0, metrics=steady, timing=timing, walls=none, losses=losses, **arrays)

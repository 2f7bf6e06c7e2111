"""The race itself: torch.optim's optimizers side by side, each on its own 2-vector in float64."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from core.experiment import Diverged
from core.optimizers.race import TOLERANCE, RaceFrame, RaceSettings
from core.optimizers.rates import best_rates, closure
from core.optimizers.rules import make_torch
from core.optimizers.schedule import factors
from core.optimizers.surfaces import SURFACES, curvatures, in_play, turn, value_grad

FRAMES = 150
SLOTS = {
    "m": ("momentum_buffer", "exp_avg", "m"),
    "v": ("exp_avg_sq", "square_avg", "sum", "exp_inf"),
    "extra": ("max_exp_avg_sqs", "max_exp_avg_sq", "acc_delta", "mu_product"),
}


def race(settings: RaceSettings) -> Iterator[RaceFrame]:
    """Run it. Raises Diverged if the start is not finite, or once nobody is left in the picture."""
    begun = time.perf_counter()
    point = turn(settings.options(), (settings.start_x, settings.start_y))
    start = torch.tensor(point, dtype=torch.float64)
    check_start(settings, start)
    schedule = factors(settings.schedule, settings.steps)
    noise = gradient_noise(settings)
    rates: dict[str, float] = dict.fromkeys(settings.optimizers, settings.lr)
    if settings.rates == "best":
        rates = best_rates(settings, start, schedule, noise)
    field = Field(settings, [Racer(settings, name, rates[name], start) for name in rates])
    every = math.ceil(settings.steps / FRAMES)
    yield field.frame(0, {"sweep_s": time.perf_counter() - begun})
    for t in range(1, settings.steps + 1):
        shown = t % every == 0 or t == settings.steps
        field.step(t, float(schedule[t - 1]), noise[t - 1], shown)
        if shown:
            yield field.frame(t)


def gradient_noise(settings: RaceSettings) -> Tensor:
    """The noise that SGD meets at each step, (steps, 2), from the seed."""
    draw = np.random.default_rng(settings.seed).normal(0.0, settings.noise, (settings.steps, 2))
    return torch.from_numpy(draw)


def check_start(settings: RaceSettings, start: Tensor) -> None:
    """Raise Diverged at step 0, with a start that works, if height or slope there is not finite."""
    height, grad = value_grad(settings.options(), start)
    if bool(torch.isfinite(height)) and bool(torch.isfinite(grad).all()):
        return
    what = "height" if not bool(torch.isfinite(height)) else "slope"
    place = f"({settings.start_x:g}, {settings.start_y:g})"
    said = f"The {what} of the formula at the start {place} is not a finite number"
    x, y = torch.meshgrid(*[torch.linspace(-5, 5, 41, dtype=torch.float64)] * 2, indexing="ij")
    grid = torch.stack([x.flatten(), y.flatten()], -1)
    heights, grads = value_grad(settings.options(), grid)
    good = grid[torch.isfinite(heights) & torch.isfinite(grads).all(-1)]
    if len(good) == 0:
        raise Diverged(0, f"{said}, nor is it anywhere else in the picture; change the formula.")
    near = good[(good - start).norm(dim=-1).argmin()].tolist()
    fix = {"start_x": near[0], "start_y": near[1]}
    raise Diverged(0, f"{said}; start at ({near[0]:g}, {near[1]:g}), say.", fix)


class Racer:
    """One torch.optim optimizer on its own weights, and what its last shown update was made of."""

    def __init__(self, settings: RaceSettings, name: str, rate: float, start: Tensor) -> None:
        self.name, self.rate = name, rate
        self.theta = torch.nn.Parameter(start.clone())
        self.look = closure(settings, self.theta) if name == "lbfgs" else None
        self.optimizer = make_torch(name, [self.theta], settings.hyper(name, rate))
        self.alive, self.settled = True, 0
        zero = np.zeros(2)
        self.last = dict.fromkeys(("grad", "noise", "update"), zero)
        self.last |= {"before": start.numpy().copy(), **self._slots("0"), **self._slots("")}

    def step(self, grad: Tensor, noise: Tensor, factor: float, shown: bool) -> None:
        """One update from the gradient at theta; ``shown``: keep what it was made of."""
        noise = noise if self.name == "sgd" else torch.zeros_like(noise)
        before, grad = self.theta.detach().clone(), grad + noise
        slots = self._slots("0") if shown else {}
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate * factor
        self.theta.grad = grad.clone()
        self.optimizer.step(self.look)  # type: ignore[arg-type]
        if not bool(torch.isfinite(self.theta).all()):
            self.stop(before)
        if shown:
            self._keep(before, grad, noise, slots)

    def stop(self, at: Tensor) -> None:
        """Out of the race: back to the last finite place, and no further."""
        self.alive = False
        with torch.no_grad():
            self.theta.copy_(at)

    def rest(self) -> None:
        """One step out of the race: nothing moves."""
        here = self.theta.detach().numpy().copy()
        self.last |= {"before": here, "update": np.zeros(2)}

    def _keep(self, before: Tensor, grad: Tensor, noise: Tensor, slots: Mapping[str, Any]) -> None:
        update = self.theta.detach() - before
        parts = {"before": before, "grad": grad, "noise": noise, "update": update}
        found = {key: part.numpy() for key, part in parts.items()}
        self.last = {**found, **slots, **self._slots("")}

    def _slots(self, suffix: str) -> dict[str, np.ndarray]:
        state = self.optimizer.state.get(self.theta, {})
        return {slot + suffix: _pair(state, keys) for slot, keys in SLOTS.items()}


class Field:
    """All racers: their gradients are taken in one pass, their frames put together."""

    def __init__(self, settings: RaceSettings, racers: Sequence[Racer]) -> None:
        self.settings, self.racers, self.options = settings, racers, settings.options()
        self.factor = 1.0
        self.chunk: list[tuple[Tensor, Tensor]] = []
        self._look(0)

    def step(self, t: int, factor: float, noise: Tensor, shown: bool) -> None:
        """Every racer's update number t. Raises Diverged once nobody is left in the picture."""
        before, self.factor = self.theta, factor
        for racer, grad in zip(self.racers, self.grad, strict=True):
            if racer.alive:
                racer.step(grad, noise, factor, shown)
            else:
                racer.rest()
        self._look(t, before)
        if not any(r.alive for r in self.racers) or self._hopeless():
            raise Diverged(t, self._why(t), self._fix())

    def frame(self, t: int, timing: dict[str, float] | None = None) -> RaceFrame:
        """The frame after t updates, with the path since the last frame."""
        path, losses = (torch.stack(part, 1).numpy() for part in zip(*self.chunk, strict=True))
        self.chunk = []
        last = [r.last for r in self.racers]
        parts: dict[str, Any] = {key: np.stack([one[key] for one in last]) for key in last[0]}
        rate = np.array([r.rate for r in self.racers])
        return RaceFrame(
            step=t,
            metrics=self._metrics(t),
            timing=timing or {},
            theta=self.theta.numpy().copy(),
            rate=rate,
            lr=rate * self.factor,
            alive=np.array([float(r.alive) for r in self.racers]),
            path=path,
            losses=losses,
            **parts,
        )

    def _look(self, t: int, before: Tensor | None = None) -> None:
        """Heights and gradients where everyone is now; who finds none goes back and stops."""
        self.theta = torch.stack([r.theta.detach().clone() for r in self.racers])
        self.loss, self.grad = value_grad(self.options, self.theta)
        fine = torch.isfinite(self.loss) & torch.isfinite(self.grad).all(-1)
        if before is not None and not bool(fine.all()):
            for racer, ok, place in zip(self.racers, fine, before, strict=True):
                if not ok:
                    racer.stop(place)
                    racer.rest()
            self._look(t)
            return
        self.chunk.append((self.theta, self.loss))
        self._settle(t)

    def _settle(self, t: int) -> None:
        minima = SURFACES[self.settings.surface].minima
        if minima:
            for racer, loss in zip(self.racers, self.loss.tolist(), strict=True):
                within = loss <= minima[0][2] + TOLERANCE
                racer.settled = min(racer.settled, t) if within else self.settings.steps + 1

    def _metrics(self, t: int) -> dict[str, float]:
        here = self.theta.numpy()
        minima = np.array([m[:2] for m in SURFACES[self.settings.surface].minima])
        out: dict[str, float] = {}
        for i, racer in enumerate(self.racers):
            out[f"loss/{racer.name}"] = float(self.loss[i])
            lost = not (racer.alive and in_play(self.options, here[i]))
            out[f"diverged/{racer.name}"] = float(lost)
            if len(minima):
                apart = np.hypot(*(minima - here[i]).T)
                out[f"distance/{racer.name}"] = float(apart.min())
                out[f"steps_to/{racer.name}"] = float(racer.settled)
        return out

    def _hopeless(self) -> bool:
        """Somebody is lost for numbers, and the others are far out of the picture."""
        gone = any(not r.alive for r in self.racers)
        return gone and not bool(in_play(self.options, self.theta).any())

    def _why(self, t: int) -> str:
        said = f"At step {t} no optimizer is left in the picture"
        if self.settings.rates == "best":
            return f"{said}: none of the learning rates tried holds it on this surface."
        lr, quadratic = self.settings.lr, curvatures(self.options)
        if quadratic and lr > 2 / quadratic[1]:
            edge = f"2/L = {2 / quadratic[1]:g}, where gradient descent stops converging here"
            return f"{said}: a learning rate of {lr:g} lies beyond {edge}."
        return f"{said}: a learning rate of {lr:g} is too large for this surface."

    def _fix(self) -> dict[str, Any]:
        quadratic = curvatures(self.options)
        if self.settings.rates == "best":
            return {}
        if quadratic is None or self.settings.lr <= 1 / quadratic[1]:
            return {"rates": "best"}
        return {"lr": float(f"{0.9 / quadratic[1]:.0e}")}


def _pair(state: Mapping[str, Any], keys: Sequence[str]) -> np.ndarray:
    """The first of those entries of a torch optimizer's state, as two numbers; 0 if none."""
    found = next((state[key] for key in keys if state.get(key) is not None), None)
    return np.zeros(2) if found is None else np.broadcast_to(found.double().numpy(), 2).copy()

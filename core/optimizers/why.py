"""Why this step? One update of the race taken apart, with its own numbers in the formulas.

Everything is computed again from what the frame carries; ``Explanation.update`` equals the update
that torch made. Imports no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.optimizers.hyper import DECOUPLED, TITLES
from core.optimizers.race import RaceFrame, RaceSettings
from core.optimizers.told import Line, Told
from core.optimizers.why_rules import RULES
from core.plot.latex import number

CONVENTIONS: dict[str, str] = {
    "gradient-descent": "The plain rule (Cauchy 1847).",
    "sgd": "Gradient descent on a gradient that carries noise (Robbins and Monro 1951).",
    "momentum": "As torch, without dampening: the buffer adds whole gradients up (Polyak 1964).",
    "nesterov": "As torch: the look-ahead is taken in the buffer (Sutskever et al. 2013).",
    "adagrad": "Eps is added to the root (Duchi, Hazan and Singer 2011).",
    "adadelta": "Eps stands inside both roots (Zeiler 2012); torch scales by a rate, 1 by default.",
    "rmsprop": "As torch: eps is added to the root, and no bias is corrected (Hinton 2012).",
    "adam": "As torch and the paper: eps is added to the bias-corrected root, which Keras adds to "
    "the uncorrected one (Kingma and Ba 2015).",
    "adamw": "Adam with weight decay past the moments (Loshchilov and Hutter 2019).",
    "amsgrad": "The largest mean square so far (Reddi, Kale and Kumar 2018); torch corrects its "
    "bias, the paper does not.",
    "nadam": "As torch: the momentum rises as 1 - 0.96^(0.004 t) / 2, very slowly; Keras has "
    "0.96^t, 250 times as fast (Dozat 2016).",
    "radam": "As torch: eps is added to the uncorrected root (Liu et al. 2020).",
    "adamax": "As torch: eps joins the size of the gradient (Kingma and Ba 2015, section 7.1).",
    "lion": "Only the sign of the blend counts, so each coordinate moves by exactly the rate "
    "(Chen et al. 2023).",
    "lbfgs": "A quasi-Newton step: recent changes of the gradient stand in for the curvature, and "
    "a line search (strong Wolfe conditions) finds the length (Liu and Nocedal 1989).",
}


@dataclass(frozen=True)
class Explanation:
    """One update taken apart. update: what the lines add up to, (2,)."""

    title: str
    lines: tuple[Line, ...]
    update: np.ndarray
    note: str

    def markdown(self) -> str:
        """All of it as Markdown with LaTeX between dollar signs."""
        rows = [f"{line.words}\n\n$${line.latex}$$" for line in self.lines]
        return "\n\n".join([f"**{self.title}**", *rows, self.note])


def explain(settings: RaceSettings, name: str, frame: RaceFrame) -> Explanation:
    """The last update of that racer, from the frame's numbers. KeyError if it does not race."""
    if name not in settings.optimizers:
        raise KeyError(f"{name} is not in the race; there are {', '.join(settings.optimizers)}")
    i = settings.optimizers.index(name)
    title, still = f"{TITLES[name]}, step {frame.step}", np.zeros(2)
    if frame.step == 0:
        return Explanation(title, (), still, "Nothing has moved yet: choose a later step.")
    if not frame.alive[i]:
        note = "It has met a number too large to hold, and stands where it was last finite."
        return Explanation(title, (), still, note)
    told = Told(
        frame.step, frame.before[i], frame.grad[i], frame.m0[i], frame.v0[i], frame.extra0[i],
        settings.hyper(name, float(frame.lr[i])), [],
    )  # fmt: skip
    if name == "lbfgs":
        return _searched(told, frame.update[i], title)
    _gradient(told, name, frame.noise[i])
    direction = RULES[name](told)
    update = _result(told, name, direction)
    return Explanation(title, tuple(told.lines), update, CONVENTIONS[name])


def _gradient(s: Told, name: str, noise: np.ndarray) -> None:
    """The gradient as the rule sees it; weight decay joins it here unless it is decoupled."""
    t = s.t
    place = rf"\nabla f(\theta_{{{t - 1}}})"
    if name == "sgd":
        s.say("The gradient, and the noise on it", rf"{place} + \xi", s.g)
        s.say("of which noise", r"\xi", noise)
    else:
        s.say("The gradient where it stood", f"g = {place}", s.g)
    if s.h.weight_decay and name not in DECOUPLED:
        s.g = s.g + s.h.weight_decay * s.theta
        decay = number(s.h.weight_decay)
        s.say("Weight decay joins the gradient", rf"g \leftarrow g + {decay}\,\theta", s.g)


def _result(s: Told, name: str, direction: np.ndarray) -> np.ndarray:
    """The last lines: rate times direction, decoupled weight decay, and where that leads."""
    lr, d = number(s.h.lr), number(direction)
    update: np.ndarray = -s.h.lr * direction
    formula = rf"-\eta\, d = -{lr} \times {d}"
    if s.h.weight_decay and name in DECOUPLED:
        pull = s.h.lr * s.h.weight_decay * s.theta
        s.say("Weight decay shrinks the weights directly", r"\eta \lambda \theta", pull)
        update, formula = update - pull, rf"{formula} - \eta \lambda \theta"
    s.say("The update: the rate times the direction", rf"\Delta\theta = {formula}", update)
    there = rf"\theta_{{{s.t}}} = {number(s.theta)} + \Delta\theta"
    s.say("so it comes to", there, s.theta + update)
    return update


def _searched(s: Told, update: np.ndarray, title: str) -> Explanation:
    _gradient(s, "gradient-descent", np.zeros(2))
    s.say("What direction and line search came to", r"\Delta\theta", update)
    s.say("so it comes to", rf"\theta_{{{s.t}}}", s.theta + update)
    return Explanation(title, tuple(s.lines), update, CONVENTIONS["lbfgs"])

"""What one of the nine minimises, and the bound it is judged by, with its own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.vae.beta_layout import BETAS, NAMES

if TYPE_CHECKING:
    from core.vae.beta import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The objective and the bound; what the neighbour paid for a nat."""
    told = {f"At β = {NAMES[at]}": _terms(frames[at], at)}
    return told | ({"What a nat was worth": _worth(frames[at], at)} if at else {})


def _terms(frame: Frame, at: int) -> str:
    error, kl, elbo = (_of(frame, at, key) for key in ("reconstruction", "kl", "elbo"))
    beta = NAMES[at]
    return (
        "It learned to make this small (averages over held-out images, in nats):\n\n"
        rf"$$-\mathbb{{E}}_q[\log p(x \mid z)] + \beta\, \mathrm{{KL}} = {-error:.2f} + "
        rf"{beta} \times {kl:.2f} = {-error + BETAS[at] * kl:.2f}$$"
        "\n\nIt is judged by the bound on the likelihood, in which the KL always counts once:\n\n"
        rf"$$\mathrm{{ELBO}} = {error:.2f} - {kl:.2f} = {elbo:.2f}$$"
    )


def _worth(frame: Frame, at: int) -> str:
    """Nats of reconstruction lost for each nat of KL saved since the neighbour with less beta."""
    lost = _of(frame, at - 1, "reconstruction") - _of(frame, at, "reconstruction")
    saved = _of(frame, at - 1, "kl") - _of(frame, at, "kl")
    start = f"From β = {NAMES[at - 1]} to {NAMES[at]} the KL fell by {saved:.2f} nats"
    if saved < 0.05:
        return f"{start}: there was nothing left to save."
    return (
        f"{start}, and the reconstruction by {lost:.2f}: {lost / saved:.2f} for each. A nat of "
        "KL is kept where it buys more than β nats of reconstruction, and given up where it buys "
        "less."
    )


def _of(frame: Frame, at: int, key: str) -> float:
    return frame.metrics[f"{key}/{NAMES[at]}"]

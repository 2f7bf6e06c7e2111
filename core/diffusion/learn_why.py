"""One update in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.diffusion.learn import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """What a step compares, and what it has come to."""
    m = frames[at].metrics
    pixels = int(settings.size) ** 2
    return {
        "This step": (
            f"Each step draws {settings.batch_size} digits $x_0$, as many times $t$ and noises "
            "$\\epsilon$, makes $x_t = a_t x_0 + \\sigma_t \\epsilon$, and compares:\n\n"
            "$$L = \\mathbb E\\,\\frac1{" + str(pixels) + "}\\bigl\\lVert v_\\theta(x_t, t, y) - "
            "(a_t \\epsilon - \\sigma_t x_0) \\bigr\\rVert^2 = " + f"{m['loss']:.4f}$$\n\n"
            f"on average since the last frame; on digits that it never saw {m['held_out']:.4f}. "
            f"{settings.drop:.0%} of the examples came without their class. "
            f"{m['class_accuracy']:.1%} of the wall are read as asked for."
        )
    }

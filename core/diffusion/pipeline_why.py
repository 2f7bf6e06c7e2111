"""Where the numbers of the diagram come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.diffusion.pipeline_parts import PARTS

if TYPE_CHECKING:
    from core.diffusion.pipeline import Frame, Settings


def explain(settings: Settings, frames: list[Frame], at: int) -> dict[str, str]:
    """The loop in numbers, and the latents."""
    m, side = frames[at].metrics, settings.side // 8
    asked = 2 if settings.guidance else 1
    return {
        "The loop": (
            f"{settings.rounds} steps of the scheduler, {asked} call{'s' * (asked > 1)} of the "
            f"U-Net each: ${settings.rounds} \\times {asked} = {m['calls/unet']:.0f}$ calls. "
            rf"Together they take ${m['work/unet']:.1f} \times 10^{{12}}$ multiplications, "
            f"{m['share']:.1%} of all that this image takes."
        ),
        "The latents": (
            rf"The image is $3 \times {settings.side} \times {settings.side} = "
            rf"{m['pixels']:.0f}$ numbers, its latents $4 \times {side} \times {side} = "
            rf"{m['latents']:.0f}$: ${m['smaller']:.0f}$ times fewer. All steps happen there, and "
            "the decoder is asked once."
        ),
        PARTS[settings.part].title: f"{PARTS[settings.part].does} {PARTS[settings.part].here}",
    }

"""Questions about the pipeline, to guess at before its parts are counted."""

from __future__ import annotations

from core.experiment import Metrics, Preset


def _costliest(m: Metrics) -> int:
    work = [m[f"work/{name}"] for name in ("text-encoder", "unet", "vae-decoder")]
    return work.index(max(work))


PRESETS = (
    Preset(
        id="costs",
        title="What costs the most?",
        question="One image of 512 by 512 pixels in 50 steps: which part does most of the "
        "arithmetic?",
        options=("The text encoder", "The U-Net", "The decoder"),
        settings={},
        watch="The loop: U-Net, guidance, scheduler, and back.",
        saw="The U-Net: {share:.1%} of {work:.0f} million million multiplications. It is asked "
        "{calls/unet:.0f} times, the decoder once.",
        why="One call of the decoder costs more than one of the U-Net, for it works on full-size "
        "maps. But the U-Net is asked at every step, and with guidance twice. So whoever wants "
        "images faster makes steps fewer.",
        next="Costs shows it as bars. Then take guidance out.",
        expected=1,
        outcome=_costliest,
    ),
    Preset(
        id="prompt",
        title="Where the prompt goes in",
        question="The prompt is 77 rows of 768 numbers. Where do they come into the U-Net?",
        options=(
            "At its first layer",
            "At 16 places, one after the other",
            "At its end",
        ),
        settings={"part": "cross-attention"},
        watch="The arrow from cross-attention to the U-Net.",
        saw="At {places:.0f} places, which hold {crossing:.1%} of the U-Net's parameters.",
        why="Every place of the maps asks all tokens and takes from those that concern it: so a "
        "word can act on one corner of the image. Six of them are on the way down, one is "
        "at the bottom, nine are on the way up.",
        next="On this page a label is added to the time, the same everywhere in the image.",
        expected=1,
        outcome=lambda m: 1 if m["places"] > 1 else 0,
    ),
    Preset(
        id="latents",
        title="A small picture of numbers",
        question="How many times fewer numbers does the U-Net work on than the image has?",
        options=("3 times", "8 times", "48 times"),
        settings={"part": "vae-decoder"},
        watch="The shapes on the arrows into the decoder and out of it.",
        saw="{pixels:,.0f} numbers against {latents:,.0f}: {smaller:.0f} times fewer.",
        why="The autoencoder makes one latent place of 8 by 8 pixels: 64 times fewer places, with "
        "four numbers each in place of three. It was trained before, and throws away what the eye "
        "does not miss. That is the latent in latent diffusion.",
        next="Autoencoders has one that keeps two numbers of 784.",
        expected=2,
        outcome=lambda m: sum(m["smaller"] > limit for limit in (5, 20)),
    ),
    Preset(
        id="calls",
        title="Asked again and again",
        question="50 steps with guidance: how often is the U-Net asked for one image?",
        options=("Once", "50 times", "100 times"),
        settings={"part": "guidance"},
        watch="The number beside the U-Net.",
        saw="{calls/unet:.0f} times.",
        why="Guidance needs two answers a step: with the prompt, and with an empty one. In "
        "practice both are asked as one batch of two; the work is double all the same.",
        next="Guide has what it buys, and what too much of it does.",
        expected=2,
        outcome=lambda m: sum(m["calls/unet"] > limit for limit in (1, 50)),
    ),
    Preset(
        id="control",
        title="Steered by a sketch",
        question="ControlNet lets a sketch steer the image. How many parameters does it add, "
        "measured by the U-Net?",
        options=("Under 1 %", "About 40 %", "As many again"),
        settings={"part": "controlnet", "control": True},
        watch="The dotted arrows become full ones.",
        saw="{parameters/controlnet:,.0f}, {added:.0%} of the U-Net's.",
        why="It is a trained copy of the way down and of the bottom, and the way down is the "
        "smaller half: the way up takes the skips in and is wider. Plain layers that begin at zero "
        "add its maps, so that at first it changes nothing.",
        next="The work grows by less: look at Costs.",
        expected=1,
        outcome=lambda m: 0 if m["added"] < 0.01 else 1 if m["added"] < 0.7 else 2,
    ),
    Preset(
        id="larger",
        title="Twice the side",
        question="1,024 instead of 512 pixels a side are 4 times as many. How much more work is a "
        "call of the U-Net?",
        options=("4 times", "More: 5 to 7 times", "16 times"),
        settings={"part": "noise"},
        watch="In numbers: Double.",
        saw="{double:.2f} times.",
        why="Convolutions grow with the number of places, 4 times; self-attention, where every "
        "place asks every other, 16 times. The mixture is in between.",
        next="Set the side to 1,024 and compare the work.",
        expected=1,
        outcome=lambda m: sum(m["double"] > limit for limit in (4.5, 8)),
    ),
)

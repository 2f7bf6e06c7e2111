"""Parameters and multiplications of Stable Diffusion 1.x, counted layer by layer from its plan.

The plan: configs/stable-diffusion/v1-inference.yaml of CompVis/stable-diffusion, CLIP ViT-L/14's
text part, and the first ControlNet. Pure Python. A multiplication here is one multiply-add of a
convolution, a dense layer or an attention; what norms and activations cost is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTHS = (320, 640, 1280, 1280)  # channels of the U-Net's levels, from the largest maps down
EMBED, CONTEXT, TOKENS = 1280, 768, 77  # of the time; of a token; how many tokens
VOCABULARY, LAYERS = 49_408, 12  # of the text encoder
CODE, SHRUNK = 4, 8  # channels of the latents; pixels to a side of one latent
CODEC = (128, 256, 512, 512)  # channels of the autoencoder's levels
HINT = (16, 16, 32, 32, 96, 96, 256)  # channels on a sketch's way into ControlNet


@dataclass
class Count:
    """Sums over layers. blocks: parameters by the name of a stretch of the network."""

    parameters: int = 0
    multiplications: int = 0
    crossing: int = 0  # parameters of cross-attention alone
    places: int = 0  # how many cross-attentions there are
    blocks: dict[str, int] = field(default_factory=dict)

    def conv(self, into: int, out: int, side: int, size: int, kernel: int = 3) -> None:
        """A convolution to (out, side, size) maps."""
        self.parameters += into * out * kernel**2 + out
        self.multiplications += into * out * kernel**2 * side * size

    def dense(self, into: int, out: int, rows: int = 1, bias: bool = True) -> None:
        """A dense layer on so many rows."""
        self.parameters += into * out + bias * out
        self.multiplications += into * out * rows

    def norm(self, channels: int) -> None:
        """A scale and a shift a channel."""
        self.parameters += 2 * channels

    def attend(self, rows: int, keys: int, channels: int) -> None:
        """Queries with keys, and the weighted sum of values."""
        self.multiplications += 2 * rows * keys * channels

    def residual(self, into: int, out: int, side: int, size: int, embed: int = EMBED) -> None:
        """Two convolutions with norms before them; embed: of the time, 0 for none."""
        self.norm(into)
        self.conv(into, out, side, size)
        if embed:
            self.dense(embed, out)
        self.norm(out)
        self.conv(out, out, side, size)
        if into != out:
            self.conv(into, out, side, size, kernel=1)

    def transformer(self, channels: int, side: int, size: int) -> None:
        """Self-attention, cross-attention to the prompt, and a gated pair of dense layers."""
        rows = side * size
        self.norm(channels)
        self.conv(channels, channels, side, size, kernel=1)
        self._attention(channels, channels, rows, rows)
        before = self.parameters
        self._attention(channels, CONTEXT, rows, TOKENS)
        self.crossing += self.parameters - before
        self.places += 1
        self.dense(channels, 8 * channels, rows)  # half of it gates the other half
        self.dense(4 * channels, channels, rows)
        for _ in range(3):
            self.norm(channels)
        self.conv(channels, channels, side, size, kernel=1)

    def _attention(self, channels: int, context: int, rows: int, keys: int) -> None:
        self.dense(channels, channels, rows, bias=False)
        self.dense(context, channels, keys, bias=False)
        self.dense(context, channels, keys, bias=False)
        self.attend(rows, keys, channels)
        self.dense(channels, channels, rows)

    def mark(self, name: str) -> None:
        """What came since the last mark is the stretch of that name."""
        self.blocks[name] = self.parameters - sum(self.blocks.values())


def text_encoder() -> Count:
    """CLIP ViT-L/14's: 77 tokens to 77 rows of 768 numbers."""
    found = Count(parameters=(VOCABULARY + TOKENS) * CONTEXT)
    for _ in range(LAYERS):
        found.norm(CONTEXT)
        for _ in range(4):
            found.dense(CONTEXT, CONTEXT, TOKENS)
        found.attend(TOKENS, TOKENS, CONTEXT)
        found.norm(CONTEXT)
        found.dense(CONTEXT, 4 * CONTEXT, TOKENS)
        found.dense(4 * CONTEXT, CONTEXT, TOKENS)
    found.norm(CONTEXT)
    return found


def unet(high: int, wide: int) -> Count:
    """The noise in latents (4, high, wide), each a multiple of 8; one call."""
    found = Count()
    skips = _encoder(found, high, wide)
    last = len(WIDTHS) - 1
    now = WIDTHS[-1]
    for level in reversed(range(len(WIDTHS))):
        side, size, out = high >> level, wide >> level, WIDTHS[level]
        for _ in range(3):
            found.residual(now + skips.pop(), out, side, size)
            now = out
            if level < last:
                found.transformer(out, side, size)
        if level:
            found.conv(out, out, 2 * side, 2 * size)
        found.mark(f"up {level + 1}")
    found.norm(WIDTHS[0])
    found.conv(WIDTHS[0], CODE, high, wide)
    found.mark("out")
    return found


def _encoder(found: Count, high: int, wide: int) -> list[int]:
    """The way down and the bottom, with the embedding of the time; channels of the skips."""
    found.dense(WIDTHS[0], EMBED)
    found.dense(EMBED, EMBED)
    found.conv(CODE, WIDTHS[0], high, wide)
    found.mark("in")
    skips, now, last = [WIDTHS[0]], WIDTHS[0], len(WIDTHS) - 1
    for level, out in enumerate(WIDTHS):
        side, size = high >> level, wide >> level
        for _ in range(2):
            found.residual(now, out, side, size)
            now = out
            if level < last:
                found.transformer(out, side, size)
            skips.append(out)
        if level < last:
            found.conv(out, out, side // 2, size // 2)
            skips.append(out)
        found.mark(f"down {level + 1}")
    side, size = high >> last, wide >> last
    found.residual(now, now, side, size)
    found.transformer(now, side, size)
    found.residual(now, now, side, size)
    found.mark("bottom")
    return skips


def controlnet(high: int, wide: int) -> Count:
    """A second way down that sees a sketch, and a plain layer to each of the U-Net's skips."""
    found = Count()
    skips = _encoder(found, high, wide)
    side, size, now = SHRUNK * high, SHRUNK * wide, 3
    for number, out in enumerate(HINT):
        if number in (2, 4, 6):
            side, size = side // 2, size // 2
        found.conv(now, out, side, size)
        now = out
    found.conv(now, WIDTHS[0], side, size)
    for number, channels in enumerate(skips):
        level = min(number // 3, 3)
        found.conv(channels, channels, high >> level, wide >> level, kernel=1)
    found.conv(WIDTHS[-1], WIDTHS[-1], high >> 3, wide >> 3, kernel=1)
    return found


def decoder(high: int, wide: int) -> Count:
    """Latents (4, high, wide) to an image of eight times the side."""
    found = Count()
    found.conv(CODE, CODE, high, wide, kernel=1)
    found.conv(CODE, CODEC[-1], high, wide)
    _middle(found, high, wide)
    now = CODEC[-1]
    for level in reversed(range(len(CODEC))):
        steps = len(CODEC) - 1 - level
        side, size, out = high << steps, wide << steps, CODEC[level]
        for _ in range(3):
            found.residual(now, out, side, size, embed=0)
            now = out
        if level:
            found.conv(out, out, 2 * side, 2 * size)
    found.norm(now)
    found.conv(now, 3, SHRUNK * high, SHRUNK * wide)
    return found


def encoder(high: int, wide: int) -> Count:
    """An image to its latents (4, high, wide), as a mean and a spread each."""
    found = Count()
    found.conv(3, CODEC[0], SHRUNK * high, SHRUNK * wide)
    now = CODEC[0]
    for level, out in enumerate(CODEC):
        side, size = (SHRUNK * high) >> level, (SHRUNK * wide) >> level
        for _ in range(2):
            found.residual(now, out, side, size, embed=0)
            now = out
        if level < len(CODEC) - 1:
            found.conv(out, out, side // 2, size // 2)
    _middle(found, high, wide)
    found.norm(now)
    found.conv(now, 2 * CODE, high, wide)
    found.conv(2 * CODE, 2 * CODE, high, wide, kernel=1)
    return found


def _middle(found: Count, high: int, wide: int) -> None:
    """Two residual blocks, and one attention among all places between them."""
    channels, rows = CODEC[-1], high * wide
    found.residual(channels, channels, high, wide, embed=0)
    found.norm(channels)
    for _ in range(4):
        found.conv(channels, channels, high, wide, kernel=1)
    found.attend(rows, rows, channels)
    found.residual(channels, channels, high, wide, embed=0)

"""Pictures that ship, and uploaded images: files made by Pillow, and every fault a sentence."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile

from core.data import images, mnist
from core.data.images import ImageError, in_words, read

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)


def file_of(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def four(mode: str = "RGB") -> Image.Image:
    """Red, green over blue, white: which is where can be seen; 4 x 2 pixels each."""
    image = Image.new("RGB", (8, 4))
    for n, colour in enumerate((RED, GREEN, BLUE, WHITE)):
        image.paste(colour, (n % 2 * 4, n // 2 * 2, n % 2 * 4 + 4, n // 2 * 2 + 2))
    return image.convert(mode)


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(wide: int, high: int, body: bytes = b"") -> bytes:
    """A grey PNG of that size by its header, whatever it holds."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 0, 0, 0, 0))
    parts = header + chunk(b"IDAT", zlib.compress(body)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.fixture
def undecoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decoding is a failure."""

    def load(self: Any) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", load)


@pytest.mark.parametrize(("name", "side", "number"), [("seven", 7, 47), ("eight", 8, 68)])
def test_the_small_digits_are_mnists_averaged(name: str, side: int, number: int) -> None:
    """By Pillow's box filter, which averages: whole tenths within half a tenth of it."""
    pixels = mnist.pixels("test")[0][number]
    whole = Image.fromarray(pixels if side == 7 else pixels[2:26, 2:26])
    want = np.asarray(whole.resize((side, side), Image.Resampling.BOX)) / 255
    cells = images.small(name)
    assert cells == pytest.approx(want, abs=0.05 + 1 / 255)
    assert (cells * 10 == np.rint(cells * 10)).all() and cells.max() == 1
    assert mnist.pixels("test")[1][number] == {"seven": 7, "eight": 8}[name]


@pytest.mark.parametrize("name", images.PHOTOGRAPHS)
def test_the_photographs_are_scikit_learns(name: str) -> None:
    """Its means over the same square, by channel."""
    from sklearn.datasets import load_sample_image

    from scripts.cut_pictures import BOXES

    left, top, right, bottom = BOXES[name]
    want = load_sample_image(f"{name}.jpg")[top:bottom, left:right].mean((0, 1)) / 255
    cells = images.photograph(name)
    assert cells.shape == (3, 48, 48)
    assert cells.mean((1, 2)) == pytest.approx(want, abs=0.5 / 255)


def test_brightness_is_that_of_pillow() -> None:
    cells = images.photograph("china")
    pixels = np.moveaxis(np.rint(cells * 255), 0, -1).astype(np.uint8)
    want = np.asarray(Image.fromarray(pixels).convert("L")) / 255
    assert images.brightness(cells) == pytest.approx(want, abs=1 / 255)
    assert images.brightness(cells[:1]) == pytest.approx(cells[0])


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "JPEG", "WEBP"])
def test_every_format_is_read(kind: str) -> None:
    exact = {"JPEG": {"quality": 100, "subsampling": 0}, "WEBP": {"lossless": True}}
    found = read(file_of(four(), kind, **exact.get(kind, {})))
    want = np.moveaxis(np.asarray(four()) / 255, -1, 0)
    assert found.cells.shape == (3, 4, 8) and found.size == (8, 4) and found.remarks == ()
    assert found.cells == pytest.approx(want, abs=3 / 255 if kind == "JPEG" else 0)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK"])
def test_every_mode_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = four("L").convert(mode) if mode in ("LA", "1") else four(mode)
    found = read(file_of(image, kind))
    want = np.moveaxis(np.asarray(image.convert("RGB")) / 255, -1, 0)
    grey = mode in ("L", "1", "LA")
    assert found.cells.shape == (1 if grey else 3, 4, 8)
    assert found.cells == pytest.approx(want[: len(found.cells)], abs=0.3 if mode == "CMYK" else 0)


def test_three_equal_channels_are_grey() -> None:
    assert read(file_of(four("L").convert("RGB"))).cells.shape == (1, 4, 8)


def test_sixteen_bits_are_kept() -> None:
    """A step of 1/65535 is seen; 8 bits would lose it."""
    pixels = np.array([[0, 1, 300], [32768, 65534, 65535]], np.uint16)
    found = read(file_of(Image.fromarray(pixels)))
    assert found.cells[0] == pytest.approx(pixels / 65535, abs=1e-7)
    assert found.cells[0, 0, 1] > 0


def test_transparent_pixels_stand_on_white() -> None:
    """Half of red over white is (1, 0.5, 0.5), none of blue is white."""
    image = Image.new("RGBA", (2, 2), (255, 0, 0, 255))
    image.putpixel((1, 0), (255, 0, 0, 127))
    image.putpixel((0, 1), (0, 0, 255, 0))
    found = read(file_of(image))
    want = [[[1, 1], [1, 1]], [[0, 1 - 127 / 255], [1, 0]], [[0, 1 - 127 / 255], [1, 0]]]
    assert found.cells == pytest.approx(np.array(want))
    assert in_words(file_of(image)) == "2 x 2 cells, colour, transparent pixels stand on white"
    assert read(file_of(four("RGBA"))).remarks == (), "none is transparent here"


def test_a_palette_with_a_transparent_colour() -> None:
    image = four("P")
    data = file_of(image, transparency=image.getpixel((0, 0)))
    found = read(data)
    assert found.cells[:, 0, 0] == pytest.approx([1, 1, 1])
    assert found.cells[:, 0, 7] == pytest.approx([0, 1, 0])
    assert found.remarks == ("transparent pixels stand on white",)


def test_transparency_is_weighed_when_it_shrinks() -> None:
    """Unseen black beside white must not darken it: every cell is white."""
    image = Image.new("RGBA", (96, 96), (0, 0, 0, 0))
    image.paste((255, 255, 255, 255), (0, 0, 96, 47))
    found = read(file_of(image))
    assert found.cells.shape == (1, 48, 48) and found.cells == pytest.approx(1)


@pytest.mark.parametrize(("size", "cells"), [((96, 48), (24, 48)), ((100, 400), (48, 12))])
def test_larger_ones_are_averaged_down(size: tuple[int, int], cells: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, size[::-1]).astype(np.uint8)
    found = read(file_of(Image.fromarray(pixels)))
    assert found.cells.shape == (1, *cells) and found.size == size
    if size == (96, 48):
        want = pixels.reshape(24, 2, 48, 2).mean((1, 3)) / 255
        # Pillow averages along one axis and then the other, each rounded to 8 bits.
        assert found.cells[0] == pytest.approx(want, abs=1.01 / 255)
    words = f"{cells[1]} x {cells[0]} cells of {size[0]} x {size[1]} pixels, grey"
    assert in_words(file_of(Image.fromarray(pixels))) == words


def test_a_large_photograph_is_decoded_at_a_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    """12 megapixels, as a telephone's: no more than a 16th of them is decoded."""
    decoded: list[tuple[int, int]] = []
    plain = ImageFile.ImageFile.load
    monkeypatch.setattr(
        ImageFile.ImageFile, "load", lambda self: (decoded.append(self.size), plain(self))[1]
    )
    found = read(file_of(Image.linear_gradient("L").resize((4000, 3000)), "JPEG"))
    assert found.size == (4000, 3000) and found.cells.shape == (1, 36, 48)
    assert max(decoded)[0] <= 1000
    assert (np.diff(found.cells[0].mean(1)) > 0).all(), "it grows brighter downwards"


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_turns_it(turn: int) -> None:
    """As Pillow's own transposition of each of the eight orientations."""
    exif = Image.Exif()
    exif[274] = turn
    back = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
    }[turn]  # fmt: skip
    found = read(file_of(four(), exif=exif))
    upright = four() if back is None else four().transpose(back)
    assert found.cells == pytest.approx(np.moveaxis(np.asarray(upright) / 255, -1, 0))
    assert found.size == upright.size


def test_a_damaged_exif_block_turns_nothing() -> None:
    data = file_of(four(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert read(data).size == (8, 4)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_taken(kind: str) -> None:
    frames = [Image.new("RGB", (6, 5), colour) for colour in (RED, GREEN, BLUE)]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    data = file_of(frames[0], kind, save_all=True, append_images=frames[1:], **lossless)
    found = read(data)
    assert found.cells.shape == (3, 5, 6) and found.cells[:, 2, 3] == pytest.approx([1, 0, 0])
    assert "the first picture of an animation" in in_words(data)


def test_one_value_everywhere_is_said() -> None:
    words = in_words(file_of(Image.new("L", (5, 5), 77)))
    assert words == "5 x 5 cells, grey, every cell has the same value, so it has no edges"
    assert "same value" in in_words(file_of(Image.new("RGB", (5, 5), (1, 2, 3))))
    assert "same value" not in in_words(file_of(four()))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", r"empty: it has 0 bytes\.$"),
        (b"1,2,a\n" * 9, r"no PNG, JPEG, GIF, BMP or WebP image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", r"no PNG, JPEG, GIF, BMP or WebP image"),
        (b"\0" * 6_000_000, r"6,000,000 bytes; 5,000,000 are the most\.$"),
        (file_of(four(), "TIFF"), r"no PNG, JPEG, GIF, BMP or WebP image"),
        (file_of(Image.new("L", (1, 1))), r"1 x 1 pixels: a window needs 2 x 2 cells at least\.$"),
        (file_of(Image.new("L", (900, 3))), r"900 x 3 pixels: a window needs 2 x 2 cells"),
        (file_of(four())[:-30], "damaged or cut off"),
        (file_of(four(), "JPEG")[:300], "damaged or cut off"),
        (file_of(four().resize((64, 64)), "WEBP")[:-20], "damaged or cut off"),
        (file_of(four(), "BMP")[:-9], "damaged or cut off"),
        (png(8, 8, b"\0" * 20), "damaged or cut off"),
        (png(8, 8)[:30], "damaged or cut off|no PNG"),
    ],
)
def test_what_cannot_be_read_is_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(ImageError, match=words) as refused:
        read(data)
    assert str(refused.value).endswith(".") and "\n" not in str(refused.value)


@pytest.mark.usefixtures("undecoded")
@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((10_000, 5_000), r"10,000 x 5,000 pixels, 50\.0 megapixels; 16 are the most\.$"),
        ((4_001, 4_000), r"16\.0 megapixels; 16 are the most\.$"),
        ((10_000, 10_000), r"far more than 16 megapixels"),  # Pillow warns of a bomb
        ((2**31 - 1, 2**31 - 1), r"far more than 16 megapixels"),  # Pillow refuses it
    ],
)
def test_too_many_pixels_are_refused_by_the_header(size: tuple[int, int], words: str) -> None:
    with pytest.raises(ImageError, match=words):
        read(png(*size))


@pytest.mark.usefixtures("undecoded")
def test_as_many_as_allowed_go_on_to_the_decoder() -> None:
    """The guard of the test above sees decoding when there is some."""
    with pytest.raises(ImageError, match="damaged"):
        read(png(4_000, 4_000))

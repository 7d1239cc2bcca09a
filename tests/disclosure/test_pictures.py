"""Pictures read to the last byte, and what their pixels show or hide."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from enclave.egress_review.checks import picture
from enclave.egress_review.checks.png import MOST_POINTS
from enclave.terms.submission import Verdict
from tests.disclosure.say import findings, rules, verdict


def chart(*, marks: int = 0, colour: str = "#1f77b4", mode: str = "RGB") -> Image.Image:
    image = Image.new(mode, (640, 480), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 40, 600, 420), outline="black")
    draw.rectangle((100, 200, 180, 420), fill=colour)
    draw.rectangle((220, 120, 300, 420), fill=colour)
    place = random.Random(marks)
    spots = place.sample([(x, y) for x in range(320, 590, 14) for y in range(50, 410, 14)], marks)
    for x, y in spots:
        draw.ellipse((x, y, x + 5, y + 5), fill=colour)
    return image


def saved(image: Image.Image, kind: str = "PNG", **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def part(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PALETTE = Image.new("P", (40, 40))
PALETTE.putpalette([random.Random(index).randrange(256) for index in range(768)])

PNG = saved(chart())
JPEG = saved(chart(), "JPEG", quality=90)
END = part(b"IEND", b"")


def inserted(extra: bytes) -> bytes:
    """The picture with something before its last part."""
    return PNG[: -len(END)] + extra + END


def with_pixels(change: object) -> bytes:
    """The picture with other compressed pixels."""
    head, _, rest = PNG.partition(b"IDAT")
    length = struct.unpack(">I", head[-4:])[0]
    return head[:-4] + part(b"IDAT", change(zlib.decompress(rest[:length]))) + END  # type: ignore[operator]


def text(**entries: str) -> PngInfo:
    info = PngInfo()
    for name, value in entries.items():
        info.add_text(name, value)
    return info


@pytest.mark.parametrize(
    "data",
    [PNG, saved(chart(mode="L", colour="grey")), saved(chart(mode="RGBA")), saved(chart().quantize()), saved(chart(), dpi=(100, 100))],
)
def test_ordinary_pngs_are_clear(data: bytes) -> None:
    assert verdict(data, ".png") is Verdict.CLEAR, findings(data, ".png")


@pytest.mark.parametrize("how", [{"quality": 90}, {"progressive": True}, {"optimize": True, "subsampling": 0}, {"dpi": (100, 100)}])
def test_ordinary_jpegs_are_clear(how: dict[str, object]) -> None:
    assert verdict(saved(chart(), "JPEG", **how), ".jpeg") is Verdict.CLEAR


def test_the_signature_of_matplotlib_may_stay_and_no_other_text() -> None:
    signed = saved(chart(), pnginfo=text(Software="Matplotlib version3.10.1, https://matplotlib.org/"))
    assert verdict(signed, ".png") is Verdict.CLEAR
    for entries in ({"Software": "Matplotlib version3.10.1, https://matplotlib.org/ 9434765919"}, {"Comment": "x"}, {"Title": "Burglary"}):
        assert rules(saved(chart(), pnginfo=text(**entries)), ".png") == {"H02"}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (PNG + b"x", "H01"),
        (PNG + b"PK\x03\x04" + b"x" * 100, "H01"),
        (inserted(part(b"IDAT", b"behind")), "H01"),
        (with_pixels(lambda raw: zlib.compress(raw + b"\x00" + b"x" * 99)), "H01"),
        (with_pixels(lambda raw: zlib.compress(raw) + b"behind"), "H01"),
        (inserted(part(b"prIv", b"secret")), "H02"),
        (inserted(part(b"zTXt", b"a\x00\x00" + zlib.compress(b"secret"))), "H02"),
        (inserted(part(b"iTXt", b"a\x00\x00\x00\x00\x00secret")), "H02"),
        (inserted(part(b"eXIf", b"II*\x00secret")), "H02"),
        (inserted(part(b"iCCP", b"a\x00\x00" + zlib.compress(b"secret"))), "H02"),
        (inserted(part(b"tIME", b"\x07\xe8\x01\x01\x00\x00\x00")), "H02"),
        (inserted(part(b"pHYs", b"x" * 40)), "H02"),
        (inserted(part(b"PLTE", b"x" * 30)), "H02"),
        (inserted(part(b"pHYs", b"x" * 9) + part(b"pHYs", b"y" * 9)), "H02"),
        (saved(PALETTE), "H03"),
        (PNG[:-5], "F05"),
        (PNG[:200], "F05"),
        (PNG[:60] + b"\x00" + PNG[61:], "F05"),
        (with_pixels(lambda raw: zlib.compress(raw[:-700])), "F05"),
        (with_pixels(lambda raw: b"not zlib"), "F05"),
        (b"\x89PNG\r\n\x1a\n" + END, "F05"),
        (PNG[:8] + part(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)) + END, "F08"),
        (PNG[:8] + part(b"IHDR", struct.pack(">IIBBBBB", 10, 10, 8, 5, 0, 0, 0)) + END, "F05"),
    ],
)
def test_what_a_png_carries_besides_the_picture_is_found(data: bytes, rule: str) -> None:
    assert rule in rules(data, ".png")
    assert verdict(data, ".png") is Verdict.BLOCK


def test_an_interlaced_png_is_measured_too() -> None:
    """Pillow writes none, so the smallest one is made by hand: one point, one pass."""
    header = part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1))
    plain = b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(b"\x00\xff\xff\xff")) + END
    assert rules(plain, ".png") == set()
    long = b"\x89PNG\r\n\x1a\n" + header + part(b"IDAT", zlib.compress(b"\x00\xff\xff\xff" + b"s" * 9)) + END
    assert "H01" in rules(long, ".png")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (JPEG + b"x", "H01"),
        (JPEG + JPEG, "H01"),
        (JPEG[:2] + segment(0xC4, b"x" * 5_000) + JPEG[2:], "H02"),
        (JPEG[:2] + segment(0xFE, b"secret") + JPEG[2:], "H02"),
        (JPEG[:2] + segment(0xE1, b"Exif\x00\x00secret") + JPEG[2:], "H02"),
        (JPEG[:2] + segment(0xE2, b"ICC_PROFILE\x00secret") + JPEG[2:], "H02"),
        (JPEG[:2] + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01abc") + JPEG[2:], "H02"),
        (JPEG[:-2], "F05"),
        (JPEG[:100], "F05"),
        (b"\xff\xd8\xff\xd9", "F05"),
    ],
)
def test_what_a_jpeg_carries_besides_the_picture_is_found(data: bytes, rule: str) -> None:
    assert rule in rules(data, ".jpg")
    assert verdict(data, ".jpg") is Verdict.BLOCK


@settings(deadline=None)
@given(st.integers(0, len(PNG)), st.binary(min_size=1, max_size=40))
def test_no_byte_can_be_added_to_a_png_unseen(position: int, extra: bytes) -> None:
    assert verdict(PNG[:position] + extra + PNG[position:], ".png") is Verdict.BLOCK


@settings(deadline=None)
@given(st.integers(2, len(JPEG)), st.binary(min_size=1, max_size=40))
def test_added_bytes_never_break_the_check_of_a_jpeg(position: int, extra: bytes) -> None:
    findings(JPEG[:position] + extra + JPEG[position:], ".jpg")


@pytest.mark.parametrize("colour", ["#1f77b4", "red", "black"])
def test_a_mark_per_person_is_looked_at(colour: str) -> None:
    assert rules(saved(chart(marks=200, colour=colour)), ".png") == {"V01"}
    assert rules(saved(chart(marks=20, colour=colour)), ".png") == set()


def test_invisible_points_are_found() -> None:
    hidden = chart(mode="RGBA")
    for x in range(80):
        hidden.putpixel((x, 5), (x, 255 - x, 9, 0))
    assert "H03" in rules(saved(hidden), ".png")
    faint = chart(mode="RGBA")
    faint.paste((0, 0, 0, 2), (0, 0, 640, 60))
    assert "H03" in rules(saved(faint), ".png")


def test_a_message_in_the_lowest_bits_is_looked_at() -> None:
    noisy = chart()
    draw = random.Random(7)
    pixels = noisy.load()
    assert pixels is not None
    for x in range(640):
        for y in range(0, 480, 2):
            red, green, blue = pixels[x, y]  # type: ignore[misc]
            pixels[x, y] = (red ^ draw.getrandbits(1), green ^ draw.getrandbits(1), blue ^ draw.getrandbits(1))
    assert "H15" in rules(saved(noisy), ".png")


def test_the_limit_of_points_is_the_decoders_too() -> None:
    assert picture.MOST_POINTS == MOST_POINTS

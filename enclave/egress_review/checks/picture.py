"""The pixels of a picture: decoded to the end, nothing invisible, no noise where colour should be flat, no mark per person.

Hidden writing in pixels cannot be found in general, so nobody should believe that this does: a picture that matters is drawn again from
its numbers. What is found here is what careless tools and simple tricks leave.
"""

from __future__ import annotations

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image

from enclave.egress_review.checks.jpeg import check_jpeg
from enclave.egress_review.checks.kinds import Kind
from enclave.egress_review.checks.marks import count_marks
from enclave.egress_review.checks.png import MOST_POINTS, check_png
from enclave.egress_review.rules import Found

MANY_MARKS = 50
ENOUGH_PAIRS = 20_000
NOISY = 0.2
FAINT = 8
PLAIN_COLOURS = 2
SPARE_COLOURS = 16


def check_picture(data: bytes, kind: Kind) -> list[Found]:
    """The findings of a PNG or JPEG file."""
    found = check_png(data) if kind is Kind.PNG else check_jpeg(data)
    if any(one.rule in {"F05", "F08"} for one in found):
        return found
    pixels = _decode(data, kind)
    if isinstance(pixels, Found):
        return [*found, pixels]
    colours, alpha = pixels[..., :3], pixels[..., 3]
    if _hides(colours, alpha):
        found.append(Found(rule="H03"))
    if kind is Kind.PNG and _is_noisy(colours):
        found.append(Found(rule="H15"))
    if count_marks(colours) >= MANY_MARKS:
        found.append(Found(rule="V01", numbers={"marks": MANY_MARKS}))
    return found


def _decode(data: bytes, kind: Kind) -> npt.NDArray[np.uint8] | Found:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(io.BytesIO(data), formats=[kind.value.upper()]) as image:
                if image.width * image.height > MOST_POINTS:
                    return Found(rule="F08", numbers={"limit": MOST_POINTS})
                if _has_unused_colours(image):
                    return Found(rule="H03")
                return np.asarray(image.convert("RGBA"), dtype=np.uint8)
    except Exception:  # noqa: BLE001 - Pillow's plug-ins raise whatever the bytes lead them to
        return Found(rule="F05")


def _has_unused_colours(image: Image.Image) -> bool:
    """A palette can hold colours that no point has."""
    if image.mode != "P":
        return False
    listed = np.asarray(image.getpalette("RGB"), dtype=np.uint8).reshape(-1, 3)
    unused = np.setdiff1d(np.arange(len(listed)), np.unique(np.asarray(image)))
    return len(np.unique(listed[unused], axis=0)) > SPARE_COLOURS


def _hides(colours: npt.NDArray[np.uint8], alpha: npt.NDArray[np.uint8]) -> bool:
    """Points nobody sees that differ among each other, or too many nearly invisible ones to be the soft edge of a line."""
    faint = int(((alpha > 0) & (alpha < FAINT)).sum())
    return 100 * faint > alpha.size or len(np.unique(colours[alpha == 0], axis=0)) > PLAIN_COLOURS


def _is_noisy(colours: npt.NDArray[np.uint8]) -> bool:
    """Neighbours equal but for their lowest bit: in a drawing that bit is equal too, in one that carries a message it is a coin toss."""
    left, right = colours[:, :-1], colours[:, 1:]
    alike = (left >> 1) == (right >> 1)
    pairs = int(alike.sum())
    return pairs >= ENOUGH_PAIRS and int((alike & (left != right)).sum()) > NOISY * pairs

"""A picture re-made without anything but its pixels. Runs in the child alone and imports nothing of this product."""

import contextlib
import copy
import warnings
from io import BytesIO

from PIL import ExifTags, Image, MpoImagePlugin, TiffImagePlugin, UnidentifiedImageError

LONG_SIDE = 2400  # pixels of the stripped copy, at most
MAX_PIXELS = 50_000_000
QUALITY = 85
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")

TURNS = {  # EXIF 2.32, tag 0x0112; 1 is upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_LAZY = (copy, MpoImagePlugin, TiffImagePlugin)  # Pillow imports them when a picture needs them: no file opens then
Image.preinit()
Image.init()


def answer_for(original: bytes, _kind: str) -> bytes:
    """What the child writes: see stripping._understand. What Pillow raises beyond this ends it: an answer too."""
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        picture = _pixels(original)
        target = BytesIO()
        picture.save(target, "JPEG", quality=QUALITY)
    except UnidentifiedImageError:
        return b"NO not_a_picture\n"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return b"NO too_many_pixels\n"
    except MemoryError:
        return b"NO too_much_memory\n"
    except (OSError, ValueError, SyntaxError, EOFError):
        return b"NO damaged\n"
    return b"OK image/jpeg %d %d\n" % picture.size + target.getvalue()


def _pixels(original: bytes) -> Image.Image:
    """The first frame, small enough, upright, on white, in a new image that has never had any metadata."""
    with Image.open(BytesIO(original), formats=FORMATS) as picture:
        picture.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a large JPEG is decoded small at once
        picture.load()
        turn = _turn(picture)
        small = _reduced(picture)
    small.thumbnail((LONG_SIDE, LONG_SIDE))
    upright = small if turn is None else small.transpose(turn)
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return fresh


def _reduced(picture: Image.Image) -> Image.Image:
    """The picture as RGB or RGBA; what can be made smaller is so before it is converted, to spare memory."""
    factor = max(picture.size) // LONG_SIDE
    if factor > 1 and picture.mode in {"RGB", "RGBA", "L", "LA"}:
        picture = picture.reduce(factor)
    if picture.mode == "I;16":  # 16 bits of grey: Pillow would cut them off instead of scaling
        picture = picture.point(lambda value: value * (1 / 256))
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How to turn it upright, by its EXIF orientation."""
    with contextlib.suppress(Exception):  # damaged metadata must not cost the picture
        return TURNS.get(picture.getexif().get(ExifTags.Base.Orientation, 1))
    return None

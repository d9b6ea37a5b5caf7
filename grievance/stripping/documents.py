"""The pages of a PDF put into a new one, with what can be seen on them and nothing else. Runs in the child alone and
imports nothing of this product."""

import contextlib
import importlib
import pkgutil
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image

# ISO 32000-2: of a page only what is needed to draw it (7.7.3.3).
PAGE_KEYS = frozenset(
    "/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Contents /Rotate /Group /UserUnit".split()
)
# Of anything else: data about it, files in it, programs, and ways to other places.
NEVER = frozenset(
    "/Metadata /PieceInfo /LastModified /AF /EF /AA /A /OpenAction /Names /JS /JavaScript /Annots /OPI /Alternates /Ref"
    " /StructParent /StructParents /StructTreeRoot /Thumb /URI /Lang /ActualText /Alt /E /Measure /PtData".split()
)
MAX_PIXELS = 50_000_000
DEPTH = 60
_PLAIN = frozenset({0xE0, 0xEE})  # JFIF, and Adobe's mark that says how the colours are meant
# What these import when they need it is imported now: no file opens then.
Image.preinit()
Image.init()
for _module in pkgutil.iter_modules(pikepdf.__path__):
    with contextlib.suppress(ImportError):
        importlib.import_module(f"pikepdf.{_module.name}")


def answer_for(original: bytes, _kind: str) -> bytes:
    """What the child writes: see stripping._understand. What qpdf cannot bear ends the child: an answer too."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        body = _copy(original)
    except MemoryError:
        return b"NO too_much_memory\n"
    except (pikepdf.PdfError, Image.DecompressionBombError, ValueError, TypeError, KeyError, IndexError, OSError):
        return b"NO damaged\n"
    return b"OK application/pdf 0 0\n" + body


def _copy(original: bytes) -> bytes:
    target = BytesIO()
    with pikepdf.open(BytesIO(original)) as source, pikepdf.new() as made:
        _draw_notes(source)
        for page in source.pages:
            for key in set(page.obj.keys()) - PAGE_KEYS:
                del page.obj[key]
        made.pages.extend(source.pages)
        if not len(made.pages):
            raise ValueError("no page")
        for one in made.objects:
            _clean(one, 0)
        made.save(target, deterministic_id=True, compress_streams=True)
    return target.getvalue()


def _draw_notes(source: Any) -> None:
    """What is filled in and stamped on a page is part of what can be seen; the notes themselves go."""
    if "/AcroForm" in source.Root:
        source.generate_appearance_streams()
    source.flatten_annotations("screen")


def _clean(one: Any, depth: int) -> None:
    """Take out, from a dictionary, a stream or a list and all that stands in it directly, what is NEVER kept."""
    if depth > DEPTH:
        raise ValueError("too deep")
    if isinstance(one, pikepdf.Array):
        inside: list[Any] = list(one)
    elif isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
        for key in [key for key in one.keys() if key in NEVER]:  # noqa: SIM118 - a stream gives its bytes otherwise
            del one[key]
        inside = [one[key] for key in one.keys() if key != "/Parent"]  # noqa: SIM118
        if isinstance(one, pikepdf.Stream):
            _clean_picture(one)
    else:
        return
    for value in inside:
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            _clean(value, depth + 1)


def _clean_picture(stream: Any) -> None:
    filters = stream.get("/Filter")
    names = [str(one) for one in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names[-1] == "/DCTDecode":
        _rewrite(stream, names, b"".join(jpeg_without_words(_encoded(stream, names))))
    elif names[-1] == "/JPXDecode":
        _rewrite(stream, names, _again(_encoded(stream, names)))


def _encoded(stream: Any, names: list[str]) -> bytes:
    """The picture's own file, out of the filters around it."""
    return bytes(
        stream.read_raw_bytes() if len(names) == 1 else stream.read_bytes(pikepdf.StreamDecodeLevel.generalized)
    )


def _rewrite(stream: Any, names: list[str], body: bytes) -> None:
    how = stream.get("/DecodeParms")
    if isinstance(how, pikepdf.Array):
        how = how[-1]
    stream.write(
        body, filter=pikepdf.Name(names[-1]), decode_parms=how if isinstance(how, pikepdf.Dictionary) else None
    )


def _again(original: bytes) -> bytes:
    """A JPEG 2000 drawn again: its words can stand in many places."""
    target = BytesIO()
    with Image.open(BytesIO(original), formats=("JPEG2000",)) as picture:
        picture.load()
        fresh = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    fresh.save(target, "JPEG2000")
    return target.getvalue()


def jpeg_without_words(original: bytes) -> Iterator[bytes]:
    """A JPEG without comments and without application segments that say anything; its pixels stay as they are
    (ITU T.81, annex B). What stands behind its end is left out. ValueError for what is no JPEG."""
    if not original.startswith(b"\xff\xd8"):
        raise ValueError("no JPEG")
    yield b"\xff\xd8"
    at = 2
    while True:
        while original[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if original[at : at + 1] != b"\xff" or (at + 4 > len(original) and original[at + 1 : at + 2] != b"\xd9"):
            raise ValueError("no segment")
        mark = original[at + 1]
        if mark == 0xD9:
            yield b"\xff\xd9"
            return
        end = at + 2 + int.from_bytes(original[at + 2 : at + 4], "big")
        if _says_nothing(mark, original[at + 4 : end]):
            yield original[at:end]
        at = end
        if mark == 0xDA:
            end = _scan_end(original, at)
            yield original[at:end]
            at = end


def _says_nothing(mark: int, body: bytes) -> bool:
    if mark in _PLAIN:
        return (mark == 0xE0 and body[:5] == b"JFIF\0" and len(body) == 14) or (
            mark == 0xEE and body[:5] == b"Adobe" and len(body) == 12
        )
    return not (0xE0 <= mark <= 0xEF or mark == 0xFE)


def _scan_end(original: bytes, at: int) -> int:
    """Where the pixels that begin at ``at`` end: at the next mark that is neither stuffing nor a restart."""
    while True:
        at = original.find(b"\xff", at)
        if at < 0 or at + 1 >= len(original):
            raise ValueError("the pixels break off")
        if original[at + 1] != 0 and not 0xD0 <= original[at + 1] <= 0xD7:
            return at
        at += 2

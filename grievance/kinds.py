"""What a file is, by its first bytes alone; what its name says is only compared with that."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

HEAD_BYTES = 4096  # that are looked at
ENOUGH_BYTES = 64  # more than this tells nothing more of nearly every kind
_NAMED_PICTURE = ";named=picture"


class Family(StrEnum):
    """What somebody calls it who looks at it or listens to it."""

    PICTURE = "picture"
    DOCUMENT = "document"
    SOUND = "sound"
    FILM = "film"
    OTHER = "other"

    @property
    def label(self) -> str | Promise:
        return FAMILY_LABELS[self]


FAMILY_LABELS: dict[Family, str | Promise] = {
    Family.PICTURE: _("Picture"),
    Family.DOCUMENT: _("Document"),
    Family.SOUND: _("Recording"),
    Family.FILM: _("Video"),
    Family.OTHER: _("File"),
}


@dataclass(frozen=True)
class Kind:
    """A media type: what it is called, how such a file's name ends, and whether a copy without hidden data is made."""

    media: str
    family: Family
    ending: str
    copied: bool = False
    lies: bool = False  # its name says picture, its content does not

    @property
    def stored(self) -> str:
        """As `SealedFile.kind` holds it, 40 characters at most."""
        return self.media + (_NAMED_PICTURE if self.lies else "")


UNKNOWN = Kind("", Family.OTHER, "bin")
KINDS = {
    kind.media: kind
    for kind in (
        Kind("image/jpeg", Family.PICTURE, "jpg", copied=True),
        Kind("image/png", Family.PICTURE, "png", copied=True),
        Kind("image/webp", Family.PICTURE, "webp", copied=True),
        Kind("image/gif", Family.PICTURE, "gif", copied=True),
        Kind("image/heic", Family.PICTURE, "heic"),
        Kind("image/avif", Family.PICTURE, "avif"),
        Kind("image/tiff", Family.PICTURE, "tif"),
        Kind("image/bmp", Family.PICTURE, "bmp"),
        Kind("application/pdf", Family.DOCUMENT, "pdf", copied=True),
        Kind("application/rtf", Family.DOCUMENT, "rtf"),
        Kind("application/msword", Family.DOCUMENT, "doc"),  # any file of the old office programs
        Kind("application/zip", Family.DOCUMENT, "zip"),  # and the documents that are one inside
        Kind("audio/ogg", Family.SOUND, "ogg", copied=True),
        Kind("audio/mpeg", Family.SOUND, "mp3", copied=True),
        Kind("audio/mp4", Family.SOUND, "m4a", copied=True),
        Kind("audio/aac", Family.SOUND, "aac", copied=True),
        Kind("audio/amr", Family.SOUND, "amr", copied=True),
        Kind("audio/wav", Family.SOUND, "wav", copied=True),
        Kind("audio/flac", Family.SOUND, "flac", copied=True),
        Kind("audio/3gpp", Family.SOUND, "3gp", copied=True),
        Kind("audio/webm", Family.SOUND, "weba", copied=True),
        Kind("video/mp4", Family.FILM, "mp4", copied=True),
        Kind("video/3gpp", Family.FILM, "3gp", copied=True),
        Kind("video/quicktime", Family.FILM, "mov", copied=True),
        Kind("video/webm", Family.FILM, "webm", copied=True),
        Kind("video/x-matroska", Family.FILM, "mkv", copied=True),
        Kind("video/x-msvideo", Family.FILM, "avi"),
        Kind("video/x-ms-asf", Family.FILM, "wmv"),
        Kind("video/mpeg", Family.FILM, "mpg"),
        UNKNOWN,
    )
}

PICTURE_ENDINGS = frozenset(
    {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "heic", "heif", "avif", "tif", "tiff", "bmp"}
)

# Content at the start of a file, by kind: (offset, bytes).
_MAGIC: tuple[tuple[str, tuple[tuple[int, bytes], ...]], ...] = (
    ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ("image/png", ((0, b"\x89PNG\r\n\x1a\n"),)),
    ("image/webp", ((0, b"RIFF"), (8, b"WEBP"))),
    ("image/gif", ((0, b"GIF87a"),)),
    ("image/gif", ((0, b"GIF89a"),)),
    ("image/tiff", ((0, b"II*\0"),)),
    ("image/tiff", ((0, b"MM\0*"),)),
    ("image/bmp", ((0, b"BM"), (6, b"\0\0\0\0"))),
    ("application/pdf", ((0, b"%PDF-"),)),
    ("application/rtf", ((0, b"{\\rtf"),)),
    ("application/msword", ((0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),)),
    ("application/zip", ((0, b"PK\x03\x04"),)),
    ("audio/ogg", ((0, b"OggS"),)),
    ("audio/amr", ((0, b"#!AMR"),)),
    ("audio/flac", ((0, b"fLaC"),)),
    ("audio/wav", ((0, b"RIFF"), (8, b"WAVE"))),
    ("audio/mpeg", ((0, b"ID3"),)),
    ("video/x-msvideo", ((0, b"RIFF"), (8, b"AVI "))),
    ("video/x-ms-asf", ((0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),)),
    ("video/mpeg", ((0, b"\0\0\x01\xba"),)),
    ("video/quicktime", ((4, b"moov"),)),
    ("video/quicktime", ((4, b"mdat"),)),
    ("video/quicktime", ((4, b"wide"),)),
)
# ISO 14496-12 brands (bytes 8 to 12): the still pictures of ISO 23008-12, and those by which players know their files.
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "image/heic"),
    **dict.fromkeys((b"avif", b"avis"), "image/avif"),
    **dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "audio/mp4"),
    b"qt  ": "video/quicktime",
}
_MPEG_AUDIO = {
    **dict.fromkeys((0xFA, 0xFB, 0xF2, 0xF3, 0xE2, 0xE3), "audio/mpeg"),  # layer III of MPEG 1, 2 and 2.5
    **dict.fromkeys((0xF0, 0xF1, 0xF8, 0xF9), "audio/aac"),  # ADTS, ISO 13818-7
}


def media_of(head: bytes) -> str:
    """The media type that the first bytes of a file show, or "" for none known."""
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand) or ("video/3gpp" if brand[:2] == b"3g" else "video/mp4")
    if head[:4] == b"\x1a\x45\xdf\xa3":  # EBML, RFC 8794
        return "video/webm" if b"webm" in head[:ENOUGH_BYTES] else "video/x-matroska"
    for media, marks in _MAGIC:
        if all(head[at : at + len(mark)] == mark for at, mark in marks):
            return media
    return _MPEG_AUDIO.get(head[1], "") if len(head) > 3 and head[0] == 0xFF else ""


def kind_of(head: bytes, *, name: str = "", claimed: str = "") -> Kind:
    """What a file is by the first bytes of it; ``name`` and ``claimed``: what it says to be, to know one that lies."""
    known = KINDS[media_of(head)]
    says_picture = claimed.startswith("image/") or name.rpartition(".")[2].lower() in PICTURE_ENDINGS
    if says_picture and known.family != Family.PICTURE:
        return Kind(known.media, known.family, known.ending, lies=True)
    return known


def stored_kind(stored: str) -> Kind:
    """What `Kind.stored` was written for; what nobody knows any more is a file."""
    media, lies, _rest = stored.partition(_NAMED_PICTURE)
    known = KINDS.get(media, UNKNOWN)
    return Kind(known.media, known.family, known.ending, lies=True) if lies else known

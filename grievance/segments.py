"""How many parts a text message has and where it is cut: GSM 03.38 and UCS-2, never inside a sign as people see it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import regex

# 3GPP TS 23.038, the default alphabet and its extension; a sign of the extension costs two septets.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
CLUSTER = regex.compile(r"\X")


class Coding(StrEnum):
    GSM = "gsm-7"
    UCS2 = "ucs-2"


@dataclass(frozen=True)
class Room:
    """How much fits a message that stands alone, and each part of a longer one: septets, or UTF-16 units."""

    alone: int
    part: int


ROOM = {Coding.GSM: Room(160, 153), Coding.UCS2: Room(70, 67)}


@dataclass(frozen=True)
class Segmented:
    coding: Coding
    parts: tuple[str, ...]
    units: int  # septets or UTF-16 units of the whole

    @property
    def count(self) -> int:
        return len(self.parts)


def segmented(text: str) -> Segmented:
    """Cut as a phone network does: one message where it fits, else parts; an empty text is one empty message."""
    coding = Coding.GSM if all(sign in GSM or sign in EXTENSION for sign in text) else Coding.UCS2
    cost, room = COST[coding], ROOM[coding]
    units = sum(map(cost, text))
    parts = (text,) if units <= room.alone else tuple(_cut(text, cost, room.part))
    return Segmented(coding, parts, units)


def _septets(sign: str) -> int:
    return 2 if sign in EXTENSION else 1


def _utf16(sign: str) -> int:
    return 2 if ord(sign) > 0xFFFF else 1


COST: dict[Coding, Callable[[str], int]] = {Coding.GSM: _septets, Coding.UCS2: _utf16}


def _cut(text: str, cost: Callable[[str], int], room: int) -> Iterator[str]:
    part, used = "", 0
    for piece in _pieces(text, cost, room):
        size = sum(map(cost, piece))
        if used + size > room:
            yield part
            part, used = "", 0
        part, used = part + piece, used + size
    yield part


def _pieces(text: str, cost: Callable[[str], int], room: int) -> Iterator[str]:
    """Grapheme clusters; one that fills no part, as nobody types it, falls into its code points."""
    for cluster in CLUSTER.findall(text):
        if sum(map(cost, cluster)) <= room:
            yield cluster
        else:
            yield from cluster

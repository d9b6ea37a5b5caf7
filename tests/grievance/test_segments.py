"""Text messages are cut as the networks count, and never inside what people see as one sign."""

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from grievance.segments import COST, EXTENSION, GSM, ROOM, Coding, segmented

FAMILY = "👨‍👩‍👧‍👦"  # one sign, eleven UTF-16 units


@pytest.mark.parametrize(
    ("text", "coding", "count", "units"),
    [
        ("", "gsm-7", 1, 0),
        ("a" * 160, "gsm-7", 1, 160),
        ("a" * 161, "gsm-7", 2, 161),
        ("a" * 306, "gsm-7", 2, 306),
        ("a" * 307, "gsm-7", 3, 307),
        ("€" * 80, "gsm-7", 1, 160),
        ("€" * 81, "gsm-7", 2, 162),
        ("a" * 152 + "€" + "a" * 20, "gsm-7", 2, 174),  # the euro does not fit the first part: 152 and 22
        ("Malipo ya Januari hayajafika", "gsm-7", 1, 28),
        ("¿Dónde está?", "ucs-2", 1, 12),  # ó and á are not in the alphabet of GSM
        ("não", "ucs-2", 1, 3),
        ("à l'usine", "gsm-7", 1, 9),  # à is
        ("ا" * 70, "ucs-2", 1, 70),
        ("ا" * 71, "ucs-2", 2, 71),
        ("न" * 134, "ucs-2", 2, 134),
        ("😀" * 35, "ucs-2", 1, 70),
        ("😀" * 36, "ucs-2", 2, 72),  # 33 in the first: half an emoji does not fit
        (FAMILY * 7, "ucs-2", 2, 77),
        ("tiếng Việt", "ucs-2", 1, 10),
    ],
)
def test_counts_as_the_networks_do(text: str, coding: str, count: int, units: int) -> None:
    cut = segmented(text)
    assert (cut.coding, cut.count, cut.units) == (coding, count, units)


def test_a_sign_is_never_cut() -> None:
    assert [len(regex.findall(r"\X", part)) for part in segmented(FAMILY * 7).parts] == [6, 1]
    devanagari = "क्षि" * 20  # four code points, one or two signs as people see them
    assert all(not part.startswith(("्", "ि")) for part in segmented(devanagari).parts)


@given(st.text(max_size=600) | st.text(alphabet=sorted(GSM | EXTENSION), max_size=600))
def test_nothing_is_lost_and_every_part_fits(text: str) -> None:
    cut = segmented(text)
    cost, room = COST[cut.coding], ROOM[cut.coding]
    assert "".join(cut.parts) == text
    most = room.alone if cut.count == 1 else room.part
    assert all(sum(map(cost, part)) <= most for part in cut.parts)
    assert cut.coding == Coding.UCS2 or set(text) <= GSM | EXTENSION

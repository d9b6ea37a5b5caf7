"""Our style sheets know no left and no right: a page in Arabic is the mirror of one in French."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
SHEETS = sorted(STATIC.glob("*.css"))
PHYSICAL = re.compile(
    r"(?:^|[{;])\s*((?:[a-z-]*-)?(?:left|right)(?:-[a-z]+)*)\s*:|:\s*(left|right)\s*[;}]", re.MULTILINE
)
FOUR = re.compile(r"(?:padding|margin|border-width|border-style|inset|scroll-margin)\s*:\s*([^;}]+)")


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_nothing_is_to_the_left_or_to_the_right(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert PHYSICAL.findall(text) == []
    uneven = [value for value in FOUR.findall(text) if len(sides := value.split()) == 4 and sides[1] != sides[3]]
    assert uneven == []

"""The picture of a chain can be seen, heard and mirrored, and a name in it is never markup."""

from datetime import date
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from supplychain.drawing import MOST_IN_A_COLUMN, draw, rows
from supplychain.graph import Answer, Link, Party, Place, who_answers
from supplychain.queries import drawn

SVG = "{http://www.w3.org/2000/svg}"
ON = date(2026, 3, 2)
KINDS = {"refiner": "Refiner", "operator": "Mine operator"}


def chain(buyers: int = 1, name: str = "Lumo (fictional)") -> list[Answer]:
    """A mine, its owner, a refiner that has it stored elsewhere, and ``buyers`` behind that."""
    companies = {
        1: Party(1, "Mlima Buluu (fictional)", "operator", parent=2),
        2: Party(2, "Buluu Group (fictional)", "trader"),
        3: Party(3, name, "refiner"),
        4: Party(4, "Bandari (fictional)", "trader"),
        **{number: Party(number, f"Maker {number}", "manufacturer") for number in range(5, 5 + buyers)},
    }
    places = {10: Place(10, "the mine", 1), 40: Place(40, "the port", 4)}
    links = [
        Link(1, 10, 3, 40, "cobalt", date(2021, 1, 1), None, "audit"),
        *(Link(n, 40, n, None, "cobalt", date(2021, 1, 1), ON, "public") for n in range(5, 5 + buyers)),
    ]
    return who_answers(10, links=links, organisations=companies, places=places, on=ON)


def words(svg: str) -> str:
    return " ".join(ElementTree.fromstring(svg).itertext())  # noqa: S314 - drawn a line above


def test_every_company_is_in_the_picture_and_named_in_full() -> None:
    answers = chain(name="A company with a name so long that no box of ours holds it on its lines (fictional)")
    svg = draw("the mine", answers, kinds=KINDS)
    for answer in answers:
        assert answer.name in words(svg)
    assert svg.count("<g ") == 1 + len(answers)


def test_a_reader_of_screens_is_told_what_it_shows() -> None:
    picture = ElementTree.fromstring(draw("the mine", chain(), kinds=KINDS, key="route"))  # noqa: S314 - ours
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "route-title route-desc"
    assert picture.findtext(f"{SVG}title") == "Who answers for the mine"
    assert "5 companies in 2 steps" in (picture.findtext(f"{SVG}desc") or "")


def test_nothing_in_it_needs_a_style_or_a_script() -> None:
    svg = draw("the mine", chain(), kinds=KINDS)
    for forbidden in ("style", "script", "href", "onload", "#"):
        assert forbidden not in svg
    assert "currentColor" in svg


def test_a_name_is_never_markup() -> None:
    name = '<script>alert("x")</script> & "sons"'
    svg = draw(name, chain(name=name), kinds=KINDS)
    assert "<script" not in svg
    assert name in words(svg)


def boxes(svg: str) -> list[float]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - ours
    return [float(box.get("x", "0")) for box in root.iter(f"{SVG}rect")]


def test_from_right_to_left_it_is_mirrored() -> None:
    from_left = boxes(draw("المنجم", chain(), kinds=KINDS))
    from_right = boxes(draw("المنجم", chain(), kinds=KINDS, rtl=True))
    assert from_left == sorted(from_left)
    assert from_right == sorted(from_right, reverse=True)


def test_everything_lies_on_the_sheet() -> None:
    root = ElementTree.fromstring(draw("the mine", chain(buyers=30), kinds=KINDS))  # noqa: S314 - ours
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for box in root.iter(f"{SVG}rect"):
        assert 0 < float(box.get("x", 0)) + float(box.get("width", 0)) < width
        assert 0 < float(box.get("y", 0)) + float(box.get("height", 0)) < height


def test_a_crowd_is_counted_in_the_picture_and_listed_in_the_table() -> None:
    answers = chain(buyers=30)
    svg = draw("the mine", answers, kinds=KINDS)
    assert f"and {30 - MOST_IN_A_COLUMN} more" in svg
    assert len(rows(answers, kinds=KINDS, claims={})) == len(answers)


def test_nobody_at_all_is_drawn_as_the_site_alone() -> None:
    assert "the mine" in words(draw("the mine", [], kinds=KINDS))


def test_wide_letters_are_cut_too() -> None:
    svg = draw("青" * 200, chain(name="山" * 200), kinds=KINDS)
    texts = [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours
    assert max(len(text) for text in texts if "山" in text) <= 13


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_table_beneath_says_the_same_in_words(language: str) -> None:
    with translation.override(language):
        page = render_to_string("supplychain/chart.html", {"chart": drawn(site_name="mine & co", answers=chain())})
    assert "<svg" in page
    assert "<th scope=" in page
    assert page.count("Lumo (fictional)") >= 3
    assert "mine &amp; co" in page
    assert "&lt;svg" not in page

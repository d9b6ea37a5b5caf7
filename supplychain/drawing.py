"""A chain of answers as a picture drawn on the server (SVG without styles or scripts), and the same facts as rows."""

import textwrap
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from supplychain.codes import CUSTODY_LABELS, Custody
from supplychain.graph import Answer, Hop

BOX_WIDTH, BOX_HEIGHT, GAP_ACROSS, GAP_DOWN, EDGE = 196, 86, 52, 18, 6
NAME_WIDTH, SMALL_WIDTH = 25, 31  # letters that fit a line; wide ones count twice
MOST_IN_A_COLUMN = 12

Labels = Mapping[str, str | Promise]

ALT = _("Who answers for %(site)s")
ALT_MORE = _("%(count)d companies in %(tiers)d steps. The table says the same.")
AND_MORE = _("and %(count)d more")
SITE = _("the site")
OWNER = _("owner of the operator")
SINCE = _("%(material)s, since %(day)s")
UNTIL = _("%(material)s, %(day)s to %(end)s")


class Svg(str):
    """Markup whose every text was escaped when it was drawn: templates put it in as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


@dataclass(frozen=True)
class Step:
    """One hop in words."""

    seller: str
    buyer: str
    what: str  # material and days
    claim: str


@dataclass(frozen=True)
class Row:
    """One company of the table: how far from the site, why, along which path."""

    name: str
    kind: str
    tier: int
    why: str
    path: tuple[Step, ...]


@dataclass(frozen=True)
class Chart:
    picture: Svg
    rows: tuple[Row, ...]


def chart(
    site_name: str, answers: Sequence[Answer], *, kinds: Labels, claims: Labels, key: str = "chain", rtl: bool = False
) -> Chart:
    """``kinds`` and ``claims`` are labels by code; ``key`` makes ids unique on a page; ``rtl`` draws from the right."""
    return Chart(draw(site_name, answers, kinds=kinds, key=key, rtl=rtl), rows(answers, kinds=kinds, claims=claims))


def rows(answers: Sequence[Answer], *, kinds: Labels, claims: Labels) -> tuple[Row, ...]:
    return tuple(
        Row(
            name=answer.name,
            kind=str(kinds.get(answer.kind, answer.kind)),
            tier=answer.tier,
            why=str(CUSTODY_LABELS.get(answer.custody, answer.custody)),
            path=tuple(
                Step(hop.site_name, hop.buyer_name, _what(hop), str(claims.get(hop.claim, hop.claim)))
                for hop in answer.hops
            ),
        )
        for answer in answers
    )


def draw(site_name: str, answers: Sequence[Answer], *, kinds: Labels, key: str = "chain", rtl: bool = False) -> Svg:
    """The site, who runs it, and a column for each step onward; an arrow where somebody bought."""
    columns = _columns(answers)
    deepest = max((len(column) for column in columns), default=1)
    sheet = _Sheet(columns=len(columns) + 1, rows=max(deepest, 1), rtl=rtl)
    boxes = [sheet.box((0, 0), site_name, [str(SITE)], "site")]
    arrows, at = [], dict[int, tuple[int, int]]()
    for across, column in enumerate(columns, start=1):
        for down, answer in enumerate(column[:MOST_IN_A_COLUMN]):
            at[answer.organisation] = (across, down)
            kind = str(kinds.get(answer.kind, answer.kind))
            boxes.append(
                sheet.box((across, down), answer.name, [kind, _brief(answer)], answer.custody, _reason(answer))
            )
        if len(column) > MOST_IN_A_COLUMN:
            more = str(AND_MORE) % {"count": len(column) - MOST_IN_A_COLUMN}
            boxes.append(sheet.box((across, MOST_IN_A_COLUMN), more, [], "more"))
    for answer in answers:
        source = (0, 0) if answer.custody == Custody.OPERATOR else at.get(_source(answer, answers))
        if source is not None and answer.organisation in at:
            arrows.append(sheet.arrow(source, at[answer.organisation], answer.custody))
    title = str(ALT) % {"site": site_name}
    description = str(ALT_MORE) % {"count": len(answers), "tiers": max((answer.tier for answer in answers), default=0)}
    return sheet.svg(key, title, description, [*arrows, *boxes])


def _columns(answers: Sequence[Answer]) -> list[list[Answer]]:
    tiers: defaultdict[int, list[Answer]] = defaultdict(list)
    for answer in answers:
        tiers[answer.tier].append(answer)
    return [tiers[tier] for tier in sorted(tiers)]


def _source(answer: Answer, answers: Sequence[Answer]) -> int:
    """From whom the arrow comes: whoever held the material before, or for owners the operator."""
    if answer.custody == Custody.POSSESSION:
        return answer.hops[-1].buyer
    if len(answer.hops) > 1:
        return answer.hops[-2].buyer
    return next((one.organisation for one in answers if one.custody == Custody.OPERATOR), 0)


def _brief(answer: Answer) -> str:
    """What fits a box: the material; its title and the table say since when."""
    if answer.custody == Custody.OWNERSHIP:
        return str(OWNER)
    return answer.hops[-1].material if answer.hops else _reason(answer)


def _reason(answer: Answer) -> str:
    return _what(answer.hops[-1]) if answer.hops else str(CUSTODY_LABELS.get(answer.custody, ""))


def _what(hop: Hop) -> str:
    said = SINCE if hop.until_on is None else UNTIL
    return str(said) % {"material": hop.material, "day": hop.from_on, "end": hop.until_on}


@dataclass(frozen=True)
class _Sheet:
    """Columns and rows turned into coordinates, mirrored where the script runs from right to left."""

    columns: int
    rows: int
    rtl: bool

    @property
    def width(self) -> int:
        return 2 * EDGE + self.columns * BOX_WIDTH + (self.columns - 1) * GAP_ACROSS

    @property
    def height(self) -> int:
        rows = min(self.rows, MOST_IN_A_COLUMN + 1)
        return 2 * EDGE + rows * BOX_HEIGHT + (rows - 1) * GAP_DOWN

    def corner(self, cell: tuple[int, int]) -> tuple[int, int]:
        x = EDGE + cell[0] * (BOX_WIDTH + GAP_ACROSS)
        return (self.width - BOX_WIDTH - x if self.rtl else x), EDGE + cell[1] * (BOX_HEIGHT + GAP_DOWN)

    def box(self, cell: tuple[int, int], name: str, small: list[str], look: str, more: str = "") -> str:
        """A rectangle (the site: an octagon, so that shape tells as well as place) with its words in the middle;
        ``more`` is for its title alone."""
        x, y = self.corner(cell)
        lines = [*((line, 14, "600") for line in _wrapped(name, NAME_WIDTH, 2))]
        lines += [(_short(line, SMALL_WIDTH), 12, "400") for line in small if line]
        top = y + BOX_HEIGHT / 2 - (len(lines) - 1) * 9 + 4
        words = "".join(
            f'<text x="{x + BOX_WIDTH // 2}" y="{top + 18 * place:g}" font-size="{size}" font-weight="{weight}" '
            f'text-anchor="middle" fill="currentColor" unicode-bidi="plaintext">{escape(line)}</text>'
            for place, (line, size, weight) in enumerate(lines)
        )
        full = escape(", ".join([name, *filter(None, [*small[:1], more])]))
        return f'<g class="{escape(look)}"><title>{full}</title>{_outline(x, y, look)}{words}</g>'

    def arrow(self, source: tuple[int, int], target: tuple[int, int], look: str) -> str:
        """From the far side of one box to the near side of the next; within a column from below."""
        (x1, y1), (x2, y2) = self.corner(source), self.corner(target)
        if source[0] == target[0]:
            x, y = x2 + BOX_WIDTH // 2, y2 if y2 > y1 else y2 + BOX_HEIGHT
            start, turn = (y1 + BOX_HEIGHT, -7) if y2 > y1 else (y1, 7)
            return _stroke(f"M{x},{start} V{y}", f"M{x - 5},{y + turn} L{x},{y} L{x + 5},{y + turn}", look)
        ahead = -1 if self.rtl else 1
        start_x, end_x = (x1, x2 + BOX_WIDTH) if self.rtl else (x1 + BOX_WIDTH, x2)
        start_y, end_y = y1 + BOX_HEIGHT // 2, y2 + BOX_HEIGHT // 2
        bend = ahead * GAP_ACROSS // 2
        curve = f"M{start_x},{start_y} C{start_x + bend},{start_y} {end_x - bend},{end_y} {end_x},{end_y}"
        tip = end_x - ahead * 8
        return _stroke(curve, f"M{tip},{end_y - 5} L{end_x},{end_y} L{tip},{end_y + 5}", look)

    def svg(self, key: str, title: str, description: str, parts: list[str]) -> Svg:
        name = escape(key)
        return Svg(
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chain" role="img" width="{self.width}" '
            f'height="{self.height}" viewBox="0 0 {self.width} {self.height}" '
            f'aria-labelledby="{name}-title {name}-desc"><title id="{name}-title">{escape(title)}</title>'
            f'<desc id="{name}-desc">{escape(description)}</desc>{"".join(parts)}</svg>'
        )


def _outline(x: int, y: int, look: str) -> str:
    common = 'fill="none" stroke="currentColor" stroke-width="1.5"'
    if look == "site":
        wide, high, cut = BOX_WIDTH, BOX_HEIGHT, 14
        return (
            f'<path {common} d="M{x + cut},{y} h{wide - 2 * cut} l{cut},{cut} v{high - 2 * cut} l-{cut},{cut} '
            f'h-{wide - 2 * cut} l-{cut},-{cut} v-{high - 2 * cut} z"/>'
        )
    dashed = ' stroke-dasharray="5 4"' if look in {Custody.OWNERSHIP, Custody.POSSESSION} else ""
    return f'<rect {common}{dashed} x="{x}" y="{y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8"/>'


def _stroke(line: str, head: str, look: str) -> str:
    dashed = ' stroke-dasharray="5 4"' if look in {Custody.OWNERSHIP, Custody.POSSESSION} else ""
    common = 'class="arrow" fill="none" stroke="currentColor" stroke-width="1.5"'
    return f'<path {common}{dashed} d="{line}"/><path {common} d="{head}"/>'


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _short(text: str, width: int) -> str:
    """At most so wide; an ellipsis says that more follows (the title of the box has it whole)."""
    if _cells(text) <= width:
        return text
    while text and _cells(text) >= width:
        text = text[:-1]
    return text.rstrip() + "…"


def _wrapped(text: str, width: int, most: int) -> list[str]:
    narrow = width if _cells(text) == len(text) else width // 2
    lines = textwrap.wrap(text, narrow, break_long_words=True) or [""]
    return lines if len(lines) <= most else [*lines[: most - 1], _short(" ".join(lines[most - 1 :]), width)]

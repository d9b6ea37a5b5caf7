"""The filing form as pages: which questions stand on the next one, what travels hidden in it, and the preview.

Nothing is remembered between two of them: each page carries every answer, and each button says what comes next.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from grievance.forms import FilingForm, Openness
from grievance.questions import (
    BY_KEY,
    QUESTIONS,
    STEP_OF,
    STEPS,
    Choice,
    Kind,
    Question,
    Said,
    Step,
    Stored,
    questions_of,
    said,
    step_after,
    step_before,
)
from grievance.rules import SITES_SHOWN
from grievance.telltale import telltales
from supplychain.models import Site
from supplychain.names import country_name
from supplychain.queries import find_sites, site_countries

WORDS = {Kind.WORDS, Kind.LINE}  # looked through for what tells who somebody is
KNOWN = {Stored.NAME, Stored.CONTACT}  # what is asked for exactly that


class Way(StrEnum):
    """How somebody goes through the questions."""

    ALL = "all"
    ONE = "one"
    CHANGE = "change"  # one of them once more, from the preview


@dataclass(frozen=True)
class Press:
    """The button that was pressed, and where. Without any button the form is sent."""

    do: str
    way: Way
    step: str

    @classmethod
    def of(cls, data: QueryDict) -> "Press":
        way, step = data.get("way", ""), data.get("step", "")
        known = step if step in STEP_OF else STEPS[0].key
        return cls(data.get("do") or "send", Way(way) if way in set(Way) else Way.ALL, known)


@dataclass(frozen=True)
class Asked:
    """One question as it stands on a page. ``lead``: it is what its step is called."""

    question: Question
    values: list[str]
    errors: list[str]
    choices: Sequence[Choice]
    lead: bool

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def described_by(self) -> str:
        hint = [f"{self.question.key}-hint"] if self.question.hint else []
        return " ".join([*hint, *([f"{self.question.key}-wrong"] if self.errors else [])])


@dataclass(frozen=True)
class Block:
    step: Step
    asked: list[Asked]


@dataclass(frozen=True)
class FormPage:
    """Questions to be answered, of one step or of all; ``hidden``: the answers of the others."""

    way: Way
    step: str
    blocks: list[Block]
    hidden: list[tuple[str, str]]
    problems: list[tuple[str, str]]
    country: str = ""
    searched: bool = False
    found: int = 0
    more: bool = False

    @property
    def first(self) -> bool:
        return self.step == STEPS[0].key


@dataclass(frozen=True)
class Preview:
    """All that is about to be sent; ``telling``: what in it may tell who somebody is, by the question it stands in."""

    said: list[Said]
    hidden: list[tuple[str, str]]
    telling: list[tuple[Question, list[str]]] = field(default_factory=list)


def answer_to(form: FilingForm, press: Press) -> FormPage | Preview:
    """The page that follows a press of any button but "send"; after that one, what was wrong."""
    wrong = set(form.errors) & set(BY_KEY)
    if press.do in {"preview", "send"}:
        return _wrong(form, press, wrong) if wrong else preview(form)
    if "photos" in wrong and form.uploads:
        return _wrong(form, press, {"photos"})
    if press.do == "next":
        return _next(form, press, wrong)
    if press.do == "back":
        return _page(form, Way.ONE, step_before(press.step, _answers(form)) or press.step)
    if press.do == "search":
        return _page(form, press.way, press.step, search=True)
    if press.do == "one":
        return _page(form, Way.ONE, STEPS[1].key if _answers(form).get("statement") else STEPS[0].key)
    if press.do.removeprefix("change-") in BY_KEY:
        return _page(form, Way.CHANGE, BY_KEY[press.do.removeprefix("change-")].step)
    return blank(form)


def blank(form: FilingForm) -> FormPage:
    """Everything on one page."""
    return _page(form, Way.ALL, STEPS[0].key)


def _next(form: FilingForm, press: Press, wrong: set[str]) -> FormPage | Preview:
    here = wrong & {question.key for question in questions_of(press.step)}
    if here:
        return _page(form, press.way, press.step, wrong=here)
    after = step_after(press.step, _answers(form))
    if after is not None:
        return _page(form, Way.ONE, after)
    return _wrong(form, press, wrong) if wrong else preview(form)


def _wrong(form: FilingForm, press: Press, wrong: set[str]) -> FormPage:
    """All on one page, or the first step in which something is wrong."""
    if press.way is Way.ALL:
        return _page(form, Way.ALL, press.step, wrong=wrong)
    step = next(question.step for question in QUESTIONS if question.key in wrong)
    return _page(form, press.way, step, wrong=wrong & {one.key for one in questions_of(step)})


def _page(form: FilingForm, way: Way, step: str, *, wrong: Iterable[str] = (), search: bool = False) -> FormPage:
    steps = STEPS if way is Way.ALL else (STEP_OF[step],)
    asked = {one.key for block in steps for one in questions_of(block.key)}
    sites = _sites(form, search=search) if "site" in asked else []
    choices = {"site": _site_choices(sites[:SITES_SHOWN])} if sites else {}
    if "country" in asked:
        choices["country"] = _country_choices()
    if "openness" in asked and not form.confidential:
        choices["openness"] = [one for one in BY_KEY["openness"].choices if one.value != Openness.CONFIDENTIAL]
    chosen = form.cleaned_data.get("site") if form.is_bound else None
    return FormPage(
        way,
        step,
        [Block(one, [_asked(form, question, one, wrong, choices) for question in questions_of(one.key)
                     if question.kind != Kind.SITE or sites]) for one in steps],
        _hidden(form, without=asked - (set() if sites else {"site"})),
        [(one.key, str(error)) for one in QUESTIONS if one.key in set(wrong) for error in form.errors[one.key]],
        country=chosen.country if chosen else _first(form, "country"),
        searched=search,
        found=len(sites),
        more=len(sites) > SITES_SHOWN,
    )  # fmt: skip


def _asked(
    form: FilingForm, question: Question, step: Step, wrong: Iterable[str], choices: Mapping[str, Sequence[Choice]]
) -> Asked:
    errors = [str(error) for error in form.errors[question.key]] if question.key in set(wrong) else []
    offered = choices.get(question.key, question.choices)
    return Asked(question, _values(form, question.key), errors, offered, question.words == step.words)


def _values(form: FilingForm, key: str) -> list[str]:
    """As it was typed; a position only as fine as it will be kept."""
    if not form.is_bound:
        value = form.initial.get(key)
        return [] if value in (None, "") else [str(value)]
    if key == "position" and form.cleaned_data.get(key):
        return [form.cleaned_data[key]]
    return [value for value in form.data.getlist(key) if value]  # type: ignore[attr-defined]  # a QueryDict


def _first(form: FilingForm, key: str) -> str:
    return next(iter(_values(form, key)), "")


def _answers(form: FilingForm) -> dict[str, str]:
    return {question.key: _first(form, question.key) for question in QUESTIONS}


def _hidden(form: FilingForm, *, without: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Every answer that does not stand on the page; files wait staged."""
    shown = {*without, "photos"}
    keys = [*(question.key for question in QUESTIONS), "poster"]
    return [(key, value) for key in keys if key not in shown for value in _values(form, key)]


def _sites(form: FilingForm, *, search: bool) -> list[Site]:
    """The one that was chosen, and what a search by its words and country finds."""
    chosen: Site | None = form.cleaned_data.get("site") if form.is_bound else None
    words, country = _first(form, "place"), _first(form, "country")
    wanted = search and (words or country)
    found = find_sites(words, country=country[:2], most=SITES_SHOWN) if wanted else []
    return [*([chosen] if chosen else []), *(site for site in found if site != chosen)]


def _site_choices(sites: Iterable[Site]) -> list[Choice]:
    language = get_language() or ""
    return [
        *(Choice(str(site.pk), site.name, _where(site, language)) for site in sites),
        Choice("0", _("None of these")),
    ]


def _where(site: Site, language: str) -> str:
    parts = (site.place, country_name(site.country, language), site.operator.name)
    return " · ".join(part for part in parts if part)


def _country_choices() -> list[Choice]:
    language = get_language() or ""
    named = sorted((country_name(code, language), code) for code in site_countries())
    return [Choice(code, name) for name, code in named]


def preview(form: FilingForm) -> Preview:
    """Of a valid form."""
    kept = form.kept()
    site: Site | None = kept["site"]
    country = site.country if site else kept["country"]
    shown: dict[str, Any] = kept | {
        "site": [site.name, _where(site, get_language() or "")] if site else None,
        "country": country_name(kept["country"], get_language() or "") if kept["country"] else None,
        "photos": [file.name for file in form.staged],
    }
    answers = said(shown)
    telling = [(one.question, telltales(line, country)) for one in answers if _looked_at(one.question)
               for line in map(str, one.lines)]  # fmt: skip
    return Preview(answers, _hidden(form), [(question, found) for question, found in telling if found])


def _looked_at(question: Question) -> bool:
    return question.kind in WORDS and question.stored not in KNOWN


__all__ = ["FormPage", "Press", "Preview", "Way", "answer_to", "blank", "preview"]

"""What the records of an inquiry say, opened for the case page: each text with what a reader has to know beside it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from accounts.models import User
from accounts.roles import Field
from cases.codes import LetterKind
from cases.models import (
    Appeal,
    Case,
    Evidence,
    Finding,
    FindingText,
    Hearing,
    Letter,
    Person,
    Proceeding,
    Referral,
    Review,
)
from cases.policies import shown
from cases.queries.inquiry import filings_of, hearings_of, persons_of
from cases.queries.record import letters_missing
from cases.rules.packs import period_ends
from cases.states import Stage
from grievance import vault
from grievance.keys import data_keys_for_office, open_json, open_text


class Opener:
    """Opens texts by the id of their key, for all of which one question is asked; of a key that was erased, and of
    nothing, it gives None."""

    def __init__(self, key_ids: Iterable[int]) -> None:
        self._keys = data_keys_for_office(key_ids)

    def text(self, key_id: int, sealed: vault.Sealed | None, context: str) -> str | None:
        key = self._keys.get(key_id)
        return None if key is None or sealed is None else open_text(key, sealed, context)

    def json(self, key_id: int, sealed: vault.Sealed | None, context: str) -> Any:
        key = self._keys.get(key_id)
        return None if key is None or sealed is None else open_json(key, sealed, context)


@dataclass(frozen=True)
class Named:
    """A person of the case: ``label`` ("Witness 2") for everybody who reads on, ``name`` for a few."""

    row: Person
    label: str
    name: str | None
    words: str | None


@dataclass(frozen=True)
class Heard:
    """A hearing with who spoke, where, and its minutes. ``speaker`` is "" for a visit to the site."""

    row: Hearing
    speaker: str
    place: str | None
    minutes: str | None

    @property
    def unchecked(self) -> bool:
        """Minutes that nobody has checked yet: they are marked wherever they stand."""
        return self.row.held_at is not None and self.row.checked_at is None and bool(self.speaker)


@dataclass(frozen=True)
class Logged:
    row: Evidence
    words: str | None
    hearing: Heard | None


@dataclass(frozen=True)
class Found:
    """A finding with its texts by audience and language; ``fallback``: languages of people who read it in English."""

    row: Finding
    texts: list[tuple[FindingText, str | None]]
    fallback: list[str]
    reviews: list[tuple[Review, str | None]]


@dataclass(frozen=True)
class Again:
    """An appeal. ``grounds``: words of who filed, for those who may read them; ``reasons``: {language: text}."""

    row: Appeal
    grounds: str | None
    reasons: dict[str, str]


@dataclass(frozen=True)
class Inquiry:
    hearings: list[Heard]
    evidence: list[Logged]
    persons: list[Named]
    findings: list[Found]
    appeals: list[Again]

    def __bool__(self) -> bool:
        return any((self.hearings, self.evidence, self.persons, self.findings, self.appeals))


def inquiry_of(case: Case, user: User, at: datetime) -> Inquiry:
    """Everything that was found out, in a number of questions that does not grow with the case."""
    persons, filings = persons_of(case), filings_of(case)
    appeals = list(case.appeals.select_related("filing__grievance", "decided_by").order_by("pk"))
    keys = [case.key_id, *(one.key_id for one, _label in persons), *(one.filing.grievance.key_id for one in appeals)]
    opener = Opener(keys)
    heard = [_heard(row, speaker, opener, case) for row, speaker in hearings_of(case, persons, filings)]
    return Inquiry(
        hearings=heard,
        evidence=_evidence(case, opener, heard),
        persons=[_named(one, label, opener, shown(user, Field.PERSONS, case)) for one, label in persons],
        findings=_findings(case, opener, {one.grievance.language for one, _label in filings if not one.withdrawn_at}),
        appeals=[_again(row, opener, case, shown(user, Field.STATEMENT, case)) for row in appeals],
    )


def _heard(row: Hearing, speaker: str, opener: Opener, case: Case) -> Heard:
    place = opener.text(case.key_id, row.sealed_place, "place")
    return Heard(row, speaker, place, opener.text(case.key_id, row.sealed_minutes, "minutes"))


def _evidence(case: Case, opener: Opener, heard: list[Heard]) -> list[Logged]:
    hearings = {one.row.pk: one for one in heard}
    return [
        Logged(row, opener.text(case.key_id, row.sealed_words, "evidence"), hearings.get(row.hearing_id or 0))
        for row in case.evidence.select_related("by").order_by("obtained_on", "pk")
    ]


def _named(person: Person, label: str, opener: Opener, names: bool) -> Named:
    """The name for those alone whom the role table shows it (`Field.PERSONS`)."""
    name = opener.text(person.key_id, person.sealed_name, "name") if names else None
    return Named(person, label, name, opener.text(person.key_id, person.sealed_words, "words"))


def _findings(case: Case, opener: Opener, languages: set[str]) -> list[Found]:
    texts: dict[int, list[tuple[FindingText, str | None]]] = defaultdict(list)
    for text in FindingText.objects.filter(finding__case=case).order_by("audience", "language"):
        texts[text.finding_id].append((text, opener.text(case.key_id, text.sealed_body, "finding")))
    reviews: dict[int, list[tuple[Review, str | None]]] = defaultdict(list)
    for review in Review.objects.filter(finding__case=case).select_related("respondent__organisation").order_by("pk"):
        reviews[review.finding_id].append((review, opener.text(case.key_id, review.sealed_grounds, "grounds")))
    return [
        Found(row, texts[row.pk], _fallback(texts[row.pk], languages), reviews[row.pk])
        for row in case.findings.select_related("respondent__organisation", "by").order_by("pk")
    ]


def _fallback(texts: list[tuple[FindingText, str | None]], languages: set[str]) -> list[str]:
    written = {text.language for text, _body in texts if text.audience == FindingText.Audience.COMPLAINANT}
    return sorted(languages - written)


def _again(row: Appeal, opener: Opener, case: Case, words: bool) -> Again:
    grounds = opener.text(row.filing.grievance.key_id, row.sealed_grounds, "appeal") if words else None
    return Again(row, grounds, opener.json(case.key_id, row.sealed_reasons, "reasons") or {})


@dataclass(frozen=True)
class Letters:
    """The letters with reasons; ``missing``: languages of people who filed that have none of the kind due next."""

    rows: list[tuple[Letter, str | None]]
    missing: list[str]

    def __bool__(self) -> bool:
        return bool(self.rows)


def letters_opened(case: Case, user: User, at: datetime) -> Letters:
    opener = Opener([case.key_id])
    rows = case.letters.select_related("by").order_by("pk")
    missing = letters_missing(case, due_letter(case)) if case.stage != Stage.CLOSED else frozenset()
    return Letters([(row, opener.text(case.key_id, row.sealed_body, "letter")) for row in rows], sorted(missing))


def due_letter(case: Case) -> LetterKind:
    """Which reasons are likely to be owed next: a case in screening may turn out not to be ours."""
    return LetterKind.INELIGIBLE if case.stage == Stage.SCREENING else LetterKind.CLOSING


@dataclass(frozen=True)
class Elsewhere:
    """A proceeding elsewhere; ``warning``: "past", "near" or "" for its last day for acting."""

    row: Proceeding
    words: str | None
    warning: str


@dataclass(frozen=True)
class Outward:
    referrals: list[tuple[Referral, str | None]]
    proceedings: list[Elsewhere]

    def __bool__(self) -> bool:
        return bool(self.referrals or self.proceedings)


def outward_of(case: Case, user: User, at: datetime) -> Outward:
    opener = Opener([case.key_id])
    return Outward(
        [
            (row, opener.text(case.key_id, row.sealed_words, "referral"))
            for row in case.referrals.select_related("filing").order_by("pk")
        ],
        [
            Elsewhere(row, opener.text(case.key_id, row.sealed_words, "proceeding"), _warning(row, at))
            for row in case.proceedings.order_by("limitation_on", "pk")
        ],
    )


def _warning(proceeding: Proceeding, at: datetime) -> str:
    last: date | None = proceeding.limitation_on
    if last is None or proceeding.ended_at is not None:
        return ""
    if last < at.date():
        return "past"
    return "near" if last <= period_ends("limitation_near", at).date() else ""

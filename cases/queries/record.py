"""What is on record of a case and of each company in it, for the gates ahead (`cases.gates`)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Max, Q

from cases.codes import FPIC, NO_DIALOGUE, Basis, Fpic, LetterKind, NoteKind, Result, SeatKind, family_of
from cases.gates import CompanyRecord, OnRecord
from cases.models import Case, CaseEvent, Declaration, Filing, Finding, Letter, RemedyStep, Respondent, Seat
from cases.queries.plans import plan_record
from cases.states import Track
from grievance.codes import RecipientKind, recipient_kind
from grievance.models import Consent, ConsentQuestion, Opening
from supplychain.models import Organisation

# Acts of somebody who was asked to judge a case, and did not work on it.
NOT_HANDLING = ("declared", "conflict_declared", "appeal_decided")
# Of the kinds of recipient: those that are a company, which a case may be about.
COMPANIES = ("", RecipientKind.OPERATOR, RecipientKind.BUYERS, RecipientKind.AUTOMAKERS)
TRUE = (Result.SUBSTANTIATED, Result.PARTLY)


def on_record(case: Case, *, at: datetime, letter: LetterKind = LetterKind.CLOSING, outcome: str = "") -> OnRecord:
    """Everything that the gates of a case ask, in a number of questions that does not grow with the case.

    ``letter``: which reasons the move ahead would have to give; ``outcome``: the one that closing would give.
    """
    filed = list(Filing.objects.filter(case=case).select_related("grievance", "grievance__complainant"))
    live = [filing for filing in filed if filing.withdrawn_at is None]
    plan = plan_record(case, live, at)
    return replace(
        _found(case, _screened(case, _people(case, filed, live))),
        letter_missing=letters_missing(case, letter, live),
        steps=plan.steps,
        steps_open=plan.open,
        steps_no_remedy=plan.no_remedy,
        plan_gaps=plan.gaps,
        consulted=plan.consulted,
        waivers_checked=plan.waivers_checked,
        outcome=outcome,
    )


def _people(case: Case, filed: list[Filing], live: list[Filing]) -> OnRecord:
    """Who filed, and what they said of what is asked of them."""
    return OnRecord(
        live=len(live),
        filed=len(filed),
        looked=case.urgent_since is not None or not live or _looked(case),
        unasked=_unasked(live),
        opted_in=sum(filing.dialogue_wanted is True for filing in live),
        survivor=case.track == Track.SURVIVOR,
        investigation_agreed=sum(filing.investigation_agreed_at is not None for filing in live),
    )


def _screened(case: Case, record: OnRecord) -> OnRecord:
    """Who works on it, whether it is ours, how it was graded."""
    eligibility = case.eligibilities.order_by("-pk").first()
    panel, earlier = panel_of(case)
    codes = codes_of(case)
    return replace(
        record,
        eligible=eligibility.eligible if eligibility else None,
        reasons=bool(eligibility and eligibility.reasons),
        signed=bool(eligibility and eligibility.signed_by_id),
        handled=_handled(case) or (case.for_panel and bool(panel)),
        undeclared=len(undeclared(case)),
        graded=case.assessments.exists(),
        guarded=is_guarded(case.track, codes),
        unrepresented=bool(FPIC & codes) and not _represented(case),
        panel=len(panel),
        panel_earlier=len(panel & earlier),
    )


def _found(case: Case, record: OnRecord) -> OnRecord:
    """What was found, noted, referred and appealed against."""
    findings = list(case.findings.filter(set_aside_at=None))
    notes = set(case.notes.filter(Q(kind=NoteKind.REFUSAL) | Q(kind=NoteKind.NEW_FACTS)).values_list("kind", "at"))
    appeal = case.appeals.order_by("-pk").first()
    return replace(
        record,
        found=bool(findings),
        substantiated=any(finding.result in TRUE for finding in findings),
        referred=case.referrals.exists(),
        settled=any(finding.basis == Basis.SETTLEMENT for finding in findings),
        refusal=any(kind == NoteKind.REFUSAL for kind, _at in notes),
        appeal_open=bool(appeal and appeal.decided_at is None),
        interrupted=appeal.interrupted if appeal else "",
        appeal_answered=bool(appeal and appeal.decided_at is not None and appeal.sealed_reasons),
        new_facts=any(
            kind == NoteKind.NEW_FACTS and case.closed_at is not None and at >= case.closed_at for kind, at in notes
        ),
    )


def codes_of(case: Case) -> frozenset[str]:
    """The codes of the taxonomy that a case falls under, from a prefetch where there is one."""
    return frozenset(row.code for row in case.codes.all())


def is_guarded(track: str, codes: Iterable[str]) -> bool:
    """Of a kind in which the two sides are never brought to one table."""
    return track != Track.STANDARD or any(family_of(code) in NO_DIALOGUE for code in codes)


def _represented(case: Case) -> bool:
    return case.fpic_entries.filter(kind=Fpic.REPRESENTATIVES).exists()


def _looked(case: Case) -> bool:
    """A search opens words in the process, and shows them to nobody."""
    opened = Opening.objects.filter(grievance__filing__case=case).exclude(what=Opening.What.SEARCH)
    return opened.exists()


def _handled(case: Case) -> bool:
    """By somebody for whom the case still exists: an employment that came on record later ends that without a word."""
    return case.handler is not None and case.exists_for(case.handler)


def team_of(case: Case) -> frozenset[int]:
    """Who is at work on a case: its handler and its guests, by id."""
    seated = set(Seat.objects.running().filter(case=case).values_list("user_id", flat=True))
    return frozenset(seated | ({case.handler_id} if case.handler_id is not None else set()))


def parties_of(case: Case) -> frozenset[int]:
    """The organisations that are a party: the operator of the site and every respondent, by id."""
    named = set(case.respondents.values_list("organisation_id", flat=True))
    return frozenset(named | ({case.site.operator_id} if case.site is not None else set()))


def undeclared(case: Case, parties: frozenset[int] | None = None) -> dict[int, frozenset[int]]:
    """Of the people at work: who has not declared themselves free yet, towards which parties (LkSG §8(3))."""
    team = team_of(case)
    parties = parties_of(case) if parties is None else parties
    declared: dict[int, set[int]] = defaultdict(set)
    rows = Declaration.objects.filter(case=case, user__in=team, clear=True).values_list("user_id", "organisation_id")
    for user, organisation in rows:
        declared[user].add(organisation)
    still = {user: parties - declared[user] for user in sorted(team)}
    return {user: towards for user, towards in still.items() if towards}


def panel_of(case: Case) -> tuple[frozenset[int], frozenset[int]]:
    """The members of the panel, and of them those who acted on the case before they were asked to look at it."""
    seats = Seat.objects.running().filter(case=case, kind=SeatKind.PANELLIST)
    panel = dict(seats.values_list("user_id", "given_at"))
    if not panel:
        return frozenset(), frozenset()
    # A panel that takes a case as its handler would has handled it, too, when an appeal comes.
    appeal = case.appeals.order_by("-pk").first()
    since = {user: max(given, appeal.filed_at) if appeal else given for user, given in panel.items()}
    acted = CaseEvent.objects.filter(case=case, by__in=panel).exclude(kind__in=NOT_HANDLING)
    handled = set(case.history.filter(handler__in=panel).values_list("handler_id", flat=True))
    earlier = {user for user, at in acted.values_list("by_id", "at") if at < since[user]}
    return frozenset(panel), frozenset(handled | earlier)


def _unasked(live: list[Filing]) -> int:
    people = {filing.grievance.complainant.pk for filing in live}
    answered = set(
        Consent.objects.filter(complainant__in=people, kind__in=COMPANIES).values_list("complainant_id", flat=True)
    )
    asked = set(ConsentQuestion.objects.filter(complainant__in=people).values_list("complainant_id", flat=True))
    return len(people - answered - asked)


def letters_of(case: Case, kind: LetterKind) -> dict[str, Letter]:
    """The newest letter of this kind in each language, of those written since the case was last closed."""
    closed = case.events.filter(kind__in=("case_closed", "case_found_ineligible")).aggregate(at=Max("at"))["at"]
    letters = Letter.objects.filter(case=case, kind=kind)
    if closed is not None:
        letters = letters.filter(at__gt=closed)
    return {letter.language: letter for letter in letters.order_by("pk")}


def letters_missing(case: Case, kind: LetterKind, live: list[Filing] | None = None) -> frozenset[str]:
    """The languages of the people who filed in which there is no letter of this kind since the case was last open."""
    filings = live if live is not None else Filing.objects.live().filter(case=case).select_related("grievance")
    return frozenset(filing.grievance.language for filing in filings) - set(letters_of(case, kind))


def findings_of(case: Case) -> list[Finding]:
    """Those that hold."""
    return list(case.findings.filter(set_aside_at=None).select_related("respondent__organisation").order_by("pk"))


def company_record(respondent: Respondent, *, people_who_fit: int = 0, safety_checked: bool = False,
                   facts: bool = False) -> CompanyRecord:  # fmt: skip
    """What the gates of one company ask, together with what the officer who acts says now."""
    record = company_records(respondent.case, [respondent])[respondent.pk]
    return replace(record, people_who_fit=people_who_fit, safety_checked=safety_checked, facts=facts)


def company_records(case: Case, respondents: Sequence[Respondent]) -> dict[int, CompanyRecord]:
    """What is on record of each company of a case, by respondent, in a number of questions that does not grow."""
    filings = Filing.objects.filter(case=case).select_related("grievance__complainant")
    live = {one.grievance.complainant.pk: one for one in filings if one.withdrawn_at is None}
    common = CompanyRecord(
        filed=len(filings),
        live=len(live),
        survivor=case.track == Track.SURVIVOR,
        investigation_agreed=sum(filing.investigation_agreed_at is not None for filing in live.values()),
    )
    words = Consent.last_words(list(live), kinds_of(respondents))
    owned = Counter(
        RemedyStep.objects.open().filter(owner__in=respondents, dropped_at=None).values_list("owner", flat=True)
    )
    return {
        one.pk: replace(_company(common, one, words[one.organisation_id]), steps_open=owned[one.pk])
        for one in respondents
    }


def kinds_of(respondents: Iterable[Respondent]) -> dict[int, str]:
    """What each company is to the place, as people who file are asked about it; by organisation."""
    return {one.organisation_id: kind_of(one) for one in respondents}


def kind_of(respondent: Respondent) -> RecipientKind:
    return recipient_kind(
        runs_the_site=respondent.tier == 0,
        builds_cars=respondent.organisation.kind == Organisation.Kind.AUTOMAKER,
    )


def _company(common: CompanyRecord, respondent: Respondent, words: dict[int, Consent]) -> CompanyRecord:
    return replace(
        common,
        agreed=sum(said.given for said in words.values()),
        informed=sum(said.given and said.informed for said in words.values()),
        people_who_fit=respondent.people_who_fit or 0,
        signed_for=respondent.people_who_fit if respondent.countersigned_by_id is not None else None,
        release_signed=respondent.release_signed_by_id is not None,
    )

"""Findings: what is held to be true, on which basis, told to each audience in words of its own.

Sources: LkSG §8(1) (facts discussed with who filed; settlement only where they want it), ISO 37002 8.4.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Act
from cases.codes import Basis, Result, ServedKind
from cases.codes.languages import language_name
from cases.commands import clocks
from cases.commands.moving import locked
from cases.commands.record import record
from cases.commands.serving import FALLBACK, serve
from cases.events import Event
from cases.models import Case, Filing, Finding, FindingText, Respondent
from cases.policies import check_asks, check_may, check_was_told, not_found
from cases.queries import on_record
from cases.queries.inquiry import accused_unheard, facts_outstanding
from cases.states import Gate
from grievance.keys import data_key_for_office, seal_text

TRUE = frozenset({Result.SUBSTANTIATED, Result.PARTLY})


@dataclass(frozen=True)
class Verdict:
    """A finding before it is made. ``respondent`` None: on the whole case.

    ``theirs``: what the people who filed read, {language: text}; the texts for companies and for the office are in
    ``language``. Texts for companies hold nothing of who filed: an officer writes each anew.
    """

    basis: Basis
    result: Result
    theirs: Mapping[str, str]
    office: str
    companies: str = ""
    language: str = FALLBACK
    respondent: Respondent | None = None


@transaction.atomic
def find(*, case: Case, verdict: Verdict, by: User, at: datetime) -> Finding:
    """Make a finding; each person who filed reads theirs on their follow page from now on."""
    case = locked(case)
    check_may(by, Act.FIND, case)
    live = list(Filing.objects.live().filter(case=case).select_related("grievance"))
    _check(case, verdict, live, at)
    finding = Finding.objects.create(
        case=case, respondent=verdict.respondent, basis=verdict.basis, result=verdict.result, by=by, at=at
    )
    _write(finding, verdict)
    serve(ServedKind.FINDING, verdict.theirs, live, at=at, finding=finding)
    clocks.start_appeals(case, live, at=at)
    record(
        case,
        Event.FINDING_MADE,
        by=by,
        at=at,
        respondent=verdict.respondent,
        data={"finding": finding.pk, "result": verdict.result},
    )
    return finding


def _write(finding: Finding, verdict: Verdict) -> None:
    audience, key = FindingText.Audience, data_key_for_office(finding.case.key_id)
    texts = [(audience.COMPLAINANT, language, body) for language, body in verdict.theirs.items()]
    texts += [(audience.OFFICE, verdict.language, verdict.office)]
    if verdict.companies:
        texts += [(audience.RESPONDENT, verdict.language, verdict.companies)]
    FindingText.objects.bulk_create(
        FindingText(finding=finding, audience=who, language=language, sealed_body=seal_text(key, body, "finding"))
        for who, language, body in texts
    )


@transaction.atomic
def word_finding(*, finding: Finding, language: str, body: str, by: User, at: datetime) -> FindingText:
    """The text for the people who filed in one language more: whoever read English meanwhile reads theirs from now on.

    Refuses: a finding that was set aside, and a language in which it is written already.
    """
    case = locked(finding.case)
    check_may(by, Act.WORD_FINDING, case)
    finding = Finding.objects.get(pk=finding.pk)  # as it stands now
    if finding.set_aside_at is not None:
        raise Refused("set_aside", _("This finding was set aside: nobody who filed reads it any more."))
    theirs = FindingText.Audience.COMPLAINANT
    if finding.texts.filter(audience=theirs, language=language).exists():
        raise Refused("written_already", _("This finding is written in this language already."))
    sealed = seal_text(data_key_for_office(case.key_id), body, "finding")
    text = FindingText.objects.create(finding=finding, audience=theirs, language=language, sealed_body=sealed)
    readers = Filing.objects.live().filter(case=case, grievance__language=language).select_related("grievance")
    serve(ServedKind.FINDING, {language: body}, readers, at=at, finding=finding)
    clocks.start_appeals(case, readers, at=at)  # now they can read what was decided
    record(case, Event.FINDING_WORDED, by=by, at=at, data={"finding": finding.pk, "language": language})
    return text


def _check(case: Case, verdict: Verdict, live: list[Filing], at: datetime) -> None:
    if verdict.respondent is not None and verdict.respondent.case_id != case.pk:
        raise not_found()
    same = case.findings.filter(respondent=verdict.respondent, basis=verdict.basis, result=verdict.result)
    if same.filter(set_aside_at=None).exists():  # two officers, or a button pressed twice
        raise Refused("found_already", _("This finding was made already, and it holds."))
    if verdict.basis == Basis.ADMISSION:
        _check_admission(verdict, at)
    else:
        _check_facts(case, at)
        _check_accused(case, verdict)
    if verdict.basis == Basis.SETTLEMENT:
        check_asks(on_record(case, at=at), Gate.OPTED_IN, Gate.DIALOGUE_ALLOWED)
    if verdict.basis != Basis.INQUIRY and verdict.result not in TRUE:
        raise Refused("result", _("A settlement or an admission says that something is to be put right."))
    _check_texts(case, verdict, live, at)


def _check_admission(verdict: Verdict, at: datetime) -> None:
    """A company may admit at any time, whoever has been heard by then; which one it was is said."""
    if verdict.respondent is None:
        raise Refused("respondent", _("Say which company admits it."))
    check_was_told(verdict.respondent, at)


def _check_facts(case: Case, at: datetime) -> None:
    if unheard := facts_outstanding(case, at):
        raise Refused(
            "facts",
            ngettext_lazy(
                "The facts were not talked over with %(count)d person who filed: plan a talk about the facts with "
                "them. It need not be waited for once they declined it, or did not answer for 14 days.",
                "The facts were not talked over with %(count)d people who filed: plan a talk about the facts with "
                "each. It need not be waited for once they declined it, or did not answer for 14 days.",
                "count",
            )
            % {"count": unheard},
        )


def _check_accused(case: Case, verdict: Verdict) -> None:
    """Only a finding against somebody needs them to have been invited: one that clears them puts nobody at risk."""
    if verdict.result in TRUE and (unheard := accused_unheard(case)):
        raise Refused(
            "accused",
            ngettext_lazy(
                "%(count)d person who is accused was not invited to answer yet.",
                "%(count)d people who are accused were not invited to answer yet.",
                "count",
            )
            % {"count": unheard},
        )


def _check_texts(case: Case, verdict: Verdict, live: list[Filing], at: datetime) -> None:
    missing = {filing.grievance.language for filing in live} - set(verdict.theirs)
    if missing and FALLBACK not in verdict.theirs:
        raise Refused(
            "text_missing",
            _("Write what the people who filed read in: %(languages)s; or in English, which they read meanwhile.")
            % {"languages": ", ".join(language_name(code) for code in sorted(missing))},
        )
    if not verdict.companies and case.respondents.filter(notified_at__lte=at).exists():
        raise Refused("text_missing", _("Write what the companies read that were told of the case."))


def set_finding_aside(finding: Finding, *, by: User, at: datetime) -> None:
    """On review or appeal it holds no longer, and stays on record; nobody who filed reads it any more."""
    finding.set_aside_at = at
    finding.save(update_fields=["set_aside_at"])
    record(
        finding.case,
        Event.FINDING_SET_ASIDE,
        by=by,
        at=at,
        respondent=finding.respondent,
        data={"finding": finding.pk},
    )

"""Reads of an inquiry: who may know of it, what comes before a finding, and its records by labels without names."""

from collections import Counter, defaultdict
from datetime import datetime

from django.utils.translation import gettext as _

from cases.codes import Capacity, HearingKind
from cases.models import Case, Evidence, Filing, Finding, FindingText, Hearing, Person, Proceeding, Referral, Review
from cases.rules.packs import period_ends
from cases.states import Track
from grievance.codes import RecipientKind
from grievance.models import Attachment, Consent

NOBODY = 0  # no organisation has this id: only a consent for every company, or for whoever runs the place, counts


def companies_may_be_told(case: Case) -> bool:
    """Did everybody who filed agree, in their newest word, that the operator of the site may be told? A survivor also
    to the inquiry itself."""
    live = dict(
        Filing.objects.live().filter(case=case).values_list("grievance__complainant", "investigation_agreed_at")
    )
    if case.track == Track.SURVIVOR and not all(live.values()):
        return False
    operator = case.site.operator_id if case.site is not None else NOBODY
    newest = Consent.newest(list(live), operator, kind=RecipientKind.OPERATOR)
    return all(one in newest and newest[one].given for one in live)


def facts_outstanding(case: Case, at: datetime) -> int:
    """With how many people who filed the facts were not talked over: neither held, nor declined, nor offered so long
    ago, for a day that is over, that it need not be waited for any more (LkSG §8(1))."""
    live = set(Filing.objects.live().filter(case=case).values_list("pk", flat=True))
    talks = Hearing.objects.filter(case=case, kind=HearingKind.FACTS, filing__in=live)
    done = {
        talk.filing_id
        for talk in talks
        if talk.held_at is not None or talk.declined_at is not None or _waited_for(talk, at)
    }
    return len(live - done)


def _waited_for(talk: Hearing, at: datetime) -> bool:
    return period_ends("facts_offered", talk.at) <= at and talk.planned_on <= at.date()


def accused_unheard(case: Case) -> int:
    """How many of the accused were never invited to answer, and have not answered either."""
    return case.persons.filter(capacity=Capacity.ACCUSED, asked_at=None).count()


def persons_of(case: Case) -> list[tuple[Person, str]]:
    """Everybody named, each with a label that says no name: "Witness 2"."""
    counted: Counter[str] = Counter()
    labelled = []
    for person in case.persons.order_by("pk"):
        counted[person.capacity] += 1
        labelled.append((person, f"{person.get_capacity_display()} {counted[person.capacity]}"))
    return labelled


def filings_of(case: Case) -> list[tuple[Filing, str]]:
    """Everybody who filed, each with a label that says no name: "Person 2"."""
    rows = case.filings.select_related("grievance").order_by("pk")
    return [(one, _("Person %(number)d who filed") % {"number": place}) for place, one in enumerate(rows, 1)]


def hearings_of(
    case: Case, persons: list[tuple[Person, str]], filings: list[tuple[Filing, str]]
) -> list[tuple[Hearing, str]]:
    """Every hearing with the label of its speaker, given those of `persons_of` and `filings_of`."""
    rows = case.hearings.select_related("respondent__organisation").order_by("planned_on", "pk")
    labels = {("person", one.pk): label for one, label in persons} | {
        ("filing", one.pk): label for one, label in filings
    }
    return [(row, _speaker(row, labels)) for row in rows]


def _speaker(row: Hearing, labels: dict[tuple[str, int], str]) -> str:
    """ "" for a visit to the site, where nobody in particular speaks."""
    if row.respondent is not None:
        return str(row.respondent.organisation)
    return labels.get(("person", row.person_id or 0)) or labels.get(("filing", row.filing_id or 0)) or ""


def hearings_named(case: Case) -> list[tuple[Hearing, str]]:
    """Every hearing by its kind, its speaker and its day."""
    rows = hearings_of(case, persons_of(case), filings_of(case))
    return [
        (row, " · ".join(filter(None, (row.get_kind_display(), speaker, f"{row.planned_on:%Y-%m-%d}"))))
        for row, speaker in rows
    ]


def findings_holding(case: Case) -> list[tuple[Finding, str]]:
    """Findings that hold, each with a label: of what, by which basis, with which result."""
    rows = case.findings.filter(set_aside_at=None).select_related("respondent__organisation").order_by("pk")
    return [(row, f"{row.get_result_display()} · {_about(row)} · {row.at:%Y-%m-%d}") for row in rows]


def findings_unworded(case: Case) -> dict[int, list[str]]:
    """By the id of a finding: the languages of people who filed in which they cannot read it yet."""
    theirs, written = languages_of(case), defaultdict(set)
    texts = FindingText.objects.filter(finding__case=case, audience=FindingText.Audience.COMPLAINANT)
    for finding, language in texts.values_list("finding", "language"):
        written[finding].add(language)
    return {
        finding: missing
        for finding, known in written.items()
        if (missing := [language for language in theirs if language not in known])
    }


def _about(finding: Finding) -> str:
    return str(finding.respondent.organisation) if finding.respondent is not None else _("the whole case")


def attachments_of(case: Case) -> list[tuple[Attachment, str]]:
    """The files of the people who filed, by number: a file's name may say who it was."""
    rows = Attachment.objects.filter(grievance__filing__case=case).order_by("pk")
    return [(row, _("File %(number)d") % {"number": place}) for place, row in enumerate(rows, 1)]


def reviews_open(case: Case) -> list[tuple[Review, str]]:
    rows = Review.objects.filter(finding__case=case, decided_at=None).select_related(
        "respondent__organisation", "finding"
    )
    return [(row, str(row.respondent.organisation)) for row in rows.order_by("pk")]


def referrals_open(case: Case) -> list[tuple[Referral, str]]:
    rows = case.referrals.filter(ended_at=None).order_by("follow_up_on", "pk")
    return [(row, f"{row.get_kind_display()} · {row.follow_up_on:%Y-%m-%d}") for row in rows]


def proceedings_open(case: Case) -> list[tuple[Proceeding, str]]:
    rows = case.proceedings.filter(ended_at=None).order_by("pk")
    return [(row, f"{row.get_forum_display()} · {row.country}") for row in rows]


def languages_of(case: Case) -> list[str]:
    """The languages of the people who filed and did not withdraw."""
    live = Filing.objects.live().filter(case=case)
    return sorted(set(live.values_list("grievance__language", flat=True)))


def evidence_named(case: Case) -> list[tuple[Evidence, str]]:
    """The entries of the evidence log by kind and day; what they say stays sealed."""
    rows = case.evidence.order_by("obtained_on", "pk")
    return [
        (row, f"{row.get_kind_display()} · {row.obtained_on:%Y-%m-%d} · {place}") for place, row in enumerate(rows, 1)
    ]

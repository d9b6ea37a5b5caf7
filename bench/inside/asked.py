"""Make one case whose follow page has all on it that can be asked, read or answered at once; print its receipt."""

import json
import sys
from datetime import date, timedelta

import django
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role  # noqa: E402 - models need Django to be set up
from accounts.roles import Role  # noqa: E402
from cases.codes import Basis, HearingKind, Result, Unsealed, UnsealReason  # noqa: E402
from cases.commands import casework, consent, findings, hearings, safety  # noqa: E402
from cases.commands.intake import take_up  # noqa: E402
from cases.models import Case, Filing, Hearing, Unsealing  # noqa: E402
from cases.states import Stage, Track  # noqa: E402
from grievance.commands.draft import Draft  # noqa: E402
from grievance.commands.filing import file_grievance  # noqa: E402
from grievance.models import Receipt  # noqa: E402
from grievance.receipts import new_nonce, nonce_hash, read_nonce  # noqa: E402
from supplychain.models import Site  # noqa: E402

LETTER = "What you told us is true. We have seen the payslips of January and February, and asked the paymaster. " * 3


def main() -> None:
    at = timezone.now() - timedelta(days=2)
    nonce = new_nonce()
    draft = Draft(
        channel="web", language="en", statement="We were not paid for two months.", place="Gate 4", families=("WG",),
        happened_on=date(2026, 1, 1), site_id=Site.objects.order_by("pk")[0].pk, ongoing=True, urgent=False,
        openness="confidential", name="Fictional Person", safe_way="call", phone="+243990000000", may_tell=None,
    )  # fmt: skip
    receipt = file_grievance(draft=draft, nonce=nonce, at=at).receipt
    while take_up(at=at):
        pass
    grievance = Receipt.objects.get(nonce_hash=nonce_hash(read_nonce(nonce) or b"")).grievance
    officer = create_user(username="asks-everything", password=new_nonce(), by=None, at=at)
    grant_role(user=officer, role=Role.HANDLER, by=None, at=at)
    grant_role(user=officer, role=Role.SURVIVOR, by=None, at=at)
    filing = Filing.objects.select_related("case").get(grievance=grievance)
    # As if it had come there by its gates, which have tests of their own.
    Case.objects.filter(pk=filing.case_id).update(stage=Stage.INVESTIGATION, track=Track.SURVIVOR)
    Filing.objects.filter(pk=filing.pk).update(dialogue_asked_at=at, investigation_agreed_at=at)
    Unsealing.objects.create(
        case=filing.case, filing=filing, what=Unsealed.NAME, reason=UnsealReason.SAFETY, by=officer, at=at, opens_at=at,
        opened_at=at, until_at=at + timedelta(days=1),
    )  # fmt: skip
    ask(Filing.objects.select_related("case__site", "grievance").get(pk=filing.pk))
    json.dump({"receipt": receipt}, sys.stdout)


def ask(filing: Filing) -> None:
    at, case = timezone.now() - timedelta(days=1), filing.case
    officer = case.unsealings.get().by
    consent.ask(case=case, respondents=list(case.respondents.all()), few=True, by=officer, at=at)
    safety.ask(case=case, filing=filing, by=officer, at=at)
    casework.reply(case=case, filing=filing, by=officer, body=LETTER, language="en", read_up_to=0, at=at)
    hearing = plan(filing, "The back door of the union's office", days=0)
    hearings.hold_hearing(hearing=hearing, minutes=LETTER, language="en", by=officer, at=at)
    verdict = findings.Verdict(basis=Basis.INQUIRY, result=Result.SUBSTANTIATED, theirs={"en": LETTER}, office="Seen.")
    findings.find(case=case, verdict=verdict, by=officer, at=at)
    plan(filing, "The clinic beside the market", days=9)


def plan(filing: Filing, place: str, *, days: int) -> Hearing:
    at, case = timezone.now() - timedelta(days=1), filing.case
    on = (at + timedelta(days=days)).date()
    meeting = hearings.Meeting(kind=HearingKind.FACTS, speaker=filing, planned_on=on, place=place, place_agreed=True)
    return hearings.plan_hearing(case=case, meeting=meeting, by=case.unsealings.get().by, at=at)


if __name__ == "__main__":
    main()

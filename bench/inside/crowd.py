"""How many questions a case of two people asks, and one of two thousand: its page, a follow page, a reply to all."""

import json
import sys
from datetime import datetime, timedelta

import django
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

django.setup()

from accounts.commands import create_user, grant_role  # noqa: E402 - models need Django to be set up
from accounts.models import User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from bench.inside.pages import FOLLOW, filed, queries  # noqa: E402
from cases.codes import RemedyType  # noqa: E402
from cases.commands.many import reply_all  # noqa: E402
from cases.commands.remedy.plan import Promised, plan_step  # noqa: E402
from cases.commands.sharing import give, shared_key  # noqa: E402
from cases.management.sheets import Sheet, chunk, renumber  # noqa: E402
from cases.models import Case, Confirmation, Filing, RemedyStep  # noqa: E402
from cases.states import Stage  # noqa: E402
from grievance import vault  # noqa: E402
from grievance.keys import RING, seal_json  # noqa: E402
from grievance.models import Complainant, Consent, DataKey, Grievance, KeyWrap  # noqa: E402
from grievance.receipts import new_nonce  # noqa: E402

FEW, MANY = 2, 2_000
ROUND = 1


def join(case: Case, number: int, at: datetime) -> None:
    """So many more people who filed, each with a key, a consent and a say of every step, past the commands."""
    key, wrap = Sheet(DataKey, "made_at"), Sheet(KeyWrap, "key", "holder", "salt", "body")
    grievance = Sheet(
        Grievance, "key", "channel", "language", "site", "families", "openness", "received_at", "sealed_statement"
    )
    complainant, consent = Sheet(Complainant, "grievance", "safe_way"), Sheet(Consent, "complainant", "given", "at")
    filing = Sheet(Filing, "case", "grievance", "joined_at", "vetted_at", "next_safety_at")
    say = Sheet(Confirmation, "step", "filing", "round", "confirmed", "at")
    shared = {
        "channel": "web", "language": "en", "site": case.site_id, "families": ["EN"], "openness": "anonymous",
        "received_at": at,
    }  # fmt: skip
    steps = list(RemedyStep.objects.filter(plan__case=case).values_list("pk", flat=True))
    for _person in range(number):
        data_key = vault.new_data_key()
        own = key.add(*key.ready(made_at=at))
        wrap.add(own, *wrap.ready(holder="office", salt=b"", body=vault.seal_for_office(RING, data_key)))
        words = seal_json(data_key, {"statement": "Dust from the crusher.", "place": ""}, "statement")
        written = grievance.add(own, *grievance.ready(**shared, sealed_statement=words))
        person = complainant.add(written, *complainant.ready(safe_way="none"))
        consent.add(person, *consent.ready(given=True, at=at))
        joined = filing.ready(joined_at=at, vetted_at=at, next_safety_at=at + timedelta(days=30))
        member = filing.add(case.pk, written, *joined)
        for step in steps:
            say.add(step, member, *say.ready(round=ROUND, confirmed=True, at=at))
    sheets = [key, wrap, grievance, complainant, consent, filing, say]
    with chunk():
        for sheet in sheets:
            sheet.flush()
    renumber([sheet.model for sheet in sheets])
    give(case, Filing.objects.filter(case=case, sealed_shared=None).select_related("grievance"))


def promise(case: Case, officer: User, at: datetime) -> None:
    """Two steps that everybody is asked about; how a case comes there is none of this measurement."""
    owner = case.respondents.order_by("tier", "pk")[0]
    case.respondents.filter(pk=owner.pk).update(
        state="accepted", approved_at=at, approved_by=officer, notified_at=at, people_who_fit=MANY
    )
    Case.objects.filter(pk=case.pk).update(stage=Stage.REMEDY_DELIVERY, handler=officer)
    owner.refresh_from_db()
    due_on = (at + timedelta(days=60)).date()
    for type_ in (RemedyType.COMPENSATION, RemedyType.GUARANTEE):
        words = Promised(type_, owner, due_on, "Wages", "Proof of payment", {"en": "The company pays."})
        plan_step(case=case, promised=words, by=officer, at=at)
    RemedyStep.objects.filter(plan__case=case).update(state="verified", tries=1, first_try_at=at)


def asked_by_reply(case: Case, officer: User, at: datetime) -> int:
    with CaptureQueriesContext(connection) as asked:
        reply_all(case=case, texts={"en": "We come on Monday."}, by=officer, at=at)
    return len(asked)


def main() -> None:
    at = timezone.now()
    officer = create_user(username=f"crowd-{new_nonce()[:8]}", password=new_nonce(), by=None, at=at)
    grant_role(user=officer, role=Role.HANDLER, by=None, at=at)
    person, desk = Client(SERVER_NAME="127.0.0.1"), Client(SERVER_NAME="127.0.0.1")
    desk.force_login(officer)
    found: dict[str, list[int]] = {"crowd_case": [], "crowd_follow": [], "crowd_reply": []}
    with override_settings(DEMO=True):
        case, _following = filed(person, at)
        promise(case, officer, at)
        shared_key(case)
        for people in (FEW, MANY):
            join(case, people - case.filings.count(), at)
            # First, so that both times there is one for the pages to show.
            found["crowd_reply"].append(asked_by_reply(case, officer, at))
            found["crowd_case"].append(queries(desk, f"/office/admin/cases/case/{case.reference}/"))
            found["crowd_follow"].append(queries(person, FOLLOW))
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()

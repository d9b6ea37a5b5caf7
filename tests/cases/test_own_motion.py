"""A case that nobody filed: the same life, without what is owed to a complainant."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import own_motion, respondents
from cases.models import Case, Note
from cases.states import OwnMotion
from tests.cases.conftest import AT

PAGE = "/office/admin/cases/case/open/"
KNOWN = "Zwjknown: the audit of May names locked fire doors"


def own(by: User, chain: dict[str, Any], **changes: Any) -> Case:
    given = {"source": OwnMotion.AUDIT, "site": chain["mine"], "codes": ["OS05"], "known": KNOWN, "by": by, "at": AT}
    return own_motion.open_own(**{**given, **changes})


def test_it_stands_in_screening_routed_and_owes_nobody_an_answer(chain: dict[str, Any], handler: User) -> None:
    case = own(handler, chain)
    assert (case.stage, case.own_motion, case.procedure) == ("screening", "audit", "2026-1")
    assert case.respondents.count() == 5
    assert set(case.clocks.values_list("kind", flat=True)) == {"eligibility"}
    assert KNOWN.encode() not in bytes(Note.objects.get().sealed_body)
    assert not case.filings.exists()


def test_one_in_danger_is_owed_a_safety_plan_and_no_triage(chain: dict[str, Any], handler: User) -> None:
    case = own(handler, chain, urgent=True)
    running = set(case.clocks.filter(stopped_at=None).values_list("kind", flat=True))
    assert running == {"eligibility", "safety_plan"}


def test_its_codes_send_it_to_the_people_of_its_track(
    chain: dict[str, Any], handler: User, person: Callable[..., User]
) -> None:
    case = own(handler, chain, codes=["CL01"])
    assert (case.track, case.severity) == ("child", "high")
    assert not case.exists_for(handler)
    assert case.exists_for(person("nadia", Role.HANDLER, Role.CHILD))


def test_a_company_is_told_where_nobody_could_be_asked_and_never_with_few_people_to_fit(
    chain: dict[str, Any], handler: User
) -> None:
    """Nobody spoke, so nobody's consent is missing; the safety check and the number of people stay."""
    company = own(handler, chain).respondents.get(tier=0)
    with pytest.raises(Refused, match="safety_checked"):
        respondents.approve(respondent=company, by=handler, people_who_fit=40, safety_checked=False, at=AT)
    with pytest.raises(Refused, match="enough_people_fit"):
        respondents.approve(respondent=company, by=handler, people_who_fit=4, safety_checked=True, at=AT)
    respondents.approve(respondent=company, by=handler, people_who_fit=40, safety_checked=True, at=AT)
    company.refresh_from_db()
    assert company.state == "approved"


@pytest.mark.parametrize("role", [Role.INTAKE, Role.LEAD, Role.INVESTIGATOR, Role.CUSTODIAN])
def test_whoever_handles_no_case_opens_none(
    client: Client, chain: dict[str, Any], person: Callable[..., User], role: Role
) -> None:
    user = person("other", role)
    with pytest.raises(Refused, match="not_yours"):
        own(user, chain)
    client.force_login(user)
    assert client.get(PAGE).status_code == 403
    assert not Case.objects.exists()


def test_the_page_opens_a_case_and_loses_nothing_that_was_typed(
    client: Client, chain: dict[str, Any], handler: User
) -> None:
    client.force_login(handler)
    assert PAGE in client.get("/office/admin/cases/case/").content.decode()
    assert 'name="codes"' in client.get(PAGE).content.decode()
    again = client.post(PAGE, {"known": KNOWN, "codes": ["OS05"], "source": "press"}).content.decode()
    assert KNOWN in again
    assert 'value="OS05" checked' in again
    assert not Case.objects.exists()
    done = client.post(PAGE, {"known": KNOWN, "codes": ["OS05"], "source": "press", "site": chain["mine"].pk})
    case = Case.objects.get()
    assert done.headers["Location"] == f"/office/admin/cases/case/{case.reference}/"
    shown = client.get(done.headers["Location"]).content.decode()
    for words in ("Opened of our own motion", "A report in public", "Nobody filed this case"):
        assert words in shown
    for slug in ("acknowledge", "waive", "standing", "reply"):
        assert f'id="act-{slug}"' not in shown

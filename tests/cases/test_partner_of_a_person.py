"""The person and their partner: who helps them, how much that one sees, and the end of it; what the office is told."""

from django.test import Client

from accounts.models import User
from cases.commands import intake
from cases.models import Case
from grievance.codes import ConsentHow
from grievance.commands.partners import Behalf
from grievance.models import FieldPartner, Relay
from tests.factories import AT
from tests.grievance.partners import passed_on

FOLLOW = "/en/follow/"


def come_back(client: Client, receipt: str) -> str:
    """Through the door; gives the token that the forms carry."""
    client.post(FOLLOW, {"receipt": receipt})
    text = client.get(FOLLOW).content.decode()
    return text.partition('name="csrf" value="')[2].partition('"')[0]


def test_a_person_sees_who_helps_them_says_how_much_and_ends_it(
    client: Client, union: FieldPartner, neema: User
) -> None:
    made = passed_on(union, neema)
    intake.take_up(at=AT)
    csrf = come_back(client, made.filed.receipt)
    assert union.name in client.get(FOLLOW).content.decode()
    client.post(FOLLOW, {"csrf": csrf, "act": "partner", "may_see": "nothing"})
    assert Relay.objects.get().may_see == "nothing"
    assert "Please choose one of these." in client.post(
        FOLLOW, {"csrf": csrf, "act": "partner", "may_see": "all"}
    ).content.decode()  # fmt: skip
    client.post(FOLLOW, {"csrf": csrf, "act": "partner", "may_see": "end"})
    assert not Relay.objects.followed_by(union).exists()
    assert union.name not in client.get(FOLLOW).content.decode()


def test_a_page_with_a_partner_is_still_light(client: Client, union: FieldPartner, neema: User) -> None:
    made = passed_on(union, neema)
    intake.take_up(at=AT)
    come_back(client, made.filed.receipt)
    assert len(client.get(FOLLOW).content) < 14_000


def test_a_partners_own_report_helps_nobody_on_its_page(client: Client, union: FieldPartner, neema: User) -> None:
    made = passed_on(union, neema, behalf=Behalf(ConsentHow.NONE))
    come_back(client, made.filed.receipt)
    assert "Who helps you" not in client.get(FOLLOW).content.decode()


def test_the_office_reads_who_passed_it_on_and_how_they_agreed(
    client: Client, union: FieldPartner, neema: User, officer: User
) -> None:
    passed_on(union, neema)
    intake.take_up(at=AT)
    client.force_login(officer)
    case = Case.objects.get()
    page = client.get(f"/office/admin/cases/case/{case.reference}/", REMOTE_ADDR="127.0.0.1").content.decode()
    assert f"Passed on by <bdi>{union.name}</bdi>" in page
    assert "They said so" in page

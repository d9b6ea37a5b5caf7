"""The office's pages of field partners and drills: kept by leads, read by whoever may, and no code shown twice."""

import io
from typing import Any

import pikepdf
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cases.commands import intake
from cases.models import Filing
from grievance.commands.partners import drills, keeping, pairing
from grievance.models import Drill, FieldPartner, KeyWrap, PartnerCard, PartnerNumber, PartnerPerson, Practice
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.grievance.partners import WORDS, at_work, passed_on
from tests.grievance.test_partners import a_writer

OFFICE = "/office/admin/grievance/"
PAGES = ("fieldpartner", "partnerperson", "partnercard", "partnernumber")


def entered(user: User) -> Client:
    client = Client(REMOTE_ADDR="127.0.0.1")
    client.force_login(user)
    return client


def test_leads_keep_partners_oversight_reads_them_and_nobody_else_finds_them(
    union: FieldPartner, lead: User, oversight: User, officer: User
) -> None:
    person = at_work(union, lead, "neema")
    keeping.make_card(partner=union, label="Kolwezi 1", by=lead, at=AT)
    for name in PAGES:
        for somebody, shown in ((lead, 200), (oversight, 200), (officer, 403), (person, 302)):
            answer = entered(somebody).get(f"{OFFICE}{name}/")
            assert answer.status_code in {shown, 403}, (name, somebody)
        assert entered(oversight).get(f"{OFFICE}{name}/add/").status_code == 403
    assert "Union of Kolwezi" in entered(lead).get(f"{OFFICE}fieldpartner/{union.pk}/change/").content.decode()


def test_a_lead_adds_a_partner_its_person_and_a_card_that_is_shown_once(lead: User) -> None:
    client = entered(lead)
    given: dict[str, Any] = {"name": "Clinic (fictional)", "kind": "clinic", "countries": "cd, zm", "languages": ["sw"]}
    client.post(f"{OFFICE}fieldpartner/add/", given)
    clinic = FieldPartner.objects.get()
    assert (clinic.countries, clinic.languages, clinic.added_by) == (["CD", "ZM"], ["sw"], lead)
    user = UserFactory.create(username="neema", roles=[Role.PARTNER])
    client.post(f"{OFFICE}partnerperson/add/", {"partner": clinic.pk, "user": user.pk})
    assert PartnerPerson.objects.get().user == user
    paper = client.post(f"{OFFICE}partnercard/add/", {"partner": clinic.pk, "label": "Lake 1", "language": "ar"})
    assert paper["Content-Type"] == "application/pdf"
    with pikepdf.open(io.BytesIO(paper.content)) as card:
        assert len(card.pages) == 1
        assert set(card.docinfo) <= {"/Creator", "/CreationDate", "/ModDate"}
    assert PartnerCard.objects.get().codes.count() == keeping.CODES_A_CARD
    assert (
        "no code of a country"
        in client.post(f"{OFFICE}fieldpartner/add/", given | {"countries": "XQ"}).content.decode()
    )
    tables = {f"{name}-{form}_FORMS": 0 for name in ("people", "cards", "numbers") for form in ("TOTAL", "INITIAL")}
    renamed = given | {"name": "Clinic by the lake (fictional)"} | tables
    client.post(f"{OFFICE}fieldpartner/{clinic.pk}/change/", renamed)
    clinic.refresh_from_db()
    assert (clinic.name, clinic.history.count()) == ("Clinic by the lake (fictional)", 2)


def test_a_message_of_a_drill_is_read_before_it_is_discarded(union: FieldPartner, lead: User, officer: User) -> None:
    neema = at_work(union, lead, "neema")
    drills.start_drill(partner=union, by=neema, at=AT)
    passed_on(union, neema)
    practice, client = Practice.objects.get(), entered(officer)
    address = f"{OFFICE}practice/{practice.pk}/change/"
    assert "Messages of drills to read" in client.get("/office/admin/").content.decode()
    assert "Messages of drills to read" not in entered(lead).get("/office/admin/").content.decode()
    assert "Union of Kolwezi" in client.get(f"{OFFICE}practice/?read_at__isempty=1").content.decode()
    shown = client.get(address).content.decode()
    assert WORDS not in shown
    assert "Discard it" not in shown
    refused = client.post(address, {"do": "discard", "because": "practice"}, follow=True)
    assert "open and read what was written first" in refused.content.decode()
    opened = client.post(address, {"do": "open"}).content.decode()
    assert WORDS in opened
    client.post(address, {"do": "discard", "because": "practice"})
    practice.refresh_from_db()
    assert (practice.read_by, practice.discarded_because) == (officer, "practice")
    assert not KeyWrap.objects.filter(key=practice.grievance.key_id).exists()
    assert client.get(address).status_code == 200


def paired(partner: FieldPartner, lead: User) -> PartnerNumber:
    """A phone that the partner registered with a code of its card."""
    code = keeping.make_card(partner=partner, label="Kolwezi 1", by=lead, at=AT)[1][0]
    number = pairing.heed_code(a_writer(lead), f"P {code}", AT)
    assert isinstance(number, PartnerNumber)
    return number


def pressed(client: Client, page: str, row: int, action: str) -> str:
    given = {"action": action, "_selected_action": row}
    return str(client.post(f"{OFFICE}{page}/", given, follow=True).content.decode())


def test_a_lead_starts_and_ends_a_drill_of_a_partner_of_somebody_or_of_a_phone(
    union: FieldPartner, lead: User, oversight: User
) -> None:
    number = paired(union, lead)
    neema = at_work(union, lead, "neema")
    client = entered(lead)
    for page, row in (
        ("fieldpartner", union.pk),
        ("partnerperson", PartnerPerson.objects.get().pk),
        ("partnernumber", number.pk),
    ):
        assert "ends by itself after 4 hours" in pressed(client, page, row, "start_drill")
        assert pressed(client, page, row, "start_drill")  # pressed twice it is one
    rows = Drill.objects.order_by("pk")
    assert list(rows.values_list("person__user", "number", "started_by")) == [
        (None, None, lead.pk), (neema.pk, None, lead.pk), (None, number.pk, lead.pk)
    ]  # fmt: skip
    passed_on(union, neema, at=timezone.now())
    shown = client.get(f"{OFFICE}drill/").content.decode()
    assert "Union of Kolwezi" in shown
    assert WORDS not in shown
    of_person: Any = Drill.objects.with_messages().get(person__isnull=False)
    assert of_person.waiting == 1
    for drill in rows:
        pressed(entered(oversight), "drill", drill.pk, "end_chosen")
        drill.refresh_from_db()
        assert drill.ends_at > timezone.now()
        pressed(client, "drill", drill.pk, "end_chosen")
        drill.refresh_from_db()
        assert drill.ends_at <= timezone.now()


def test_a_drill_of_a_phone_that_is_registered_no_more_is_refused(union: FieldPartner, lead: User) -> None:
    number = paired(union, lead)
    keeping.end_number(number=number, by=lead, at=AT)
    assert "does not belong to this field partner" in pressed(entered(lead), "partnernumber", number.pk, "start_drill")
    assert not Drill.objects.exists()


def test_drills_are_listed_for_those_who_keep_partners_alone(
    union: FieldPartner, lead: User, oversight: User, officer: User, handler: User
) -> None:
    person = at_work(union, lead, "neema")
    for somebody, shown in ((lead, 200), (oversight, 200), (officer, 403), (handler, 403), (person, 302)):
        assert entered(somebody).get(f"{OFFICE}drill/").status_code in {shown, 403}, somebody
    pressed(entered(oversight), "fieldpartner", union.pk, "start_drill")
    assert not Drill.objects.exists()


def test_what_turns_out_real_is_taken_up_with_its_words_and_the_drill_says_so(
    union: FieldPartner, lead: User, officer: User
) -> None:
    neema = at_work(union, lead, "neema")
    drills.start_drill(partner=union, by=lead, at=AT)
    passed_on(union, neema)
    practice, client = Practice.objects.get(), entered(officer)
    address = f"{OFFICE}practice/{practice.pk}/change/"
    client.post(address, {"do": "open"})
    client.post(address, {"do": "real"})
    assert intake.take_up(at=timezone.now()) == 1
    assert Filing.objects.get().grievance == practice.grievance
    assert KeyWrap.objects.filter(key=practice.grievance.key_id).exists()
    counted: Any = Drill.objects.with_messages().get()
    assert (counted.waiting, counted.discarded, counted.taken) == (0, 0, 1)


def test_a_drill_is_nothing_for_whoever_may_not_read_it(union: FieldPartner, lead: User, handler: User) -> None:
    neema = at_work(union, lead, "neema")
    drills.start_drill(partner=union, by=neema, at=AT)
    passed_on(union, neema)
    tied = UserFactory.create(username="tied", roles=[Role.INTAKE])
    EmploymentFactory.create(user=tied)
    address = f"{OFFICE}practice/{Practice.objects.get().pk}/change/"
    for somebody in (handler, tied, lead):
        assert entered(somebody).get(address).status_code in {403, 404}
        assert entered(somebody).post(address, {"do": "open"}).status_code in {403, 404}

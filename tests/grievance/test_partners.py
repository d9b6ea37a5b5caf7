"""Field partners: kept by leads, filing for others with their consent, pairing numbers by codes, and drills."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import Refused
from accounts.models import User
from accounts.roles import Role
from cases.commands import intake
from cases.models import Case, Clock
from grievance import receipts, vault
from grievance.codes import ConsentHow, MaySee, UnpairedBecause
from grievance.commands.conversation import write
from grievance.commands.following import Following, open_session, resume
from grievance.commands.partners import Behalf, drills, dropping, file_for, file_many, keeping, pairing
from grievance.commands.reading import open_words
from grievance.keys import RING, nonce_for
from grievance.keywords import folded
from grievance.models import (
    Arrival,
    Batch,
    Complainant,
    FieldPartner,
    Gateway,
    Grievance,
    KeyWrap,
    PartnerCode,
    PartnerNumber,
    Practice,
    Receipt,
    Relay,
    Writer,
)
from tests.factories import AT, EmploymentFactory, UserFactory
from tests.grievance.partners import AGREED, WORDS, a_draft, a_list, a_partner, at_work, passed_on


def following(receipt: str) -> Following:
    return resume(session_key=open_session(receipt=receipt, at=AT), at=AT)


# -- Kept by programme leads


def test_only_leads_keep_partners(union: FieldPartner, handler: User, neema: User, lead: User) -> None:
    for somebody in (handler, neema):
        with pytest.raises(Refused, match="not_yours"):
            a_partner(somebody)
        with pytest.raises(Refused, match="not_yours"):
            keeping.make_card(partner=union, label="1", by=somebody, at=AT)
        with pytest.raises(Refused, match="not_yours"):
            keeping.add_person(partner=union, user=neema, by=somebody, at=AT)
        with pytest.raises(Refused, match="not_yours"):
            keeping.end_partner(partner=union, by=somebody, at=AT)
    assert not FieldPartner.objects.visible_to(handler).exists()
    assert list(FieldPartner.objects.visible_to(lead)) == [union]


def test_a_person_works_for_one_partner_at_a_time_and_needs_the_role(
    union: FieldPartner, clinic: FieldPartner, neema: User, outsider: User, lead: User
) -> None:
    with pytest.raises(Refused, match="other_partner"):
        keeping.add_person(partner=clinic, user=neema, by=lead, at=AT)
    with pytest.raises(Refused, match="no_partner_role"):
        keeping.add_person(partner=union, user=outsider, by=lead, at=AT)


def test_what_ends_with_a_partner(union: FieldPartner, neema: User, lead: User) -> None:
    _card, codes = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    keeping.end_partner(partner=union, by=lead, at=AT)
    with pytest.raises(Refused, match="not_yours"):
        passed_on(union, neema)
    assert pairing.heed_code(a_writer(lead), f"P {codes[0]}", AT) is False
    assert FieldPartner.objects.of(neema).first() is None


# -- Filing for somebody


def test_a_person_gets_a_number_of_their_own_and_the_partner_one_that_opens_nothing(
    union: FieldPartner, neema: User
) -> None:
    made = passed_on(union, neema)
    relay = Relay.objects.get()
    assert (relay.partner, relay.by, relay.consent_how, relay.call_back_safe) == (union, neema, "spoken", True)
    assert relay.grievance.channel == Grievance.Channel.PARTNER
    assert following(made.filed.receipt).grievance == relay.grievance
    assert made.reference == relay.reference
    assert made.reference.replace("-", "") not in made.filed.receipt
    assert Arrival.objects.get().grievance == relay.grievance


def test_the_same_form_again_files_nobody_twice(union: FieldPartner, neema: User) -> None:
    nonce = receipts.new_nonce()
    first, again = (
        file_for(partner=union, by=neema, draft=a_draft(), behalf=AGREED, nonce=nonce, at=AT) for _time in range(2)
    )
    assert (first.filed.receipt, first.reference) == (again.filed.receipt, again.reference)
    assert not first.filed.again
    assert again.filed.again
    assert (Relay.objects.count(), Grievance.objects.count(), Arrival.objects.count()) == (1, 1, 1)


def test_only_people_of_the_partner_file_for_it(
    union: FieldPartner, clinic: FieldPartner, neema: User, partner: User, lead: User
) -> None:
    for somebody, for_whom in ((neema, clinic), (partner, union), (lead, union)):
        with pytest.raises(Refused, match="not_yours"):
            passed_on(for_whom, somebody)
    assert not Grievance.objects.exists()


def test_a_form_of_somebody_else_is_not_given_away_by_its_nonce(
    union: FieldPartner, clinic: FieldPartner, neema: User, lead: User
) -> None:
    other, nonce = at_work(clinic, lead, "juma"), receipts.new_nonce()
    file_for(partner=union, by=neema, draft=a_draft(), behalf=AGREED, nonce=nonce, at=AT)
    with pytest.raises(Refused, match="other_form"):
        file_for(partner=clinic, by=other, draft=a_draft(), behalf=AGREED, nonce=nonce, at=AT)
    assert Relay.objects.get().partner == union


def test_without_consent_it_is_the_partners_own_report_and_says_nothing_of_who_somebody_is(
    union: FieldPartner, neema: User
) -> None:
    told = a_draft(openness="open", name="Neema", phone="+243810000009", safe_way="sms", consents={"operator": True})
    made = file_for(
        partner=union, by=neema, draft=told, behalf=Behalf(ConsentHow.NONE), nonce=receipts.new_nonce(), at=AT
    )
    relay = Relay.objects.get(reference=made.reference)
    assert relay.own_report
    assert relay.authority == "own"
    person = relay.grievance.complainant
    assert (person.sealed_name, person.sealed_contact, person.safe_way) == (None, None, "none")
    assert not person.consents.exists()
    assert relay.grievance.openness == "anonymous"


@pytest.mark.parametrize(("safe", "way"), [(True, "sms"), (False, "none"), (None, "none")])
def test_nobody_is_called_back_where_that_is_not_known_to_be_safe(
    union: FieldPartner, neema: User, safe: bool | None, way: str
) -> None:
    told = a_draft(openness="open", name="Neema", phone="+243810000009", safe_way="sms")
    behalf = replace(AGREED, call_back_safe=safe)
    file_for(partner=union, by=neema, draft=told, behalf=behalf, nonce=receipts.new_nonce(), at=AT)
    assert Complainant.objects.get().safe_way == way


@pytest.mark.parametrize("wrong", [{"consent_how": "maybe"}, {"authority": "king"}, {"may_see": "everything"}])
def test_a_code_that_is_none_is_refused_before_anything_is_kept(
    union: FieldPartner, neema: User, wrong: dict[str, str]
) -> None:
    with pytest.raises(Refused, match="unknown_code"):
        passed_on(union, neema, behalf=replace(AGREED, **wrong))  # type: ignore[arg-type]
    assert not Grievance.objects.exists()


# -- A list of people


def test_a_list_sent_again_gives_each_the_number_that_they_had(union: FieldPartner, neema: User) -> None:
    rows, nonce = a_list(*(f"{WORDS} {number}" for number in range(12))), receipts.new_nonce()
    broken = file_many(partner=union, by=neema, rows=rows, nonce=nonce, at=AT)
    before = [next(broken) for _row in range(5)]  # then the line breaks
    assert Relay.objects.count() == 5
    all_of_them = list(file_many(partner=union, by=neema, rows=rows, nonce=nonce, at=AT))
    assert [one.filed.receipt for one in all_of_them[:5]] == [one.filed.receipt for one in before]
    assert [one.filed.again for one in all_of_them] == [True] * 5 + [False] * 7
    assert len({one.filed.receipt for one in all_of_them}) == 12
    assert (Relay.objects.count(), Arrival.objects.count(), Batch.objects.get().rows) == (12, 12, 12)
    assert list(Relay.objects.order_by("row").values_list("row", flat=True)) == list(range(1, 13))


def test_another_list_under_the_same_page_is_refused(union: FieldPartner, neema: User) -> None:
    nonce = receipts.new_nonce()
    list(file_many(partner=union, by=neema, rows=a_list("a"), nonce=nonce, at=AT))
    with pytest.raises(Refused, match="other_list"):
        file_many(partner=union, by=neema, rows=a_list("a", "b"), nonce=nonce, at=AT)


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.binary(min_size=32, max_size=32))
def test_each_row_has_a_nonce_of_its_own(first: int, second: int, nonce: bytes) -> None:
    assert receipts.read_nonce(receipts.row_nonce(nonce, first)) is not None
    assert (receipts.row_nonce(nonce, first) == receipts.row_nonce(nonce, second)) == (first == second)


def test_a_named_form_is_the_same_form_and_nobody_else_can_name_it() -> None:
    assert nonce_for("union", "key 1") == nonce_for("union", "key 1")
    assert len({nonce_for("union", "key 1"), nonce_for("union", "key 2"), nonce_for("clinic", "key 1")}) == 3
    assert nonce_for("a\0b") != nonce_for("a", "c")
    assert receipts.read_nonce(nonce_for("union", "key 1")) is not None


# -- The person decides


def test_what_a_partner_follows_is_its_own_verified_and_not_ended(
    union: FieldPartner, clinic: FieldPartner, neema: User, lead: User
) -> None:
    other = at_work(clinic, lead, "juma")
    ours, theirs = passed_on(union, neema), passed_on(clinic, other)
    assert [one.reference for one in Relay.objects.followed_by(union)] == [ours.reference]
    assert [one.reference for one in Relay.objects.followed_by(clinic)] == [theirs.reference]
    dropping.drop_partner(following=following(ours.filed.receipt), at=AT)
    assert not Relay.objects.followed_by(union).exists()
    assert Relay.objects.followed_by(clinic).count() == 1


def test_a_person_says_how_much_their_partner_may_see(union: FieldPartner, neema: User) -> None:
    made = passed_on(union, neema)
    page = following(made.filed.receipt)
    dropping.let_partner_see(following=page, may_see=MaySee.ANSWERS, at=AT)
    assert Relay.objects.get().shows_answers
    dropping.let_partner_see(following=page, may_see=MaySee.NOTHING, at=AT)
    assert not Relay.objects.get().shows_stage
    with pytest.raises(Refused, match="unknown_code"):
        dropping.let_partner_see(following=page, may_see="all", at=AT)


# -- Cards, codes and numbers


def a_writer(lead: User, number: str = "+243810000001") -> Writer:
    gateway, _new = Gateway.objects.get_or_create(
        slug="g", defaults={"name": "g", "kind": "android", "sealed_secret": b"", "added_by": lead, "added_at": AT}
    )
    mark = vault.phone_digest(RING, number)
    sealed = vault.seal_contact(RING, number.encode())
    return Writer.objects.create(mark=mark, sealed_number=sealed, gateway=gateway, first_at=AT)


def test_codes_are_shown_once_and_stored_stretched(union: FieldPartner, lead: User) -> None:
    card, codes = keeping.make_card(partner=union, label="Kolwezi 1", by=lead, at=AT)
    assert len(codes) == len(set(codes)) == keeping.CODES_A_CARD
    stored = b"".join(bytes(one.lookup) for one in PartnerCode.objects.filter(card=card))
    assert not any(code.encode() in stored for code in codes)
    assert all(receipts.read_card_code(code) == code for code in codes)


@pytest.mark.parametrize("typed", ["P {}", "p{}", "P-{}", "P: {}", "  p, {} "])
def test_a_code_pairs_a_number_once(union: FieldPartner, lead: User, typed: str) -> None:
    _card, (code, *_more) = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    spaced = f"{code[:4]} {code[4:8]} {code[8:]}"
    writer, second = a_writer(lead), a_writer(lead, "+243810000002")
    paired = pairing.heed_code(writer, typed.format(spaced), AT)
    assert isinstance(paired, PartnerNumber)
    assert pairing.partner_of(writer) == paired
    assert pairing.heed_code(second, f"P {code}", AT) is False
    assert pairing.partner_of(second) is None
    assert pairing.partner_of(writer) == paired


def test_digits_of_any_script_are_a_code(union: FieldPartner, lead: User) -> None:
    _card, (code, *_more) = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    assert isinstance(pairing.heed_code(a_writer(lead), f"P {arabic}", AT), PartnerNumber)


def test_a_wrong_code_unpairs_the_number_and_does_nothing_else(union: FieldPartner, neema: User, lead: User) -> None:
    _card, codes = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    writer, other = a_writer(lead), a_writer(lead, "+243810000002")
    pairing.heed_code(writer, f"P {codes[0]}", AT)
    pairing.heed_code(other, f"P {codes[1]}", AT)
    passed_on(union, neema)
    assert pairing.heed_code(writer, "P 1234 5678 9012", AT) is False
    ended = PartnerNumber.objects.get(writer=writer)
    assert (ended.ended_at, ended.ended_because) == (AT, UnpairedBecause.WRONG_CODE)
    assert pairing.partner_of(writer) is None
    assert pairing.once_partner_of(writer) == ended
    assert pairing.partner_of(other) is not None
    assert Relay.objects.followed_by(union).count() == 1
    assert PartnerCode.objects.filter(used_at=None).count() == keeping.CODES_A_CARD - 2
    # And another code of the card pairs it again.
    assert isinstance(pairing.heed_code(writer, f"P {codes[2]}", AT), PartnerNumber)
    assert pairing.once_partner_of(writer) is None


@pytest.mark.parametrize(
    "words", ["", "P", "p25 Sarita", "Polisi walikuja", "P 12", "1234 5678 9012", "P 1 na watu 30"]
)
def test_other_texts_are_no_codes(words: str) -> None:
    assert pairing.reads_as_code(words) is None


@given(st.text(max_size=60))
def test_any_text_is_a_whole_code_or_none(words: str) -> None:
    read = receipts.read_card_code(words)
    assert read is None or receipts.read_card_code(read) == read
    heard = pairing.reads_as_code(words)
    assert heard is None or heard in folded(words)


def test_a_lost_phone_is_ended_by_the_partner_or_the_office_alone(
    union: FieldPartner, clinic: FieldPartner, neema: User, lead: User
) -> None:
    _card, codes = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    number = pairing.heed_code(a_writer(lead), f"P {codes[0]}", AT)
    assert isinstance(number, PartnerNumber)
    with pytest.raises(Refused, match="not_yours"):
        keeping.end_number(number=number, by=at_work(clinic, lead, "juma"), at=AT)
    keeping.end_number(number=number, by=neema, at=AT)
    assert PartnerNumber.objects.get().ended_because == UnpairedBecause.PARTNER


def test_a_lost_card_pairs_nothing_more(union: FieldPartner, lead: User) -> None:
    card, codes = keeping.make_card(partner=union, label="1", by=lead, at=AT)
    keeping.end_card(card=card, by=lead, at=AT)
    assert pairing.heed_code(a_writer(lead), f"P {codes[0]}", AT) is False


# -- Drills


def test_a_drill_marks_each_message_and_starts_neither_a_case_nor_a_clock(
    union: FieldPartner, clinic: FieldPartner, neema: User, lead: User
) -> None:
    drills.start_drill(partner=union, by=neema, at=AT)
    made = passed_on(union, neema)
    real = passed_on(clinic, at_work(clinic, lead, "juma"))
    assert (made.drill, real.drill) == (True, False)
    intake.take_up(at=AT)
    assert Practice.objects.get().grievance.relay.reference == made.reference
    assert Case.objects.get().filings.get().grievance.relay.reference == real.reference
    assert not Clock.objects.exclude(case=Case.objects.get()).exists()


def test_a_drill_ends_by_itself_after_four_hours(union: FieldPartner, neema: User) -> None:
    drills.start_drill(partner=union, by=neema, at=AT)
    for later, practice in ((timedelta(hours=3, minutes=59), True), (timedelta(hours=4), False)):
        made = file_for(
            partner=union, by=neema, draft=a_draft(), behalf=AGREED, nonce=receipts.new_nonce(), at=AT + later
        )
        assert made.drill is practice


def test_a_drill_cannot_be_made_longer_and_can_be_ended(union: FieldPartner, neema: User) -> None:
    drill = drills.start_drill(partner=union, by=neema, at=AT)
    again = drills.start_drill(partner=union, by=neema, at=AT + timedelta(hours=3))
    assert (again.pk, again.ends_at) == (drill.pk, drill.ends_at)
    drills.end_drill(drill=drill, by=neema, at=AT + timedelta(hours=1))
    made = file_for(
        partner=union, by=neema, draft=a_draft(), behalf=AGREED, nonce=receipts.new_nonce(), at=AT + timedelta(hours=1)
    )
    assert not made.drill


def test_a_drill_of_one_person_leaves_the_others_alone(union: FieldPartner, neema: User, lead: User) -> None:
    zawadi = at_work(union, lead, "zawadi")
    person = union.people.get(user=zawadi)
    drills.start_drill(partner=union, person=person, by=lead, at=AT)
    assert passed_on(union, zawadi).drill
    assert not passed_on(union, neema).drill


def test_nobody_else_drills_for_a_partner(clinic: FieldPartner, neema: User, handler: User) -> None:
    for somebody in (neema, handler):
        with pytest.raises(Refused, match="not_yours"):
            drills.start_drill(partner=clinic, by=somebody, at=AT)


def practised(union: FieldPartner, neema: User) -> Practice:
    drills.start_drill(partner=union, by=neema, at=AT)
    passed_on(union, neema)
    return Practice.objects.get()


def test_a_human_reads_each_before_it_is_discarded(union: FieldPartner, neema: User, officer: User) -> None:
    practice = practised(union, neema)
    with pytest.raises(Refused, match="not_read"):
        drills.discard(practice=practice, because="practice", by=officer, at=AT)
    open_words(grievance=practice.grievance, by=officer, at=AT)
    with pytest.raises(Refused, match="reason_missing"):
        drills.discard(practice=practice, because="", by=officer, at=AT)
    drills.discard(practice=practice, because="practice", by=officer, at=AT)
    assert not KeyWrap.objects.filter(key=practice.grievance.key_id).exists()
    with pytest.raises(Refused, match="decided_already"):
        drills.take_for_real(practice=practice, by=officer, at=AT)
    assert not Arrival.objects.exists()


def test_a_real_emergency_in_a_drill_is_taken_up_with_what_was_said_later_and_its_clocks_run_from_receipt(
    union: FieldPartner, neema: User, officer: User
) -> None:
    drills.start_drill(partner=union, by=neema, at=AT)
    made = file_for(
        partner=union, by=neema, draft=a_draft(urgent=True), behalf=AGREED, nonce=receipts.new_nonce(), at=AT
    )
    practice = Practice.objects.get()
    write(following=following(made.filed.receipt), body="Sio zoezi!", language="sw", at=AT + timedelta(minutes=5))
    assert not Arrival.objects.exists()
    later = AT + timedelta(hours=2)
    open_words(grievance=practice.grievance, by=officer, at=later)
    drills.take_for_real(practice=practice, by=officer, at=later)
    assert intake.take_up(at=later) == 2
    case = Case.objects.get()
    assert (case.opened_at, case.urgent_since) == (AT, AT)
    assert Clock.objects.filter(case=case, kind="urgent_triage").get().started_at == AT
    assert case.unread_since == AT + timedelta(minutes=5)


def test_only_intake_without_an_employer_in_the_industry_reads_a_drill(
    union: FieldPartner, neema: User, handler: User
) -> None:
    practice = practised(union, neema)
    tied = UserFactory.create(username="tied", roles=[Role.INTAKE])
    EmploymentFactory.create(user=tied)
    for somebody in (neema, handler, tied):
        assert not Practice.objects.visible_to(somebody).exists()
        with pytest.raises(Refused, match="not_yours"):
            drills.discard(practice=practice, because="practice", by=somebody, at=AT)


def test_no_receipt_of_somebody_is_stored(union: FieldPartner, neema: User) -> None:
    made = passed_on(union, neema)
    row = Receipt.objects.get()
    assert made.filed.receipt.encode() not in bytes(row.lookup) + bytes(row.nonce_hash)

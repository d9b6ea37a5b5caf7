"""Consent per recipient: asked once, answered in versions, taken back at any time."""

from datetime import date, datetime, timedelta

import pytest

from accounts.models import User
from grievance import receipts
from grievance.commands import consent
from grievance.commands.draft import Draft
from grievance.commands.filing import file_grievance
from grievance.commands.following import Following, open_session, resume
from grievance.models import Complainant, Consent, ConsentQuestion
from supplychain.models import Organisation
from tests.factories import AT, OrganisationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def following() -> Following:
    """Somebody who wants to be asked before any company is told."""
    words = Draft(
        channel="web", language="sw", statement="Hatujalipwa", place="", site_id=None, families=("WG",),
        happened_on=date(2026, 2, 20), ongoing=False, urgent=False, openness="anonymous", may_tell=False,
    )  # fmt: skip
    filed = file_grievance(draft=words, nonce=receipts.new_nonce(), at=AT)
    return resume(session_key=open_session(receipt=filed.receipt, at=AT), at=AT)


def later(hours: int) -> datetime:
    return AT + timedelta(hours=hours)


def holds(company: Organisation) -> bool | None:
    """The newest word about a company; None for none."""
    said = Consent.newest(list(Complainant.objects.values_list("pk", flat=True)), company.pk, kind="operator")
    return next((one.given for one in said.values()), None)


def test_behaviour_12_the_newest_word_about_each_company_holds(following: Following) -> None:
    mine, refiner = OrganisationFactory.create_batch(2)
    consent.answer(following=following, organisation=None, given=True, at=later(1))
    consent.answer(following=following, organisation=mine, given=False, at=later(2))
    assert (holds(mine), holds(refiner)) == (False, True)
    consent.answer(following=following, organisation=mine, given=True, informed=True, at=later(3))
    assert (holds(mine), holds(refiner)) == (True, True)
    consent.revoke(following=following, at=later(4))
    assert (holds(mine), holds(refiner)) == (False, False)
    assert list(Consent.objects.order_by("pk").values_list("version", flat=True)) == [1, 2, 3, 4]


def test_an_answer_pressed_twice_is_one_version(following: Following) -> None:
    mine = OrganisationFactory.create()
    for minutes in (0, 1):
        at = AT + timedelta(minutes=minutes)
        consent.answer(following=following, organisation=mine, given=True, at=at)
    assert Consent.objects.count() == 1
    consent.answer(following=following, organisation=mine, given=True, informed=True, at=later(1))
    assert Consent.objects.count() == 2


def test_nobody_is_asked_again_what_waits_or_what_they_agreed_to(following: Following, officer: User) -> None:
    person = Complainant.objects.get().pk
    mine, refiner = OrganisationFactory.create_batch(2)

    def ask(at: datetime, *, few: bool = False) -> set[int]:
        new = consent.ask(
            complainants=[person], organisations={mine.pk: "operator", refiner.pk: "buyers"}, few=few, by=officer, at=at
        )
        return {question.organisation_id for question in new}

    assert ask(later(1)) == {mine.pk, refiner.pk}
    assert ask(later(2)) == set()
    consent.answer(following=following, organisation=mine, given=True, at=later(3))
    consent.answer(following=following, organisation=refiner, given=False, at=later(3))
    assert ask(later(4)) == {refiner.pk}
    # That few people fit the facts is news to both.
    assert ask(later(5), few=True) == {mine.pk, refiner.pk}
    consent.answer(following=following, organisation=mine, given=True, informed=True, at=later(6))
    assert ask(later(7), few=True) == set()
    assert ConsentQuestion.objects.filter(few=True).count() == 2


def test_the_same_answer_to_a_new_question_is_a_new_version(following: Following, officer: User) -> None:
    person, mine = Complainant.objects.get().pk, OrganisationFactory.create()
    consent.answer(following=following, organisation=mine, given=False, at=later(1))
    consent.ask(complainants=[person], organisations={mine.pk: "operator"}, few=False, by=officer, at=later(2))
    assert consent.answer(following=following, organisation=mine, given=False, at=later(3)).version == 2


def test_behaviour_12_to_be_known_is_a_consent_of_its_own_and_ends_with_the_other(following: Following) -> None:
    people, mine = [Complainant.objects.get().pk], OrganisationFactory.create()
    consent.answer(following=following, organisation=mine, given=True, at=later(1))
    assert not Consent.newest(people, mine.pk, kind="operator", identity=True)
    consent.answer(following=following, organisation=mine, given=True, identity=True, at=later(2))
    assert holds(mine) is True
    assert Consent.newest(people, mine.pk, kind="operator", identity=True)[people[0]].given
    consent.revoke(following=following, at=later(3))
    assert holds(mine) is False
    assert not Consent.newest(people, mine.pk, kind="operator", identity=True)[people[0]].given


def test_an_answer_for_a_kind_counts_for_the_companies_of_that_kind_until_a_newer_one() -> None:
    mine, buyer, maker = (
        Organisation.objects.create(name=f"{kind} (fictional)", kind=kind, country="CD")
        for kind in ("operator", "refiner", "automaker")
    )
    words = Draft(
        channel="web", language="sw", statement="Hatujalipwa", place="", site_id=None, families=(),
        happened_on=None, ongoing=False, urgent=False, openness="anonymous",
        consents={"operator": True, "automakers": False, "helpers": True},
    )  # fmt: skip
    filed = file_grievance(draft=words, nonce=receipts.new_nonce(), at=AT)
    person = Complainant.objects.get().pk
    kinds = {mine.pk: "operator", buyer.pk: "buyers", maker.pk: "automakers"}

    def given() -> list[bool | None]:
        said = Consent.last_words([person], kinds)
        return [said[one][person].given if person in said[one] else None for one in kinds]

    assert given() == [True, None, False]
    page = resume(session_key=open_session(receipt=filed.receipt, at=later(1)), at=later(1))
    consent.answer(following=page, organisation=None, given=True, kind="buyers", at=later(1))
    consent.answer(following=page, organisation=mine, given=False, at=later(2))
    assert given() == [False, True, False]
    consent.answer(following=page, organisation=None, given=True, at=later(3))
    assert given() == [True, True, True]

"""People who have nothing but text messages: on a shared phone, watched, forged, or with a gateway that is gone."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cases.events import Event
from grievance.rules import ALIKE_MOST
from tests.journeys.handsets import Handset, number_in, simulator
from tests.journeys.stack import Stack, until
from tests.journeys.test_first_journey import log_in

pytestmark = pytest.mark.browser

SHARED, OWN = 0, 1  # phones of the simulator
PIN, FORGED = "730491", ("738162", "739271", "735194", "731846", "736025", "734713")
WORDS = "لم ندفع منذ شهرين"


def files(handset: Handset, first: str, *answers: str) -> str:
    """A whole conversation; gives the number of the grievance."""
    number = number_in(handset.ask(first))
    assert number in handset.converse(*answers)
    return number


def case_page(page: Page, stack: Stack, reference: str, username: str = "tomas") -> Page:
    page.context.clear_cookies()
    log_in(page, stack, username)
    page.goto(stack.url(f"/office/admin/cases/case/{reference}/"))
    return page


def test_an_anonymous_worker_files_in_arabic_on_a_shared_phone_and_confirms_the_remedy_later(
    stack: Stack, phone: BrowserContext, desk: BrowserContext
) -> None:
    with simulator(stack) as address:
        shared = Handset(phone.new_page(), address, SHARED, "sim-generic", "ar")
        shared.ask("لغة ar")
        mine = files(shared, WORDS, "نعم", "Mutoshi", "أمس", "٢", "٧٣٠٤٩١")
        assert until(lambda: stack.inside("newest")["cases"] == 1)
        # Somebody else, on the same phone.
        others = files(shared, "المصنع يلوث الماء", "نعم", "Mutoshi", "أمس", "٢", "604182")
        assert until(lambda: stack.inside("newest")["cases"] == 2)
        before = len(shared.answers())
        reference = stack.inside("promised")["reference"]

        # The question comes by itself, and says nothing of what it is about.
        announced = until(lambda: (found := shared.answers())[before:] and found[-1], 60)
        assert announced, shared.answers()
        assert reference not in announced
        before = len(shared.answers())
        for wrong in (f"تأكيد {PIN}", f"{others} {PIN} تأكيد", f"{mine} 604182 تأكيد"):
            shared.write(wrong)
        # All three alike, and so often no text goes out within an hour.
        assert until(lambda: len(shared.answers()) == before + ALIKE_MOST, 60)
        assert "تدفع الشركة أجور شهرين" in shared.ask(f"{mine} ٧٣٠٤٩١ اقرأ")
        assert stack.inside("said_of_promises") == []
        shared.ask(f"{mine} ٧٣٠٤٩١ تأكيد")
        assert stack.inside("said_of_promises") == [{"state": "confirmed", "confirmed": True}]
        assert WORDS not in "".join(shared.answers())
        assert phone.pages[0].locator("html").get_attribute("dir") == "rtl"

    page = case_page(desk.new_page(), stack, reference)
    expect(page.locator("body")).to_contain_text(WORDS)
    expect(page.locator("#remedy, body").first).to_contain_text("confirmed")


def test_stop_in_the_middle_is_the_last_that_this_phone_sees(
    stack: Stack, phone: BrowserContext, desk: BrowserContext
) -> None:
    with simulator(stack) as address:
        handset = Handset(phone.new_page(), address, OWN, "sim-twilio")
        handset.ask("The dust of the crusher covers our houses")
        handset.converse("yes", "Mutoshi")
        before = len(handset.answers())
        handset.write("STOP")
        assert stack.inside("half_an_hour_later")["open"] == 0
        assert until(lambda: stack.inside("newest")["cases"] == 1)
        newest = stack.inside("newest")
        assert Event.NOT_REACHED in newest["events"]
        assert len(handset.answers()) == before
    page = case_page(desk.new_page(), stack, newest["reference"], "amina")
    expect(page.locator("body")).to_contain_text("The dust of the crusher covers our houses")


def test_a_forged_number_with_guessed_pins_says_nothing_and_the_handler_is_told(
    stack: Stack, phone: BrowserContext, desk: BrowserContext
) -> None:
    with simulator(stack) as address:
        own = Handset(phone.new_page(), address, OWN, "sim-twilio")
        number = files(own, "We were not paid", "yes", "Mutoshi", "yesterday", "2", PIN)
        assert until(lambda: stack.inside("newest")["cases"] == 1)
        reference = stack.inside("promised")["reference"]
        assert until(lambda: len(own.answers()) == 7, 60)
        # Another gateway brings texts that say they come from this phone.
        forged = Handset(phone.new_page(), address, OWN, "sim-generic")
        for guess in FORGED:
            forged.write(f"{number} {guess} CONFIRM")
        assert until(lambda: Event.PIN_GUESSED in stack.inside("newest")["events"])
        # It is shut now, for the right PIN too.
        own.write(f"{number} {PIN} CONFIRM")
        own.write("HELP")  # answered once everything before it was heard
        assert until(lambda: "LANGUAGE: other languages" in "".join(own.answers()), 60)
        assert stack.inside("said_of_promises") == []
    page = case_page(desk.new_page(), stack, reference)
    expect(page.locator("body")).to_contain_text("Wrong PINs")


def test_a_lost_gateway_phone_is_ended_and_its_people_are_reached_by_another_one(
    stack: Stack, phone: BrowserContext, desk: BrowserContext
) -> None:
    office = desk.new_page()
    with simulator(stack) as address:
        by_phone = Handset(phone.new_page(), address, OWN, "sim-android")
        number = files(by_phone, "We were not paid", "yes", "Mutoshi", "yesterday", "2", PIN)
        assert until(lambda: stack.inside("newest")["cases"] == 1)
        log_in(office, stack, "marta")
        office.goto(stack.url("/office/admin/grievance/gateway/"))
        office.get_by_role("link", name="A partner's phone (simulated)").click()
        office.locator("details:has(form[action$='/end/']) > summary").click()
        office.locator("form[action$='/end/'] button").click()
        expect(office.locator(".file .note")).to_contain_text("Nothing comes or goes by it any more")

        # Whoever found it proves nothing any more: it is tried again and again, and kept nowhere.
        by_phone.write(f"{number} {PIN}", heard=False)
        before = len(by_phone.answers())
        other = Handset(phone.new_page(), address, OWN, "sim-twilio")
        assert other.ask(f"{number} {PIN}").startswith("We have your words.")
        sent = other.look().locator("[data-state]")
        assert [one.get_attribute("data-state") for one in sent.all()][-3:-1] == ["on_its_way", "taken"]
        # What the office has to say goes by a gateway that there is.
        stack.inside("promised")
        assert until(lambda: len(other.answers()) == before + 2, 60), other.answers()
        lines = other.look().locator("p.soft").all_inner_texts()
        assert lines[-1].startswith("sim-")
        assert "sim-android" not in lines[-1]

"""A field partner at work: a card from the office, one phone for twelve people, and what the partner sees of them."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from pypdf import PdfReader

from cases.queries.partners import MOST_TEXTS
from grievance.demo import KINDS
from tests.journeys.handsets import Handset, number_in, simulator
from tests.journeys.stack import Stack, until
from tests.journeys.test_first_journey import log_in

pytestmark = pytest.mark.browser

PEOPLE, PHONE = 12, 2
STATEMENT = "Hatujalipwa tangu Januari, mtu wa"
# Behind what happened: how they agreed, no number to call, where, when, no danger, a PIN.
ANSWERS = ("1", "0", "Mutoshi", "jana", "2")


def card_of(page: Page, stack: Stack, label: str, path: Path) -> str:
    """A programme lead prints a card for the union; gives the first of its codes, as the paper shows it."""
    page.goto(stack.url("/office/admin/grievance/partnercard/add/"))
    page.locator("#id_partner").select_option(index=1)
    page.locator("#id_label").fill(label)
    page.locator("#id_language").select_option("sw")
    with page.expect_download() as printed:
        page.locator("input[name=_save]").click()
    printed.value.save_as(path)
    words = "".join(sheet.extract_text() for sheet in PdfReader(path).pages)
    found = re.search(r"P (?:\d{4} ?){3}", words)
    assert found, words
    return found[0].strip()


def pin(number: int) -> str:
    return f"7381{number:02}"


def test_a_swahili_speaking_partner_files_for_twelve_people_with_one_phone(
    stack: Stack, phone: BrowserContext, desk: BrowserContext, tmp_path: Path
) -> None:
    office = desk.new_page()
    log_in(office, stack, "marta")
    code = card_of(office, stack, "Kadi 1", tmp_path / "card.pdf")

    with simulator(stack) as address:
        handset = Handset(phone.new_page(), address, PHONE, "sim-rapidpro", "sw")
        assert "Simu hii imesajiliwa" in handset.ask(code)
        numbers = []
        for number in range(PEOPLE):
            numbers.append(number_in(handset.ask(f"{STATEMENT} {number}")))
            assert numbers[-1] in handset.converse(*ANSWERS, pin(number))
        thread = "".join(handset.answers())
    assert len(set(numbers)) == PEOPLE
    assert STATEMENT not in thread
    assert not any(pin(number) in thread for number in range(PEOPLE))
    assert KINDS["rapidpro"][0] not in thread
    assert until(lambda: stack.inside("newest")["cases"] == PEOPLE)

    # The partner follows all of them, and what its phone got, in its own language.
    office.context.clear_cookies()
    log_in(office, stack, "zawadi")
    office.goto(stack.url("/office/partners/"))
    assert office.locator("html").get_attribute("lang") == "sw"
    expect(office.locator("table.rows tbody tr")).to_have_count(PEOPLE)
    expect(office.locator("main")).not_to_contain_text(STATEMENT)
    with office.expect_download() as saved:
        office.locator("form[action$='/export/'] button").click()
    saved.value.save_as(tmp_path / "list.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "list.csv").read_text(encoding="utf-8-sig"))))
    assert len(rows) == PEOPLE + 1
    office.goto(stack.url("/office/partners/numbers/"))
    office.locator("details > summary").last.click()
    # The code and seven texts for each person came in, and each was answered; the newest of them are shown.
    assert 2 * (1 + 7 * PEOPLE) > MOST_TEXTS
    expect(office.locator("table.rows tbody tr")).to_have_count(MOST_TEXTS)
    expect(office.locator("main")).not_to_contain_text(STATEMENT)

    # An officer reads the words of each person, in a case of their own.
    office.context.clear_cookies()
    log_in(office, stack, "amina")
    office.goto(stack.url("/office/admin/cases/case/"))
    expect(office.locator("#result_list tbody tr")).to_have_count(PEOPLE)
    office.locator("#result_list tbody th a").first.click()
    expect(office.locator("body")).to_contain_text(STATEMENT)


def test_a_list_is_looked_at_in_the_browser_put_right_and_sent_once(
    stack: Stack, desk: BrowserContext, tmp_path: Path
) -> None:
    page = desk.new_page()
    log_in(page, stack, "zawadi")
    page.goto(stack.url("/office/partners/list/"))
    chosen = tmp_path / "watu.csv"

    def look(*rows: tuple[str, str]) -> None:
        with chosen.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("what", "consent"), *rows])
        page.locator("#list").set_input_files(chosen)
        page.locator("button[name=do][value=look]").click()

    look(("Vumbi", "spoken"), ("Maji machafu", ""))
    expect(page.locator("[role=alert] li")).to_have_count(1)
    expect(page.locator("button[value=send]")).to_have_count(0)
    look(("Vumbi", "spoken"), ("Maji machafu", "written"))
    page.locator("button[value=send]").click()
    page.locator("details > summary").last.click()
    expect(page.locator("table.rows tbody tr")).to_have_count(2)
    shown = page.locator(".code.small").all_inner_texts()
    page.reload()  # the form goes out a second time, as after a broken line
    page.locator("details > summary").last.click()
    assert page.locator(".code.small").all_inner_texts() == shown
    assert until(lambda: stack.inside("newest")["cases"] == 2)

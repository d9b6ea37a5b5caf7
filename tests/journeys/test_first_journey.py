"""One grievance travels the whole way: from a phone at a cobalt mine to a notice that a deadline was missed."""

import re
from pathlib import Path

import piexif
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from cases.demo.cast import PASSWORD
from grievance.rules import FILES_MOST
from tests.journeys.stack import Stack, until

pytestmark = pytest.mark.browser

STATEMENT = "Hatujalipwa kwa miezi miwili, na ukuta wa shimo umeanguka."
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def log_in(page: Page, stack: Stack, username: str) -> None:
    page.goto(stack.url("/office/admin/"))
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("main button[type=submit], main form button").first.click()
    page.wait_for_url(re.compile("/office/(admin|partners)/"))


def receipt_on(page: Page) -> str:
    text = page.locator("main").inner_text()
    found = re.search(r"(?:\d{4}\s){4}\d{4}", text)
    assert found, text
    return found[0]


def given_a_person_files_at_the_mine(page: Page, stack: Stack, photo: Path) -> str:
    page.goto(stack.url("/"))
    for name in ("English", "Kiswahili", "français", "العربيّة"):
        expect(page.get_by_role("link", name=re.compile(name, re.IGNORECASE)).first).to_be_visible()
    page.goto(stack.url("/sw/"))
    page.locator("a[href='/sw/file/']").first.click()
    assert page.locator("html").get_attribute("lang") == "sw"
    page.locator("#statement").fill(STATEMENT)
    page.locator("#place").fill("Mgodi wa Mlima Buluu")
    page.locator("input[name=families][value=WG]").check()
    page.locator("#day").fill("2026-01-31")
    page.locator("input[name=openness][value=anonymous]").check()
    page.locator("input[name=tell_operator][value=yes]").check()
    page.locator("input[type=file]").first.set_input_files(photo)
    page.locator("button[name=do][value=preview]").click()
    expect(page.locator("dl.answers")).to_contain_text(STATEMENT)
    page.locator("button[name=do][value=send]").click()
    assert page.url == stack.url("/sw/file/")
    assert page.context.cookies() == []
    return receipt_on(page)


def when_the_officer_answers(page: Page, stack: Stack, reference: str) -> None:
    log_in(page, stack, "tomas")
    page.goto(stack.url("/office/admin/cases/case/"))
    first = page.locator("#result_list tbody tr").first
    expect(first).to_contain_text(reference)
    expect(first.locator("td.field-due")).to_contain_text(re.compile(r"\bin \d+ (hours|days)\b"))
    first.locator("a").first.click()
    expect(page.locator("body")).to_contain_text(STATEMENT)
    expect(page.locator("body")).to_contain_text("nobody knows who it is")
    page.locator("#act-acknowledge button").click()
    page.locator("#act-reply summary").click()
    page.locator("#act-reply textarea").fill("Asante. Tunaanza kuuliza kampuni.")
    page.locator("#act-reply button").click()
    expect(page.locator("#said ~ article.ours, article.ours")).to_contain_text("Asante. Tunaanza kuuliza kampuni.")


def then_the_picture_carries_no_place(page: Page, stack: Stack) -> None:
    picture = page.locator("ul.pictures img").first
    address = until(lambda: page.reload() and picture.count() and picture.get_attribute("src"))
    assert address, page.locator("#said").inner_text()
    answer = page.context.request.get(stack.url(address))
    assert answer.headers["content-type"] == "image/jpeg"
    exif = piexif.load(answer.body())
    assert not any(exif[part] for part in ("0th", "Exif", "GPS", "1st"))
    assert b"Zwj-phone" not in answer.body()


def when_the_person_returns(page: Page, stack: Stack, receipt: str) -> None:
    page.goto(stack.url("/sw/follow/"))
    wrong = receipt[:-1] + str((int(receipt[-1]) + 1) % 10)
    page.locator("#receipt").fill(wrong)
    page.locator("main form button").first.click()
    expect(page.locator("#receipt-wrong")).to_be_visible()
    page.locator("#receipt").fill(receipt.replace(" ", "-").translate(ARABIC_DIGITS))
    page.locator("main form button").first.click()
    expect(page.locator("main")).to_contain_text("Asante. Tunaanza kuuliza kampuni.")
    assert [cookie["name"] for cookie in page.context.cookies()] == ["follow"]
    page.locator("#write").fill("Bado hatujalipwa.")
    page.locator("form:has(#write) > button").click()
    expect(page.locator("main")).to_contain_text("Bado hatujalipwa.")


def test_one_grievance_travels_the_whole_way(
    stack: Stack, phone: BrowserContext, desk: BrowserContext, photo: Path
) -> None:
    page, office = phone.new_page(), desk.new_page()
    receipt = given_a_person_files_at_the_mine(page, stack, photo)

    opened = until(lambda: (found := stack.inside("newest"))["cases"] and found, 5)
    assert opened["stage"] == "received"
    assert {"operator", "refiner", "manufacturer"} < set(opened["respondents"])
    assert opened["respondents"].count("automaker") == 2
    assert opened["hops"]["operator"] == 0
    assert opened["hops"]["automaker"] >= 3

    when_the_officer_answers(office, stack, opened["reference"])
    then_the_picture_carries_no_place(office, stack)
    when_the_person_returns(page, stack, receipt)

    until(lambda: "message_arrived" in stack.inside("newest")["events"])
    office.goto(stack.url("/office/admin/cases/case/"))
    expect(office.locator("#result_list tbody tr").first).to_contain_text("Unread answer")
    assert FILES_MOST == 5


def test_a_missed_acknowledgement_reaches_the_officer_and_the_supervisor_once(stack: Stack) -> None:
    reference = stack.inside("late")["reference"]
    told = until(lambda: {to for to, _mail in stack.mailbox.about(reference)} >= {OFFICER, SUPERVISOR})
    assert told, stack.said
    until(lambda: stack.inside("notices")["open"] == 0)
    before = [(to, mail["Message-ID"]) for to, mail in stack.mailbox.about(reference)]
    assert len(before) == len(set(before))
    for _to, mail in stack.mailbox.about(reference):
        assert reference not in str(mail["Subject"])
        assert "Hatujalipwa" not in mail.as_string()
    stack.kill_worker()  # and again, with another worker
    again = stack.inside("late")["reference"]
    assert until(lambda: {to for to, _mail in stack.mailbox.about(again)} >= {OFFICER, SUPERVISOR}), stack.said
    assert [(to, mail["Message-ID"]) for to, mail in stack.mailbox.about(reference)] == before
    state = until(lambda: (found := stack.inside("notices"))["open"] == found["untold"] == 0 and found)
    assert state["levels_twice"] == state["dead"] == 0


def test_a_silent_company_gets_a_text(stack: Stack) -> None:
    case = stack.inside("run_out")

    def texts() -> list[dict[str, str]]:
        return [text for text in list(stack.gateway.texts) if case["respondent"] in text["text"]]

    assert until(lambda: [text for text in texts() if "overdue" in text["text"]]), stack.said
    assert until(lambda: (found := stack.inside("notices"))["open"] == found["untold"] == 0 and found), stack.said
    # Two events, the first word and the missed deadline: a text for each, and none of them twice.
    assert {text["to"] for text in texts()} == {"+15550100001"}
    assert sorted("overdue" in text["text"] for text in texts()) == [False, True]
    assert case["reference"] not in str(texts())


OFFICER, SUPERVISOR = "amina@recourse.invalid", "irene@recourse.invalid"

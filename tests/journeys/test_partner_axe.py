"""The pages of field partners for people who hear them, enlarge them or use no mouse: axe finds nothing, and nothing
stands beside the screen, on a phone as on a desk."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.journeys.handsets import Handset, simulator
from tests.journeys.stack import Stack, until
from tests.journeys.test_first_journey import log_in
from tests.journeys.test_office_axe import tab_to
from tests.journeys.test_public_axe import look

pytestmark = pytest.mark.browser

PARTNERS = "/office/partners/"
# Not the page of calls: what Swagger UI draws there is its own.
PAGES = ("", "file/", "list/", "numbers/", "guide/", "programs/", "drill/")
SIZES: dict[str, ViewportSize] = {"a phone": {"width": 360, "height": 640}, "a desk": {"width": 1280, "height": 900}}


@pytest.fixture
def seen(browser: Browser) -> Iterator[BrowserContext]:
    """With JavaScript: axe itself is a script."""
    context = browser.new_context()
    yield context
    context.close()


def look_at_both(page: Page, name: str, wrong: list[str]) -> None:
    for screen, size in SIZES.items():
        page.set_viewport_size(size)
        look(page, f"{name}, {screen}", wrong)


def speak(page: Page, stack: Stack, language: str) -> None:
    page.goto(stack.url(PARTNERS))
    if page.locator("html").get_attribute("lang") != language:
        page.locator("details.tongue > summary").click()
        with page.expect_navigation():
            page.locator(f"button[name=language][value={language}]").click()
    assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize("language", ["en", "ar", "fr", "sw"])
def test_axe_finds_nothing_on_any_page_of_a_partner(
    stack: Stack, seen: BrowserContext, tmp_path: Path, language: str
) -> None:
    wrong: list[str] = []
    names: list[str] = []
    page = seen.new_page()

    def check(name: str) -> None:
        names.append(name)
        assert page.locator("main h1").count(), (language, name, page.content()[:300])
        look_at_both(page, f"{language} {name}", wrong)

    def press(button: str) -> None:
        with page.expect_navigation():
            page.locator(button).first.click()

    log_in(page, stack, "zawadi")
    speak(page, stack, language)
    chosen = tmp_path / "list.csv"
    for name, rows in {
        "with a mistake": [("Vumbi", "spoken"), ("", "nodded")],
        "looked at": [("Vumbi la mashine", "spoken"), ("Maji machafu", "none")],
    }.items():
        with chosen.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([("what", "consent"), *rows])
        page.goto(stack.url(f"{PARTNERS}list/"))
        page.locator("#list").set_input_files(chosen)
        press("button[name=do][value=look]")
        check(f"list, {name}")
    press("button[value=send]")
    check("list, sent")
    page.goto(stack.url(f"{PARTNERS}file/"))
    press("button[value=preview]")
    check("file, with a mistake")
    page.goto(stack.url(f"{PARTNERS}programs/"))
    page.locator("#name").fill("Kobo")
    page.locator("input[name=scopes]").first.check()
    press("main form:has(#name) button")
    check("programs, token")
    assert until(lambda: stack.inside("newest")["cases"] == 2)
    for path in PAGES:
        page.goto(stack.url(f"{PARTNERS}{path}"))
        check(path or "home")
    page.goto(stack.url(PARTNERS))
    press("table.rows tbody a")
    check("one")
    assert len(names) == len(PAGES) + 6
    assert not wrong, "\n".join(wrong)


def test_axe_finds_nothing_on_the_practice_phone(stack: Stack, seen: BrowserContext) -> None:
    wrong: list[str] = []
    page = seen.new_page()
    with simulator(stack) as address:
        handset = Handset(page, address, 0, "sim-generic", "ar")
        handset.ask("لم ندفع منذ شهرين")
        last = handset.look().locator("[data-state]").last
        assert until(lambda: handset.look().count() and last.get_attribute("data-state") == "delivered")
        for language in ("en", "ar"):
            page.goto(f"{address}/{language}/0/")
            look_at_both(page, f"{language} phone", wrong)
            page.goto(f"{address}/{language}/0/thread/")
            look_at_both(page, f"{language} thread", wrong)
    assert not wrong, "\n".join(wrong)


def test_a_partner_files_for_somebody_with_the_keyboard_alone(stack: Stack, desk: BrowserContext) -> None:
    page = desk.new_page()
    log_in(page, stack, "zawadi")
    speak(page, stack, "en")
    tab_to(page, page.get_by_role("link", name="File for somebody").first)
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#statement"))
    page.keyboard.type("The dust of the crusher covers our houses.")
    tab_to(page, page.locator("input[name=consent]").first)
    page.keyboard.press("Space")
    tab_to(page, page.locator("button[value=preview]"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The dust of the crusher covers our houses.")

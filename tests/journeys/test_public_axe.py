"""Every public page for people who hear it, enlarge it, use no mouse or load no style: axe finds nothing, and what is
read comes in the order in which it stands."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from grievance.questions import STEPS
from tests.journeys.stack import Stack, until
from tests.journeys.test_first_journey import receipt_on
from tests.journeys.test_office_axe import tab_to

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "sw", "fr", "ar")
# Beyond what axe looks at by itself: targets of 24 px (WCAG 2.5.8) and a contrast of 7:1 (1.4.6).
RULES = {"rules": {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": True}}}
LOOKS = ({"color_scheme": "light", "size": "100%"}, {"color_scheme": "dark", "size": "200%"})
Check = Callable[[Page, str], None]


@pytest.fixture
def seen(browser: Browser) -> Iterator[BrowserContext]:
    """A small phone, with JavaScript: axe itself is a script."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    yield context
    context.close()


def look(page: Page, name: str, wrong: list[str]) -> None:
    """The page as it stands, light and dark, and with letters twice as large: nothing for axe, nothing beside the
    screen."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    for one in LOOKS:
        page.emulate_media(color_scheme=one["color_scheme"])  # type: ignore[arg-type]
        # The style has its size in per cent of what the reader set; so much is what they would set.
        page.evaluate("size => document.documentElement.style.fontSize = size", f"{1.125 * int(one['size'][:-1])}%")
        found = Axe().run(page, options=RULES).response["violations"]
        wrong += [f"{name} {one}: {each['id']}: {each['nodes'][0]['html']}" for each in found]
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        wrong += [f"{name} {one}: {wide} px beside the screen"] if wide > 0 else []
    page.evaluate("document.documentElement.style.fontSize = ''")


def press(page: Page, do: str) -> None:
    click(page, f"main button[name=do][value={do}]")


def click(page: Page, button: str) -> None:
    """And wait for the page that answers: every button here loads one."""
    with page.expect_navigation():
        page.locator(button).first.click()


def walk_the_form(page: Page, stack: Stack, language: str, check: Check) -> str:
    """One question at a time with a mistake in it, all on one page, the preview, the number; gives the number."""
    page.goto(stack.url(f"/{language}/file/"))
    check(page, "all on one page, empty")
    press(page, "one")
    check(page, "safe")
    press(page, "next")
    check(page, "what")
    press(page, "next")
    check(page, "what, left empty")
    page.locator("#statement").fill("Vumbi. +243 810 000 001, jina@example.org")
    for _ in range(len(STEPS) + 2):
        press(page, "next")
        if page.locator("button[name=do][value=next]").count() == 0:
            break
        check(page, page.locator("main fieldset, main h1").first.inner_text()[:40])
        if page.locator("#place").count():
            page.locator("#place").fill("Mlima")
            press(page, "search")
            check(page, "places found")
        if page.locator("input[type=radio][name=openness][value=open]").count():
            page.locator("input[type=radio][name=openness][value=open]").check()
        if page.locator("#name").count():
            page.locator("#name").fill("Zola")
    check(page, "preview")
    click(page, "main button[value^=change]")
    check(page, "one changed")
    page.goto(stack.url(f"/{language}/file/"))
    page.locator("#day").fill("2999-12-31")
    press(page, "preview")
    check(page, "all, with a mistake")
    page.locator("#statement").fill("Vumbi")
    page.locator("#day").fill("")
    page.locator("input[type=radio][name=openness][value=anonymous]").check()
    press(page, "send")
    check(page, "number")
    return receipt_on(page)


def walk_back(page: Page, stack: Stack, language: str, receipt: str, check: Check) -> None:
    """What stands behind the number, and the ways to it."""
    page.locator("#last").fill("0000")
    click(page, "main form button")
    check(page, "number, other digits")
    page.locator("#last").fill("")
    click(page, "main form button")
    check(page, "what happens next")
    page.goto(stack.url(f"/{language}/follow/"))
    check(page, "door")
    page.locator("#receipt").fill("1" * 20)
    click(page, "main form button")
    check(page, "door, wrong number")
    page.locator("#receipt").fill(receipt)
    click(page, "main form button")
    check(page, "follow page")
    page.locator("#write").fill("")
    click(page, "form:has(#write) > button")
    check(page, "follow page, with a mistake")


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_public_page(stack: Stack, seen: BrowserContext, language: str) -> None:
    wrong: list[str] = []
    names: list[str] = []

    def check(page: Page, name: str) -> None:
        names.append(name)
        assert page.locator("main").count(), (language, name, page.content()[:300])
        look(page, f"{language} {name}", wrong)

    page = seen.new_page()
    for path in ("", "help/", "rules/", "calendar/", "follow/lost/"):
        page.goto(stack.url(f"/{language}/{path}"))
        check(page, path or "home")
    receipt = walk_the_form(page, stack, language, check)
    until(lambda: stack.inside("newest")["cases"], 10)
    walk_back(page, stack, language, receipt, check)
    if language == "en":
        page.goto(stack.url("/"))
        check(page, "chooser")
    assert len(names) > 25
    assert wrong == []


def test_the_form_is_filled_in_with_a_keyboard_alone(stack: Stack, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto(stack.url("/en/file/"))
    tab_to(page, page.locator("button[value=one]"))
    enter(page)
    tab_to(page, page.locator("button[value=next]"))
    enter(page)
    tab_to(page, page.locator("#statement"))
    page.keyboard.type("The dust of the crusher covers our houses.")
    tab_to(page, page.locator("button[value=next]"))
    enter(page)
    tab_to(page, page.locator("#place"))
    page.keyboard.type("Somewhere")
    tab_to(page, page.locator("button[value=preview]"))
    enter(page)
    expect(page.locator("main")).to_contain_text("The dust of the crusher covers our houses.")
    tab_to(page, page.locator("button[value=send]"))
    enter(page)
    receipt = receipt_on(page)
    tab_to(page, page.locator("#last"))
    page.keyboard.type(receipt[-4:])
    tab_to(page, page.locator("main form button").first)
    enter(page)
    expect(page.locator("main")).to_contain_text("Your paper is right.")


def test_what_is_read_comes_in_the_order_of_the_questions(stack: Stack, seen: BrowserContext) -> None:
    page = seen.new_page()
    page.goto(stack.url("/en/file/"))
    heard = page.locator("body").aria_snapshot()
    groups = re.findall(r'group "([^"]+)"', heard)
    asked = [str(step.words) for step in STEPS]
    places = [groups.index(words) for words in asked if words in groups]
    assert len(places) >= len(asked) - 2
    assert places == sorted(places)
    # The way out comes before everything, what sends it behind everything.
    assert heard.index("Leave quickly") < heard.index("Tell us what happened") < heard.index("Send now")


def test_the_form_is_usable_without_any_style(stack: Stack, phone: BrowserContext) -> None:
    page = phone.new_page()

    def no_style(route: Route) -> None:
        route.abort()

    page.route("**/*.css", no_style)
    page.goto(stack.url("/ar/file/"))
    page.locator("#statement").fill("الغبار يغطي بيوتنا")
    page.locator("input[type=radio][name=openness][value=anonymous]").check()
    press(page, "preview")
    expect(page.locator("main")).to_contain_text("الغبار يغطي بيوتنا")
    press(page, "send")
    assert receipt_on(page)

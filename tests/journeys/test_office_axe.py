"""The officers' pages for people who hear them or use no mouse: axe finds nothing serious, and a keyboard is enough."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.journeys.stack import Stack
from tests.journeys.test_first_journey import log_in

pytestmark = pytest.mark.browser

OFFICE, CASES = "/office/admin/", "/office/admin/cases/case/"
# Who looks at which pages; {case} is the reference of a case with a company that was told and never answered.
LOOKS = {
    "tomas": (
        OFFICE, "/office/admin/deadlines/", CASES, f"{CASES}{{case}}/", f"{CASES}words/",
        "/office/admin/cases/cannedtext/",
    ),
    "irene": (
        OFFICE, f"{CASES}?show=overdue", f"{CASES}{{case}}/", f"{CASES}hand-over/", "/office/admin/readiness/",
        "/office/admin/deadlines/",
        "/office/admin/cases/cannedtext/add/", "/office/admin/notifications/notice/",
    ),
    "kofi": (OFFICE, "/office/admin/grievance/custodykey/", "/office/admin/cases/unsealing/"),
    "marta": ("/office/admin/grievance/gateway/", "/office/admin/grievance/gateway/add/", "/office/admin/texts/"),
    "omar": (OFFICE, "/office/admin/grievance/opening/", f"{CASES}{{case}}/"),
}  # fmt: skip
MOST_TABS = 150


@pytest.fixture(params=["light", "dark"])
def seen(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A screen in either scheme, with JavaScript: axe itself is a script."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    yield context
    context.close()


def serious_on(page: Page) -> list[str]:
    """What axe calls serious or worse, with everything unfolded."""
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found if one["impact"] in {"serious", "critical"}]


def test_axe_finds_nothing_serious_on_any_page_of_the_office(stack: Stack, seen: BrowserContext) -> None:
    case = stack.inside("run_out")["reference"]
    wrong = []
    for username, paths in LOOKS.items():
        seen.clear_cookies()
        page = seen.new_page()
        log_in(page, stack, username)
        for path in paths:
            answer = page.goto(stack.url(path.format(case=case)))
            assert answer is not None
            assert answer.ok, (username, path)
            wrong += [f"{username} {path} {one}" for one in serious_on(page)]
        page.close()
    assert wrong == []


def test_axe_finds_nothing_serious_where_many_cases_are_chosen(stack: Stack, seen: BrowserContext) -> None:
    stack.inside("late")
    page = seen.new_page()
    log_in(page, stack, "irene")
    for action in ("assign_many", "reply_many"):
        page.goto(stack.url(CASES))
        page.locator("#result_list tbody input[type=checkbox]").first.check()
        page.locator("select[name=action]").select_option(action)
        page.locator("button[name=index]").click()
        expect(page.locator("h2#chosen")).to_be_visible()
        assert serious_on(page) == []


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the focus stands there, as somebody without a mouse does."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if wanted.and_(page.locator(":focus")).count():
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


def test_a_case_is_opened_and_answered_with_the_keyboard_alone(stack: Stack, desk: BrowserContext) -> None:
    reference = stack.inside("late")["reference"]
    page = desk.new_page()
    log_in(page, stack, "tomas")
    page.goto(stack.url(CASES))
    tab_to(page, page.locator("#result_list tbody th a").first)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(reference)
    tab_to(page, page.locator("#act-acknowledge button"))
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("The person is told that their words were read.")
    tab_to(page, page.locator("#act-reply summary"))
    page.keyboard.press("Enter")
    tab_to(page, page.locator("#act-reply textarea"))
    page.keyboard.type("Asante. Tunaanza kuuliza kampuni.")
    tab_to(page, page.locator("#act-reply button").last)
    page.keyboard.press("Enter")
    expect(page.locator("article.ours")).to_contain_text("Asante. Tunaanza kuuliza kampuni.")

"""Whoever leaves in a hurry leaves nothing behind that the back button shows."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.stack import Stack
from tests.journeys.test_first_journey import receipt_on
from tests.journeys.test_public_axe import press

pytestmark = pytest.mark.browser

STATEMENT = "Plum otter: the wall of the pit fell."


def leave_and_go_back(page: Page, stack: Stack) -> list[str]:
    """The texts of the pages that the back button shows after leaving, as far back as it goes."""
    page.locator("header form button").click()
    page.wait_for_url(re.compile("/en/calendar/"))
    shown = []
    for _ in range(4):
        try:
            page.go_back(timeout=5000)
        except Exception as error:  # noqa: BLE001 - a page that the browser will not load again is an error to it
            assert "ERR_CACHE_MISS" in str(error)  # noqa: PT017 - a form that would have to be sent again
        page.wait_for_load_state()
        shown.append(page.locator("html").inner_html())
    return shown


def test_after_leaving_the_back_button_shows_no_word_no_number_and_no_case(stack: Stack, phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("about:blank")
    page.goto(stack.url("/en/file/"))
    page.locator("#statement").fill(STATEMENT)
    press(page, "preview")
    press(page, "send")
    receipt = receipt_on(page)
    for content in leave_and_go_back(page, stack):
        assert STATEMENT not in content
        assert receipt[:9] not in re.sub(r"<[^>]+>", "", content)

    page.goto(stack.url("/en/follow/"))
    page.locator("input[name=receipt]").fill(receipt)
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    assert page.locator("#write").count()
    assert phone.cookies()
    for content in leave_and_go_back(page, stack):
        assert STATEMENT not in content
    assert phone.cookies() == []
    page.goto(stack.url("/en/follow/"))
    assert STATEMENT not in page.content()

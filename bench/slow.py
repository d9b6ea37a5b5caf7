"""Filing and coming back over a 2G line, in a real Chromium: how long until somebody can write, and has a number."""

import os
import time
from functools import partial

from playwright.sync_api import Page, sync_playwright

from bench.places import HOST, Bench
from bench.table import Measured, Row

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# 50 kbit/s each way, half a second there and back.
LINE = {"offline": False, "latency": 500, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
LANGUAGE = "ar"  # the longest pages
BOUNDS = {"form": 8.0, "number": 30.0, "page": 12.0}  # seconds, from opening the form; and from the door to the page


def _walk(bench: Bench) -> dict[str, float]:
    with bench.small("sqlite").serving() as port, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        context = chromium.new_context(java_script_enabled=False, viewport={"width": 360, "height": 640})
        page = context.new_page()
        context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINE)
        try:
            return _times(page, f"http://{HOST}:{port}/{LANGUAGE}")
        finally:
            chromium.close()


def _times(page: Page, root: str) -> dict[str, float]:
    """Cold, as on a phone that was never here: seconds to a form that can be written into, to the number by way of the
    preview, and from the door to the page behind the number."""
    began = time.perf_counter()
    page.goto(f"{root}/file/")
    page.locator("#statement").fill("الغبار يغطي بيوتنا والأطفال يسعلون في الليل. " * 5)
    form = time.perf_counter() - began
    for do in ("preview", "send"):
        with page.expect_navigation():
            page.locator(f"main button[name=do][value={do}]").first.click()
    receipt = "".join(page.locator("p.code span").all_inner_texts())
    number = time.perf_counter() - began
    page.goto(f"{root}/follow/")
    page.locator("#receipt").fill(receipt)
    began = time.perf_counter()
    with page.expect_navigation():
        page.locator("main form button").first.click()
    page.locator("#write").fill("x")
    return {"form": form, "number": number, "page": time.perf_counter() - began}


def seconds(bench: Bench, *, name: str) -> Measured:
    return Measured(bench.once(_walk)[name])


ROWS = [
    Row(
        f"slow_{name}", "seconds", bound, "50 kbit/s and 500 ms, Chromium, cold, in Arabic", partial(seconds, name=name)
    )
    for name, bound in BOUNDS.items()
]

"""Phones to write texts on: the simulator, a process of its own beside the product, and its page in a browser."""

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from tests.journeys.stack import ROOT, Stack, free_port, until

PACE = "0.1"  # of the simulated gateways: seconds for a second
PATIENCE = 60.0  # seconds until a text is answered


@contextlib.contextmanager
def simulator(stack: Stack) -> Iterator[str]:
    """The address of a simulator of every kind of gateway that writes to this product."""
    port = free_port()
    command = [
        sys.executable,
        "manage.py",
        "sms_simulator",
        "--port",
        str(port),
        "--web",
        stack.url(""),
        "--pace",
        PACE,
    ]
    said_in = stack.said_in.with_name("simulator")
    with said_in.open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=said, stderr=said)
    try:
        until(lambda: "Practice phones stand at" in said_in.read_text() or process.poll() is not None, PATIENCE)
        assert process.poll() is None, said_in.read_text()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


class Handset:
    """One of the invented phones, as its page shows it. ``line``: the gateway that it writes by."""

    def __init__(self, page: Page, address: str, place: int, line: str, language: str = "en") -> None:
        self.page, self.line = page, line
        self.address = f"{address}/{language}/{place}/"

    def look(self) -> Locator:
        """What stands on the phone now, oldest first."""
        self.page.goto(self.address)
        return self.page.frame_locator("iframe").locator("li.turn")

    def answers(self) -> list[str]:
        """What came from Recourse, oldest first."""
        return self.look().locator("xpath=self::*[not(contains(@class, 'own'))]/p[1]").all_inner_texts()

    def write(self, words: str, *, heard: bool = True) -> None:
        """Send a text, and wait until Recourse has taken it, where it is ``heard`` at all."""
        self.look()
        self.page.locator("#text").fill(words)
        self.page.locator("#line").select_option(self.line)
        self.page.locator("form:has(#text) button").click()
        if heard:
            own = self.page.frame_locator("iframe").locator("li.turn.own [data-state]").last
            taken = until(lambda: self.look().count() and own.get_attribute("data-state") != "on_its_way", PATIENCE)
            assert taken, "its gateway still brings it"

    def ask(self, words: str) -> str:
        """Send a text; gives its answer."""
        before = len(self.answers())
        self.write(words)
        answers = until(lambda: (found := self.answers())[before:] and found, PATIENCE)
        assert answers, f"no answer to the text after {before} others"
        assert len(answers) == before + 1, answers[before:]
        return answers[-1]

    def converse(self, *texts: str) -> str:
        """One text after the other, each answered before the next; gives the last answer."""
        return [self.ask(words) for words in texts][-1]


def number_in(text: str) -> str:
    """The number of a grievance that a text names."""
    found = re.search(r"R-\w{4}-\w{4}", text)
    assert found, text
    return found[0]

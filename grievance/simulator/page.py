"""The page of the simulator: choose a telephone, write a text, see what came back. Plain forms, no script."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qs

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from grievance.simulator.exchange import Exchange
from grievance.simulator.faults import Outage

STATES = {
    "on_its_way": _("on its way"),
    "taken": _("arrived at Recourse"),
    "refused": _("refused by Recourse"),
    "no_answer": _("Recourse did not answer"),
    "queued": _("waits at the gateway"),
    "sent": _("sent"),
    "delivered": _("arrived on this phone"),
    "failed": _("did not arrive"),
    "stopped": _("stopped by its owner"),
}
MOVING = frozenset({"on_its_way", "queued", "sent"})
OUTAGES = {
    Outage.NONE: _("The gateway takes what Recourse sends."),
    Outage.REFUSE: _("It refuses."),
    Outage.HANG: _("It takes a text and does not answer."),
    Outage.HALF: _("It takes a text and breaks off in mid-answer."),
}
LONGEST = 4_000  # characters of a text


@dataclass(frozen=True)
class Shown:
    """Where a browser goes next, or a page."""

    goes_to: str = ""
    page: str = ""


def show(exchange: Exchange, path: str) -> Shown | None:
    """The page at a path such as /sw/3/, or its thread at /sw/3/thread/; None: there is none. A number never stands in
    an address."""
    if path == "/":
        return Shown(goes_to=f"/{settings.LANGUAGE_CODE}/0/")
    framed = path.endswith("/thread/")
    found = _read(exchange, path.removesuffix("thread/"))
    if found is None:
        return None
    language, place, number = found
    thread = [(one, STATES[one.state], datetime.fromtimestamp(one.at, UTC)) for one in exchange.phones.thread(number)]
    context = {
        "languages": settings.LANGUAGES, "place": place, "number": number, "thread": thread,
        "phones": list(enumerate(exchange.phones.numbers())), "lines": list(exchange.lines.values()),
        "line": thread[-1][0].line if thread else next(iter(exchange.lines), ""),
        # It looks again by itself while something is under way, and then holds still for whoever reads it.
        "moves": bool(thread) and (thread[-1][0].ours or thread[-1][0].state in MOVING),
        "faults": exchange.faults, "outages": OUTAGES.items(), "language": language, "longest": LONGEST,
    }  # fmt: skip
    with translation.override(language):
        # The thread looks again by itself, in a frame of its own, so that nobody loses what they are writing.
        name = "thread" if framed else "phone"
        return Shown(page=render_to_string(f"grievance/simulator/{name}.html", context))


def act(exchange: Exchange, path: str, body: bytes) -> Shown | None:
    """What a form of the page asks for; then the page again."""
    found = _read(exchange, path)
    if found is None:
        return None
    said = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
    match said.get("do"):
        case "write":
            text, line = said.get("text", "").replace("\r\n", "\n")[:LONGEST], said.get("line", "")
            if text and line in exchange.lines:
                exchange.write(found[2], text, line)
        case "faults":
            outage = said.get("outage", "")
            exchange.faults.switch(
                outage=Outage(outage) if outage in list(Outage) else Outage.NONE,
                duplicates="duplicates" in said,
                shuffled="shuffled" in said,
                lost="lost" in said,
            )
        case _:
            return None
    return Shown(goes_to=path)


def _read(exchange: Exchange, path: str) -> tuple[str, int, str] | None:
    """Language, place of the phone, its number."""
    parts = path.strip("/").split("/")
    numbers = exchange.phones.numbers()
    offered = [code for code, _name in settings.LANGUAGES]
    if len(parts) != 2 or parts[0] not in offered or not (parts[1].isascii() and parts[1].isdecimal()):
        return None
    place = int(parts[1][:6])
    return (parts[0], place, numbers[place]) if place < len(numbers) else None

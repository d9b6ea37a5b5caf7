"""Gateways of the demo: one of each kind, with the simulator at their other end."""

import base64
import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from accounts.models import User
from grievance.commands import gateways
from grievance.models import Gateway
from grievance.simulator.lines import Line
from grievance.simulator.wires import generic

PRESETS: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "gateway_presets.json").read_text(encoding="utf-8")
) | {"generic": generic.OPTIONS}
# Kind of the simulator's, number to write to (given to nobody), name.
KINDS = {
    "twilio": ("+12025550100", "Twilio (simulated)"),
    "africastalking": ("+13035550100", "Africa's Talking (simulated)"),
    "android": ("+14045550100", "A partner's phone (simulated)"),
    "rapidpro": ("+15055550100", "RapidPro (simulated)"),
    "telerivet": ("+16025550100", "Telerivet (simulated)"),
    "vonage": ("+17025550100", "Vonage (simulated)"),
    "generic": ("+18025550100", "One that was set up by hand (simulated)"),
}
# What the office would enter for each: in which language a stranger is answered, and where its people live.
SPOKEN = {
    "twilio": {"language": "en", "country": "ZM"},
    "africastalking": {"language": "sw", "country": "TZ"},
    "android": {"language": "fr", "country": "CD"},
    "rapidpro": {"language": "sw", "country": "CD"},
    "telerivet": {"language": "en"},
    "vonage": {"language": "fr"},
    "generic": {"language": "ar"},
}
PATHS = {"telerivet": "/v1/projects/PJ0/messages/send", "vonage": "/sms/json", "generic": "/messages"}


def lines_of_demo(*, base: str, public: str, by: User, at: datetime) -> list[Line]:
    """A gateway of each kind whose other end is the simulator at ``base``, made where it is missing; its secrets are
    new at every start. ``public``: the address of Recourse."""
    return [_line(kind, base=base, public=public, by=by, at=at) for kind in KINDS]


def _line(kind: str, *, base: str, public: str, by: User, at: datetime) -> Line:
    number, name = KINDS[kind]
    line = Line(f"sim-{kind}", kind, secrets.token_urlsafe(32), login_of(kind), number, public)
    options, credentials = options_of(line, base), credentials_of(line)
    found = Gateway.objects.filter(slug=line.slug).first()
    if found is None:
        gateways.add_gateway(
            slug=line.slug,
            name=name,
            kind=kind if kind in Gateway.Kind else Gateway.Kind.GENERIC,
            options=options,
            secret=line.secret,
            credentials=credentials,
            by=by,
            at=at,
        )
        return line
    gateways.change_secrets(gateway=found, secret=line.secret, credentials=credentials, by=by, at=at)
    Gateway.objects.filter(pk=found.pk).update(options=options)  # it may answer at another port than last time
    return line


def login_of(kind: str) -> dict[str, str]:
    """What the simulated gateway asks of who sends by it."""
    word = secrets.token_hex(16)
    return {
        "twilio": {"account": f"AC{secrets.token_hex(16)}", "token": word},
        "africastalking": {"username": "sandbox", "apikey": word},
        "android": {"username": "union", "password": word},
        "rapidpro": {"token": word},
        "telerivet": {"project": "PJ0", "apikey": word},
        "vonage": {"key": "demo", "secret": word},
        "generic": {"token": word},
    }[kind]


def options_of(line: Line, base: str) -> dict[str, Any]:
    """What the office would enter for it."""
    if line.kind in PRESETS:
        out = PRESETS[line.kind]["outbound"]
        sends = out | {"url": base + PATHS[line.kind], "from": line.number}
        return PRESETS[line.kind] | SPOKEN[line.kind] | {"outbound": sends}
    options = {"base_url": base, "sender": line.number} | SPOKEN[line.kind]
    return options | ({"status_url": line.public + line.path("status")} if line.kind == "twilio" else {})


def credentials_of(line: Line) -> dict[str, str]:
    """Likewise; of a configured gateway they are headers."""
    match line.kind:
        case "telerivet":
            return {"Authorization": basic(f"{line.login['apikey']}:")}
        case "vonage":
            return {"Authorization": basic(f"{line.login['key']}:{line.login['secret']}")}
        case "generic":
            return {"Authorization": f"Bearer {line.login['token']}"}
    return dict(line.login)


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()

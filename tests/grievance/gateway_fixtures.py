"""What gateways and we say to each other, as files: tests/fixtures/gateways/<kind>/<direction>.json, written from the
gateways' documentation with numbers that are given to nobody."""

import json
from pathlib import Path
from typing import Any

from grievance.demo import PRESETS
from grievance.gateways.wire import Part, Report, Text

FOLDER = Path(__file__).parents[1] / "fixtures" / "gateways"
OTHER_SECRET = "another-secret-of-nobody-in-all-the-world"


def files(direction: str) -> list[Path]:
    return sorted(FOLDER.glob(f"*/{direction}*.json"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}-{path.stem}"


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def kind_of(path: Path) -> str:
    """The kind as the office chooses it."""
    return "generic" if path.parent.name in PRESETS else path.parent.name


def options_of(path: Path) -> dict[str, Any]:
    """What the office entered for it."""
    return PRESETS.get(path.parent.name, {})


def text_of(said: dict[str, Any]) -> Text:
    part = Part(*said["part"]) if said.get("part") else None
    more = {name: tuple(said[name]) for name in ("twin", "media") if name in said}
    return Text(said["sender"], said["recipient"], said["body"], said.get("provider_id", ""), part=part, **more)


def report_of(said: dict[str, Any]) -> Report:
    return Report(said["provider_id"], said["outcome"], said["stopped"])

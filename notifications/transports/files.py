"""Reading back what the demo wrote instead of sending it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.conf import settings

MOST_FILES = 200
MOST_BYTES = 200_000
# How Django's file backend ends each message.
RULE = b"-" * 79 + b"\n"


@dataclass(frozen=True)
class Written:
    message_id: str
    at: datetime
    subject: str
    body: str


def written() -> Iterator[Written]:
    """What lies in the outbox folder, newest file first."""
    folder = Path(settings.OUTBOX_DIR)
    files = [path for path in folder.glob("*") if path.suffix in {".log", ".eml"}] if folder.is_dir() else []
    newest = sorted(files, key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest[:MOST_FILES]:
        at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        with path.open("rb") as file:
            parts = file.read(MOST_BYTES).split(RULE)
        yield from (_read(part, at) for part in reversed(parts) if part.strip())


def _read(part: bytes, at: datetime) -> Written:
    message = message_from_bytes(part, _class=EmailMessage, policy=default)
    return Written(
        message_id=str(message["Message-ID"] or ""),
        at=at,
        subject=str(message["Subject"] or ""),
        body=str(message.get_content()),
    )

"""What the office keeps of a case: its own notes, how long the words stay, and what holds them."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from cases.models import Case, Hold, Note
from cases.queries.opened import Opener


def notes_opened(case: Case, user: User, at: datetime) -> list[tuple[Note, str | None]]:
    """Newest first; None for the words of a note that were erased."""
    notes = list(case.notes.select_related("by").order_by("-pk"))
    opener = Opener([case.key_id] if notes else [])
    return [(note, opener.text(case.key_id, note.sealed_body, "note")) for note in notes]


@dataclass(frozen=True)
class Keeping:
    """``held_until``: the last end of the holds that run; past ``erase_at`` it is they that keep the words."""

    erase_at: datetime | None
    erased_at: datetime | None
    held_until: datetime | None
    holds: list[tuple[Hold, str | None, bool]]  # with its grounds, and whether it runs

    def __bool__(self) -> bool:
        return bool(self.erase_at or self.erased_at or self.holds)


def keeping_of(case: Case, user: User, at: datetime) -> Keeping:
    rows = list(case.holds.select_related("by", "released_by").order_by("-pk"))
    opener = Opener([case.key_id] if rows else [])
    holds = [(row, opener.text(case.key_id, row.sealed_words, "hold"), row.runs(at)) for row in rows]
    running = [row.until_at for row, _words, runs in holds if runs]
    return Keeping(case.erase_at, case.erased_at, max(running, default=None), holds)


def holds_unreleased(case: Case) -> list[tuple[Hold, str]]:
    """Each with its reason and its end; one that has ended by itself is refused by the command."""
    rows = case.holds.filter(released_at=None).order_by("until_at", "pk")
    return [(row, f"{row.get_reason_display()} – {row.until_at:%Y-%m-%d}") for row in rows]

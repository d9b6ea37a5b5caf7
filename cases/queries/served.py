"""What the office wrote for one person who filed, as their follow page opens it: with their own key alone."""

from dataclasses import dataclass
from datetime import datetime

from cases.codes import ServedKind
from cases.models import Appeal, Finding, Hearing, Letter, Referral, ServedText
from grievance.commands.following import Following
from grievance.keys import open_text


@dataclass(frozen=True)
class Served:
    """One text, opened, with the one record that it tells of; the language is that in which it was written."""

    kind: ServedKind
    at: datetime
    language: str
    body: str
    letter: Letter | None
    finding: Finding | None
    hearing: Hearing | None
    appeal: Appeal | None
    referral: Referral | None

    @property
    def to_check(self) -> bool:
        """Minutes that wait for their speaker."""
        return self.kind == ServedKind.MINUTES and self.hearing is not None and self.hearing.checked_at is None


def served_to(following: Following) -> list[Served]:
    """Everything that was served to this person, oldest first, in one query; a finding that was set aside is gone, and
    so is the place of a hearing that is over. Of a finding that was written in their language later, that text alone.
    """
    rows = list(
        ServedText.objects.filter(filing__grievance=following.grievance, finding__set_aside_at=None)
        .select_related("letter", "finding", "hearing", "appeal", "referral")
        .order_by("pk")
    )
    newest: dict[int | None, int] = {row.finding_id: row.pk for row in rows if row.finding_id is not None}
    return [
        Served(
            ServedKind(row.kind),
            row.at,
            row.language,
            open_text(following.data_key, row.sealed_body, "served"),
            row.letter,
            row.finding,
            row.hearing,
            row.appeal,
            row.referral,
        )
        for row in rows
        if (row.kind != ServedKind.PLACE or not _over(row.hearing)) and newest.get(row.finding_id, row.pk) == row.pk
    ]


def _over(hearing: Hearing | None) -> bool:
    return hearing is None or hearing.held_at is not None or hearing.declined_at is not None

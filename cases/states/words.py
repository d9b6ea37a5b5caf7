"""The graded words of a case, each with the label that officers read."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Choice(StrEnum):
    """A StrEnum whose labels stand in a table beside it."""

    @classmethod
    def choices(cls) -> list[tuple[str, Text]]:
        return [(member.value, LABELS[member]) for member in cls]


class Severity(Choice):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Track(Choice):
    STANDARD = "standard"
    SURVIVOR = "survivor"
    CHILD = "child"
    RETAL = "retal"


class AsideReason(Choice):
    SPAM = "spam"
    TEST = "test"
    ENQUIRY = "enquiry"
    DUPLICATE = "duplicate"


class OwnMotion(Choice):
    """Where a case comes from that nobody filed."""

    AUDIT = "audit"
    PRESS = "press"
    PATTERN = "pattern"


class Outcome(Choice):
    REMEDIED = "remedied"
    SETTLED = "settled"
    UNSUBSTANTIATED = "unsubstantiated"
    INELIGIBLE = "ineligible"
    REFERRED = "referred"
    WITHDRAWN = "withdrawn"
    REMEDY_REFUSED = "remedy_refused"


LABELS: dict[Choice, Text] = {
    Severity.CRITICAL: _("Critical"),
    Severity.HIGH: _("High"),
    Severity.MEDIUM: _("Medium"),
    Severity.LOW: _("Low"),
    Track.STANDARD: _("Standard"),
    Track.SURVIVOR: _("Survivor-centred"),
    Track.CHILD: _("Child"),
    Track.RETAL: _("Retaliation"),
    AsideReason.SPAM: _("Spam"),
    AsideReason.TEST: _("Test"),
    AsideReason.ENQUIRY: _("Enquiry"),
    AsideReason.DUPLICATE: _("Duplicate"),
    OwnMotion.AUDIT: _("An audit"),
    OwnMotion.PRESS: _("A report in public"),
    OwnMotion.PATTERN: _("A pattern in our own cases"),
    Outcome.REMEDIED: _("Remedied"),
    Outcome.SETTLED: _("Settled"),
    Outcome.UNSUBSTANTIATED: _("Not substantiated"),
    Outcome.INELIGIBLE: _("Not eligible"),
    Outcome.REFERRED: _("Referred"),
    Outcome.WITHDRAWN: _("Withdrawn"),
    Outcome.REMEDY_REFUSED: _("Remedy refused"),
}

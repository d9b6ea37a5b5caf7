"""Codes of the grievance floor, each with its label."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class OriginalReason(StrEnum):
    """Why an original is downloaded although there is a stripped copy: it may say where and by whom it was taken."""

    UNREADABLE = "unreadable"
    DETAIL = "detail"
    EXPERT = "expert"
    AUTHENTICITY = "authenticity"
    AUTHORITY = "authority"

    @classmethod
    def choices(cls) -> list[tuple[str, str | Promise]]:
        return [(str(reason), LABELS[reason]) for reason in cls]


LABELS: dict[OriginalReason, str | Promise] = {
    OriginalReason.UNREADABLE: _("The copy cannot be opened or read"),
    OriginalReason.DETAIL: _("The copy lacks a detail that matters"),
    OriginalReason.EXPERT: _("An expert has to examine it"),
    OriginalReason.AUTHENTICITY: _("Whether it is genuine is in dispute"),
    OriginalReason.AUTHORITY: _("A court or an authority asks for it by law"),
}

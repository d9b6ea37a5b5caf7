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


class Harmed(StrEnum):
    """Who was harmed, as the person who filed says (CSDDD 14(2)); they themselves need no authority."""

    ME = "me"
    OTHER = "other"
    GROUP = "group"

    @classmethod
    def choices(cls) -> list[tuple[str, str | Promise]]:
        return [(str(one), HARMED[one]) for one in cls]


class RecipientKind(StrEnum):
    """To whom facts may be told, by what they are to the place where it happened (WBD 16(1): consent per recipient)."""

    OPERATOR = "operator"
    BUYERS = "buyers"
    AUTOMAKERS = "automakers"
    HELPERS = "helpers"
    AUTHORITIES = "authorities"

    @classmethod
    def choices(cls) -> list[tuple[str, str | Promise]]:
        return [(str(one), RECIPIENTS[one]) for one in cls]


def recipient_kind(*, runs_the_site: bool, builds_cars: bool) -> RecipientKind:
    """What a company is to the place where it happened; whoever runs it is that first."""
    if runs_the_site:
        return RecipientKind.OPERATOR
    return RecipientKind.AUTOMAKERS if builds_cars else RecipientKind.BUYERS


HARMED: dict[Harmed, str | Promise] = {
    Harmed.ME: _("Me"),
    Harmed.OTHER: _("Somebody else, for whom I speak"),
    Harmed.GROUP: _("A group of people"),
}

RECIPIENTS: dict[RecipientKind, str | Promise] = {
    RecipientKind.OPERATOR: _("The company that runs the place"),
    RecipientKind.BUYERS: _("The companies that buy from it"),
    RecipientKind.AUTOMAKERS: _("The companies that build cars with it"),
    RecipientKind.HELPERS: _("Organisations that help people: unions, clinics, lawyers"),
    RecipientKind.AUTHORITIES: _("Authorities, such as a labour inspector; never the police unless you ask"),
}

LABELS: dict[OriginalReason, str | Promise] = {
    OriginalReason.UNREADABLE: _("The copy cannot be opened or read"),
    OriginalReason.DETAIL: _("The copy lacks a detail that matters"),
    OriginalReason.EXPERT: _("An expert has to examine it"),
    OriginalReason.AUTHENTICITY: _("Whether it is genuine is in dispute"),
    OriginalReason.AUTHORITY: _("A court or an authority asks for it by law"),
}

"""Codes of the grievance floor, each with its label."""

from django.utils.translation import gettext_lazy as _

from accounts.codes import Word


class OriginalReason(Word):
    """Why an original is downloaded although there is a stripped copy: it may say where and by whom it was taken."""

    UNREADABLE = "unreadable", _("The copy cannot be opened or read")
    DETAIL = "detail", _("The copy lacks a detail that matters")
    EXPERT = "expert", _("An expert has to examine it")
    AUTHENTICITY = "authenticity", _("Whether it is genuine is in dispute")
    AUTHORITY = "authority", _("A court or an authority asks for it by law")


class Harmed(Word):
    """Who was harmed, as the person who filed says (CSDDD 14(2)); they themselves need no authority."""

    ME = "me", _("Me")
    OTHER = "other", _("Somebody else, for whom I speak")
    GROUP = "group", _("A group of people")


class RecipientKind(Word):
    """To whom facts may be told, by what they are to the place where it happened (WBD 16(1): consent per recipient)."""

    OPERATOR = "operator", _("The company that runs the place")
    BUYERS = "buyers", _("The companies that buy from it")
    AUTOMAKERS = "automakers", _("The companies that build cars with it")
    HELPERS = "helpers", _("Organisations that help people: unions, clinics, lawyers")
    AUTHORITIES = "authorities", _("Authorities, such as a labour inspector; never the police unless you ask")


def recipient_kind(*, runs_the_site: bool, builds_cars: bool) -> RecipientKind:
    """What a company is to the place where it happened; whoever runs it is that first."""
    if runs_the_site:
        return RecipientKind.OPERATOR
    return RecipientKind.AUTOMAKERS if builds_cars else RecipientKind.BUYERS

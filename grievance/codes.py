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


class PartnerKind(Word):
    """What a field partner is to the people whose words it passes on."""

    UNION = "union", _("Union")
    SOCIETY = "society", _("Organisation of civil society")
    CLINIC = "clinic", _("Clinic")
    COMMUNITY = "community", _("Body of a community")


class ConsentHow(Word):
    """How somebody agreed that a partner passes on their words; without it the partner reports for itself."""

    SPOKEN = "spoken", _("They said so")
    WRITTEN = "written", _("They signed")
    THUMBPRINT = "thumbprint", _("They gave a thumbprint")
    RECORDED = "recorded", _("They said so on a recording")
    PHONE = "phone", _("They said so on the phone")
    NONE = "none", _("They did not agree: we report it ourselves")


class Authority(Word):
    """How come that a partner speaks for somebody (CSDDD 14(2)); nobody is turned away for lack of it."""

    ASKED = "asked", _("They asked us to")
    MEMBER = "member", _("They are one of our members")
    FAMILY = "family", _("Their family asked us to")
    COMMUNITY = "community", _("Their community chose us to speak for it")
    OWN = "own", _("We report what we saw ourselves")


class MaySee(Word):
    """What of a case somebody lets the partner see that passed on their words."""

    NOTHING = "nothing", _("Nothing")
    STAGE = "stage", _("Where the case stands")
    ANSWERS = "answers", _("Where the case stands, and what the office answers")


class UnpairedBecause(Word):
    """Why texts from a number are not a partner's any more."""

    WRONG_CODE = "wrong_code", _("A wrong code came from it")
    TAKEN = "taken", _("It was paired with another card")
    OFFICE = "office", _("The office ended it")
    PARTNER = "partner", _("The partner ended it")


class DroppedBecause(Word):
    """Why a partner follows a case no longer."""

    PERSON = "person", _("The person ended it")
    OFFICE = "office", _("The office ended it")


class DiscardedBecause(Word):
    """Why what came in during a drill is no complaint; somebody has read it before."""

    PRACTICE = "practice", _("It was written for practice")
    EMPTY = "empty", _("Nothing is said in it")
    TWICE = "twice", _("It came twice, and the other one was taken up")

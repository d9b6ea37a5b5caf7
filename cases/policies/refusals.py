"""The refusals of the cases floor, each said in one place."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Refused
from cases.gates import (
    Standing,
)


def not_found() -> Refused:
    return Refused("not_found", _("There is no such case."))


def not_yours() -> Refused:
    return Refused("not_yours", _("Your role does not allow this."))


def not_now() -> Refused:
    return Refused("not_now", _("This is not possible at the stage where the case stands now."))


class Lacking(Refused):
    """A gate does not hold. ``where``: the deeds of the case page that put on record what is missing."""

    def __init__(self, missing: list[Standing]) -> None:
        super().__init__(missing[0].gate, " ".join(str(one.missing) for one in missing))
        self.where = tuple(dict.fromkeys(one.where for one in missing if one.where))


def refuse_lacking(missing: list[Standing]) -> None:
    if missing:
        raise Lacking(missing)

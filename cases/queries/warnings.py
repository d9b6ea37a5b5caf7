"""Early warnings, as the team that handles the cases may read them."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from accounts.models import User
from cases.codes import FAMILIES
from cases.models import Case, EarlyWarning
from cases.rules.numbers import number


@dataclass(frozen=True)
class Warned:
    """One family of harms with several cases at the site of this one; ``others`` are the references of the rest."""

    family: str | Promise
    raised_at: datetime
    others: list[str]


def warnings_of(case: Case, user: User) -> list[Warned]:
    """The newest warning of each family that holds this case.

    A warning exists for somebody only while enough of its cases do: a smaller list would tell of the hidden ones.
    """
    newest: dict[str, EarlyWarning] = {}
    for warning in case.warnings.order_by("pk"):
        newest[warning.family] = warning
    if not newest:
        return []
    visible = Case.objects.visible_to(user).filter(warnings__in=newest.values())
    seen = [(pk, reference) for pk, reference in visible.order_by("pk").values_list("warnings", "reference")]
    return [
        Warned(FAMILIES[family].label, warning.raised_at, [one for one in found if one != case.reference])
        for family, warning in sorted(newest.items())
        if len(found := [reference for pk, reference in seen if pk == warning.pk])
        >= number("early_warning_cases", warning.raised_at.date())
    ]

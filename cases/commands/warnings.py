"""Early warning: several cases on one site and family within months, told to the team that handles them alone."""

from datetime import datetime, timedelta

from cases.codes import WITHIN, family_of
from cases.commands.record import record
from cases.events import Event
from cases.models import Case, EarlyWarning
from cases.rules.numbers import number
from cases.states import Stage
from supplychain.models import Site


def warn(case: Case, *, at: datetime) -> list[EarlyWarning]:
    """Look again at the site of a case that was opened, placed or coded; in the transaction that did so (behaviour 13).

    A warning is raised once for each growth: only where the cases together hold one that no earlier warning of this
    site and family held. Cases count together that one team handles: of one track, in one forum.
    """
    if case.site_id is None or case.stage == Stage.SET_ASIDE:
        return []
    # Of two that look at one site at once the second counts the first's case too.
    Site.objects.select_for_update(no_key=True).only("pk").get(pk=case.site_id)
    families = sorted({family_of(code) for code in case.codes.values_list("code", flat=True)})
    raised = [_raise(case, case.site_id, family, at) for family in families]
    return [warning for warning in raised if warning is not None]


def _raise(case: Case, site: int, family: str, at: datetime) -> EarlyWarning | None:
    on = at.date()
    together = Case.objects.filter(
        site=site,
        opened_at__gt=at - timedelta(days=number("early_warning_days", on)),
        codes__code__in=WITHIN[family],
        track=case.track,
        about_mechanism=case.about_mechanism,
        for_panel=case.for_panel,
    ).exclude(stage=Stage.SET_ASIDE)
    cases = set(together.values_list("pk", flat=True)) - set(together.in_bulk_review().values_list("pk", flat=True))
    known = set(EarlyWarning.objects.filter(site=site, family=family, cases__in=cases).values_list("cases", flat=True))
    if len(cases) < number("early_warning_cases", on) or cases <= known:
        return None
    warning = EarlyWarning.objects.create(site_id=site, family=family, raised_at=at)
    warning.cases.set(cases)
    record(case, Event.EARLY_WARNING, by=None, at=at, data={"warning": warning.pk})
    return warning

"""Which companies know of a case, and since when; from its events, because a withdrawn approval untells nobody."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from cases.models import CaseEvent

NOTIFIED, WITHDRAWN = "respondent_notified", "respondent_approval_withdrawn"


def disclosures(cases: Iterable[int]) -> dict[int, dict[int, list[datetime]]]:
    """{case: {respondent: moments}} at which a company was or will be told, in one query.

    A notice may lie days ahead of its event; one whose approval was withdrawn before its moment was never given.
    """
    told: dict[int, dict[int, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    events = CaseEvent.objects.filter(case__in=set(cases), kind__in=(NOTIFIED, WITHDRAWN), respondent__isnull=False)
    for case_id, respondent_id, kind, at, data in events.order_by("pk").values_list(
        "case_id", "respondent_id", "kind", "at", "data"
    ):
        moments = told[case_id][respondent_id]
        if kind == NOTIFIED:
            moments.append(datetime.fromisoformat(data["not_before"]))
        else:
            moments[:] = [moment for moment in moments if moment <= at]
    return told

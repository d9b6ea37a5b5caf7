"""What was drawn, of the cases that were set aside, for a supervisor's second look."""

from cases.models import Case, Sample
from cases.states import Stage


def sample_of(case: Case) -> Sample | None:
    """The newest draw of a case that is set aside now; None where chance has not chosen it."""
    if case.stage != Stage.SET_ASIDE:
        return None
    return case.samples.select_related("checked_by").order_by("-pk").first()

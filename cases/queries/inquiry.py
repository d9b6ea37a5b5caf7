"""Reads of an inquiry: who may know of it, and what its hearings, evidence, people and findings say."""

from cases.models import Case, Filing
from grievance.models import Consent

NOBODY = 0  # no organisation has this id: only a consent for every company counts


def companies_may_be_told(case: Case) -> bool:
    """Did everybody who filed agree, in their newest word, that the operator of the site may be told?"""
    live = list(Filing.objects.live().filter(case=case).values_list("grievance__complainant", flat=True))
    newest = Consent.newest(live, case.site.operator_id if case.site is not None else NOBODY)
    return all(one in newest and newest[one].given for one in live)

"""Reads of cases that span models."""

from cases.queries.figures import Figures, figures
from cases.queries.inquiry import companies_may_be_told
from cases.queries.many import case_named, crowd_of, filings_page, languages_missing, links_of, perhaps_the_same
from cases.queries.pages import (
    CasePage,
    FollowPage,
    Step,
    case_page,
    follow_page,
    handlers_free,
    line_of,
    newest_message,
    oldest_unread,
    oldest_untold,
    openings_seen_by,
    people_named,
    respondent_versions,
    search,
    sites_of,
    sites_to_name,
)
from cases.queries.plans import PlanRecord, Say, plan_of, plan_record, says_of, texts_missing
from cases.queries.record import (
    company_record,
    findings_of,
    letters_missing,
    letters_of,
    on_record,
    panel_of,
    parties_of,
    team_of,
    undeclared,
)
from cases.queries.remedy import step_record
from cases.queries.safety import Asked, safety_checks
from cases.queries.served import Served, served_to
from cases.queries.shared import broadcasts_to, shared_key_of
from cases.queries.urgency import Plan, Urgency, safety_plan, urgency_of

__all__ = [
    "Asked",
    "CasePage",
    "Figures",
    "FollowPage",
    "Plan",
    "PlanRecord",
    "Say",
    "Served",
    "Step",
    "Urgency",
    "broadcasts_to",
    "case_named",
    "case_page",
    "companies_may_be_told",
    "company_record",
    "crowd_of",
    "figures",
    "filings_page",
    "findings_of",
    "follow_page",
    "handlers_free",
    "languages_missing",
    "letters_missing",
    "letters_of",
    "line_of",
    "links_of",
    "newest_message",
    "oldest_unread",
    "oldest_untold",
    "on_record",
    "openings_seen_by",
    "panel_of",
    "parties_of",
    "people_named",
    "perhaps_the_same",
    "plan_of",
    "plan_record",
    "respondent_versions",
    "safety_checks",
    "safety_plan",
    "says_of",
    "search",
    "served_to",
    "shared_key_of",
    "sites_of",
    "sites_to_name",
    "step_record",
    "team_of",
    "texts_missing",
    "undeclared",
    "urgency_of",
]

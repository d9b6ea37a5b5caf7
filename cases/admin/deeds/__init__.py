"""What an officer may do on the case page, as one table in the order of the page; a file a subject."""

from django.utils.translation import gettext_lazy as _

from cases.admin.deeds import (
    again,
    assessing,
    closing,
    companies,
    deadlines,
    inquiry,
    intake,
    keeping,
    many,
    remedy,
    safety,
    screening,
    triage,
    words,
)
from cases.admin.deeds.deed import Deed, Text

# Under which heading of the page they stand.
GROUPS: tuple[tuple[Text, tuple[Deed, ...]], ...] = (
    (_("The case"), intake.DEEDS),
    (_("Triage"), triage.DEEDS),
    (_("Screening"), screening.DEEDS),
    (_("Assessment"), assessing.DEEDS),
    (_("Companies"), companies.DEEDS),
    (_("Inquiry"), inquiry.DEEDS),
    (_("Looking again"), again.DEEDS),
    (_("People and cases"), many.DEEDS),
    (_("Remedy"), remedy.DEEDS),
    (_("Deadlines"), deadlines.DEEDS),
    (_("Words"), words.DEEDS),
    (_("Safety and keeping"), safety.DEEDS + keeping.DEEDS),
    (_("Outward and closing"), closing.DEEDS),
)
DEEDS = {deed.slug: deed for _heading, deeds in GROUPS for deed in deeds}

__all__ = ["DEEDS", "GROUPS", "Deed"]

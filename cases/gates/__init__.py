"""What each gate of the lifecycles asks, what is missing of it, and where to put it: tables over plain facts.

Sources: design "The lifecycle"; WBD 9 and 16, LkSG §8, CSDDD Art. 14, UNGP 29–31.
"""

from cases.gates.ask import Ask, Standing, lacking
from cases.gates.case import ASKS, OnRecord, standing
from cases.gates.company import COMPANY_ASKS, FEW, CompanyRecord, company_standing, may_stay_told
from cases.gates.step import STEP_ASKS, StepRecord, step_standing
from cases.gates.survivor import SURVIVOR_MISSING

__all__ = [
    "ASKS",
    "COMPANY_ASKS",
    "FEW",
    "STEP_ASKS",
    "SURVIVOR_MISSING",
    "Ask",
    "CompanyRecord",
    "OnRecord",
    "Standing",
    "StepRecord",
    "company_standing",
    "lacking",
    "may_stay_told",
    "standing",
    "step_standing",
]

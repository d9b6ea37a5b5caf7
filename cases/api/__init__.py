"""What programs of field partners call: under /api/v1/, by a token, in JSON. The same commands as on the pages."""

from cases.api.attachments import Attachments
from cases.api.batches import Batches
from cases.api.grievances import Grievances, OneGrievance
from cases.api.open import Problems, Schema, described, nothing
from cases.api.questions import Questions
from cases.api.sites import Sites

__all__ = [
    "Attachments",
    "Batches",
    "Grievances",
    "OneGrievance",
    "Problems",
    "Questions",
    "Schema",
    "Sites",
    "described",
    "nothing",
]

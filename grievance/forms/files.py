"""What is wrong with files that somebody adds, in words; one that is refused costs no other."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from grievance.rules import file_largest
from grievance.uploads import SealedUpload

PICTURE_PROBLEMS = {
    "too_many": _("“%(name)s” was not added: five files are the most."),
    "empty": _("“%(name)s” was not added: there is nothing in this file."),
    "too_large": _("“%(name)s” was not added: it is larger than %(most)d MB. Please choose a smaller one."),
    "broken_off": _(
        "“%(name)s” was not added: the connection stopped before all of it was here. Please choose it again."
    ),
}


def picture_problems(uploads: Iterable[SealedUpload], room: int) -> list[ValidationError]:
    """One sentence for each file that cannot be kept: bad ones, and good ones beyond ``room``. What is left out for no
    fault of the person stops nothing that they send."""
    errors = []
    for upload in uploads:
        problem = upload.problem
        if problem is None:
            room -= 1
            problem = "too_many" if room < 0 else None
        if problem in PICTURE_PROBLEMS:
            most = file_largest(upload.kind.family) // (1024 * 1024)
            given = {"name": upload.name, "most": most}
            errors.append(ValidationError(PICTURE_PROBLEMS[problem], code=problem, params=given))
    return errors

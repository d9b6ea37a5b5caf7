"""What the records of this floor share: who reads them, and names that are found however they are spelt."""

from typing import TYPE_CHECKING, Any

from django.db import models

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import CASEWORK
from supplychain.names import fold


def reads_reference_data(user: User) -> bool:
    """Whoever works on cases reads companies, sites and links; superusers keep them. Nobody else is shown any."""
    return user.is_superuser or bool(roles_of(user) & CASEWORK)


if TYPE_CHECKING:
    TextField = models.CharField[str, str]
else:
    TextField = models.CharField


class FoldedField(TextField):
    """The folded spelling of another field of the row, set whenever the row is written (as auto_now sets a moment)."""

    def __init__(self, source: str = "name", **options: Any) -> None:
        self.source = source
        super().__init__(**{"max_length": 200, "editable": False, "db_index": True, **options})

    def deconstruct(self) -> Any:
        """Migrations need to know only that it is text."""
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source))[: self.max_length]
        setattr(model_instance, self.attname, folded)
        return folded

"""Many grievances in one case: links between cases, filings that moved, and how the handling was for people."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.codes import LinkKind


class CaseLink(models.Model):
    """Two cases have to do with each other; ``merged``: the filings of ``case`` were taken into ``other``."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="links")
    other = models.ForeignKey("cases.Case", models.PROTECT, related_name="linked_from")
    kind = models.CharField(_("kind"), max_length=12, choices=LinkKind.choices())
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(case=models.F("other")), name="a_case_is_not_its_own_other"),
            models.UniqueConstraint("case", "other", "kind", condition=Q(ended_at=None), name="one_link_a_kind"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class FilingMove(models.Model):
    """A filing was moved from one case to another; it keeps its conversation, consent and say."""

    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="moves")
    source = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    target = models.ForeignKey("cases.Case", models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Withdrawal(models.Model):
    """Somebody ended their filing, and said in private whether they were pressed; sealed as "withdrawal" under the
    grievance's key."""

    filing = models.OneToOneField("cases.Filing", models.PROTECT, related_name="withdrawal")
    pressed = models.BooleanField(null=True)  # None: not said
    sealed_words = models.BinaryField(null=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Rating(models.Model):
    """How the handling was, by one person who filed: one to five; asked once the case is closed."""

    filing = models.OneToOneField("cases.Filing", models.PROTECT, related_name="rating")
    score = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__range=(1, 5)), name="rating_from_one_to_five")]

    def __str__(self) -> str:
        return str(self.pk)


class Broadcast(models.Model):
    """One reply to everybody who filed in a case, each in their own language: the texts are sealed under the key that
    they share as "broadcast" (JSON {language: text}), so that two thousand people cost one row."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="broadcasts")
    sealed_texts = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)

"""Who answers for a site, as a snapshot, and each company's own way through a case."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.codes import Deferral
from cases.states import RESPONDENT
from supplychain.models import Organisation


class Routing(models.Model):
    """Who answers for the site at that moment, and by which path: an immutable snapshot of `supplychain`'s answer.

    ``answer``: {"site": id, "on": "YYYY-MM-DD", "answers": [{"organisation": id, "kind": …, "name": …, "custody": …,
    "hops": [{"link": id, "site": id, "buyer": id, "material": …, "from": …, "until": …, "claim": …}]}]}
    """

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="routings")
    at = models.DateTimeField()
    answer = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint("case", "at", name="one_routing_a_moment")]

    def __str__(self) -> str:
        return str(self.pk)


class Respondent(models.Model):
    """One company that answers for the site of a case."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="respondents", verbose_name=_("case"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="answerable", verbose_name=_("organisation")
    )
    routing = models.ForeignKey(Routing, models.PROTECT, related_name="respondents")
    tier = models.PositiveSmallIntegerField(_("steps from the site"))
    state = models.CharField(_("state"), max_length=16, choices=RESPONDENT.choices(), default="identified")
    reference = models.CharField(_("outward reference"), max_length=20, unique=True)
    people_who_fit = models.PositiveIntegerField(_("people who fit the facts"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("countersigned by"),
    )
    notified_at = models.DateTimeField(_("notified"), null=True, blank=True)
    deferred_because = models.CharField(_("told later because"), max_length=12, choices=Deferral.choices(), blank=True)
    sealed_facts = models.BinaryField(null=True)  # the version that this respondent may read, under the case's key
    sealed_answer = models.BinaryField(null=True)  # what it answered, in its own words, under the case's key
    release_signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("release signed by"),
    )

    history = HistoricalRecords(excluded_fields=["sealed_facts", "sealed_answer"])

    class Meta:
        verbose_name = _("respondent")
        verbose_name_plural = _("respondents")
        constraints = [
            models.UniqueConstraint("case", "organisation", name="one_respondent_a_company"),
            models.CheckConstraint(
                condition=Q(approved_at=None, approved_by=None)
                | Q(approved_at__isnull=False, approved_by__isnull=False),
                name="respondent_approved_at_by",
            ),
            models.CheckConstraint(
                condition=Q(notified_at=None) | Q(approved_at__isnull=False), name="respondent_notified_after_approval"
            ),
        ]
        indexes = [models.Index(fields=["case"], condition=Q(state="contested"), name="respondent_contested")]

    def __str__(self) -> str:
        return self.reference

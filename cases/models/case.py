"""A case, its codes and the grievances in it; and who it exists for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import Role, stages_seen
from cases.models.clocks import Clock
from cases.states import CASE, Severity, Stage, Track
from grievance.models import DataKey, Grievance
from supplychain.models import Site
from supplychain.queries import organisations_of


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """The cases that exist for this person; a conflicted one exists neither in lists nor in counts (LkSG §8(3)).

        A superuser holds no role by being one and so sees none.
        """
        roles = roles_of(user)
        stages = stages_seen(roles)
        if stages is not None and not stages:
            return self.none()
        cases = self if stages is None else self.filter(stage__in=stages)
        return cases.filter(self._forum(roles)).without_conflict(user, roles)

    @staticmethod
    def _forum(roles: frozenset[Role]) -> Q:
        """A grievance about the mechanism goes straight to oversight; oversight sees the rest too."""
        return Q() if Role.OVERSIGHT in roles else Q(about_mechanism=False)

    def without_conflict(self, user: User, roles: frozenset[Role]) -> "CaseQuerySet":
        """Leave out cases whose parties employ this person, or did.

        Until the site is known nobody can say who the parties are: then a case exists for people without any employer
        in the industry alone, who place it: intake officers, or oversight where it is about the mechanism itself.
        """
        employers = organisations_of(user)
        placed = Q(site__isnull=False)
        if not employers.in_industry and Role.INTAKE in roles:
            placed |= Q(about_mechanism=False)
        if not employers.in_industry and Role.OVERSIGHT in roles:
            placed |= Q(about_mechanism=True)
        cases = self.filter(placed)
        if not employers.ids:
            return cases
        return cases.exclude(site__operator_id__in=employers.ids).exclude(
            respondents__organisation_id__in=employers.ids
        )

    def due_first(self) -> "CaseQuerySet":
        """The queue: what is due soonest on top, served by one index; a case with nothing due comes last."""
        return self.order_by("due_order", "pk")

    def with_next_clock(self) -> "CaseQuerySet":
        """Each with ``next_clock``: the kind of its running clock that is due first, or None."""
        running = Clock.objects.running().filter(case=OuterRef("pk")).order_by("due_at", "pk")
        return self.annotate(next_clock=Subquery(running.values("kind")[:1]))

    def overdue(self, at: datetime) -> "CaseQuerySet":
        return self.filter(next_due_at__lt=at)

    def unread(self) -> "CaseQuerySet":
        return self.exclude(unread_since=None)

    def handled_by(self, user: User) -> "CaseQuerySet":
        return self.filter(handler=user)


# Stands in for "nothing due" in the queue's one index, so that no NULLS LAST sorts a million rows.
NEVER_DUE = datetime.fromisoformat("9999-01-01T00:00:00+00:00")


class Case(models.Model):
    """One harm at one place, worked on until the persons harmed say that it was put right."""

    reference = models.CharField(_("reference"), max_length=20, unique=True)
    stage = models.CharField(_("stage"), max_length=20, choices=CASE.choices(), default=Stage.RECEIVED)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity.choices(), blank=True)
    track = models.CharField(_("track"), max_length=8, choices=Track.choices(), default=Track.STANDARD)
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("site"))
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("handler"),
    )
    about_mechanism = models.BooleanField(_("about this mechanism"), default=False)
    opened_at = models.DateTimeField(_("opened"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    urgent_since = models.DateTimeField(_("urgent since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")  # seals the case's own free text

    # Kept by commands and sweeps for the queue; no history.
    language = models.CharField(_("language"), max_length=12, blank=True)
    unread_since = models.DateTimeField(_("unread answer"), null=True, blank=True)
    next_due_at = models.DateTimeField(_("due next"), null=True, blank=True)
    due_order = models.DateTimeField(default=NEVER_DUE, editable=False)

    history = HistoricalRecords(excluded_fields=["language", "unread_since", "next_due_at", "due_order"])
    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["due_order", "id"], name="case_queue"),
            models.Index(fields=["stage", "due_order", "id"], name="case_queue_stage"),
            models.Index(fields=["site", "opened_at"], name="case_site"),
            models.Index(fields=["handler", "due_order"], name="case_handler"),
            models.Index(fields=["unread_since"], condition=~Q(unread_since=None), name="case_unread"),
        ]

    def __str__(self) -> str:
        return self.reference

    def exists_for(self, user: User) -> bool:
        """Does this case exist for this person, as it stands in the database now?"""
        return Case.objects.visible_to(user).filter(pk=self.pk).exists()


class CaseCode(models.Model):
    """A legal code of the taxonomy that a case falls under; families until an officer says more exactly."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint("case", "code", name="code_once_a_case")]

    def __str__(self) -> str:
        return self.code


class Filing(models.Model):
    """A grievance that is part of a case; many to one, each with its own say."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="filings")
    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="filing")
    joined_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.pk)

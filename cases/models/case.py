"""A case, its codes and the grievances in it; and who it exists for."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import User
from accounts.queries import roles_of
from accounts.roles import SPECIALISTS, Role, stages_seen
from cases.codes import Standing, WaivedBecause
from cases.models.apart import Apart, asked_of_each, read_first
from cases.models.clocks import Clock
from cases.models.keeping import Hold
from cases.rules.packs import period_began
from cases.states import CASE, Outcome, OwnMotion, Severity, Stage, Track
from grievance.models import DataKey, Grievance
from supplychain.models import Site
from supplychain.queries import organisations_of


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """The cases that exist for this person; a conflicted one exists neither in lists nor in counts (LkSG §8(3)).

        By role, stage, track and forum, or by a seat on the one case. A superuser holds no role by being one and so
        sees none.
        """
        return self._for(user, asked_of_each(user))

    def listed_for(self, user: User) -> "CaseQuerySet":
        """The same cases, for lists and counts of many: seats and bars of this person are read now, before the list,
        and not asked of each of its rows."""
        return self._for(user, read_first(user))

    def _for(self, user: User, apart: Apart) -> "CaseQuerySet":
        roles = roles_of(user)
        stages = stages_seen(roles)
        if stages is not None and not stages:
            return self.filter(apart.seated)._placed(user, roles)._free(user, apart)
        mine = self._forum(roles) & self._tracks(roles) & (Q() if stages is None else Q(stage__in=stages))
        # An empty Q means everything, and would be lost in an OR.
        seen = self.filter(mine | apart.seated) if mine else self
        return seen._placed(user, roles)._free(user, apart)

    @staticmethod
    def _forum(roles: frozenset[Role]) -> Q:
        """A grievance about the mechanism goes straight to oversight, one whose party runs it to an independent panel;
        oversight sees the rest too."""
        return Q() if Role.OVERSIGHT in roles else Q(about_mechanism=False, for_panel=False)

    @staticmethod
    def _tracks(roles: frozenset[Role]) -> Q:
        """A track of its own has people of its own (behaviour 17); oversight sees them all."""
        if Role.OVERSIGHT in roles:
            return Q()
        return Q(track__in=[Track.STANDARD, *(track for role, track in SPECIALISTS.items() if role in roles)])

    def _placed(self, user: User, roles: frozenset[Role]) -> "CaseQuerySet":
        """Until the site is known nobody can say who the parties are: then a case exists for people without any
        employer in the industry alone, who place it: intake officers, or oversight where it is about the mechanism."""
        employers = organisations_of(user)
        placed = Q(site__isnull=False)
        if not employers.in_industry and Role.INTAKE in roles:
            placed |= Q(about_mechanism=False)
        if not employers.in_industry and Role.OVERSIGHT in roles:
            placed |= Q(about_mechanism=True)
        return self.filter(placed)

    def free_of(self, user: User) -> "CaseQuerySet":
        """For somebody who has a part in a case that they are not shown, such as a custodian: those with whose parties
        they have nothing to do. Until the site is known, that can be said of people without an employer in the industry
        alone."""
        placed = Q(site__isnull=False) if organisations_of(user).in_industry else Q()
        return self.filter(placed).without_party(user)

    def without_party(self, user: User) -> "CaseQuerySet":
        """Leave out cases about this person, their unit or an employer of theirs, and those where they are partial."""
        return self._free(user, asked_of_each(user))

    def _free(self, user: User, apart: Apart) -> "CaseQuerySet":
        """Employers now and then, and what bars this person."""
        employers = organisations_of(user)
        cases = self.exclude(apart.barred)
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
        running = Clock.objects.owed().filter(case=OuterRef("pk")).order_by("due_at", "pk")
        return self.annotate(next_clock=Subquery(running.values("kind")[:1]))

    def overdue(self, at: datetime) -> "CaseQuerySet":
        """By the queue's index alone: with a second condition PostgreSQL expects few, and sorts all."""
        return self.filter(due_order__lt=at)

    def in_bulk_review(self) -> "CaseQuerySet":
        """Came in a flood, and nobody has looked yet: it wakes nobody."""
        flooded = Filing.objects.live().filter(grievance__in=Grievance.objects.in_bulk_review())
        other = Filing.objects.live().filter(case=OuterRef("pk"), grievance__bulk=False)
        return self.filter(~Exists(other), stage=Stage.RECEIVED, pk__in=flooded.values("case"))

    def unread(self) -> "CaseQuerySet":
        return self.filter(unread_since__isnull=False)

    def to_erase(self, at: datetime) -> "CaseQuerySet":
        """At rest, past the day of its words, and under no hold; served by one partial index."""
        due = self.filter(erase_at__lte=at, erased_at=None, stage__in=[Stage.CLOSED, Stage.SET_ASIDE])
        held = Hold.objects.running(at).filter(case=OuterRef("pk"))
        return due.exclude(Exists(held)).order_by("erase_at", "pk")

    def record_past(self, at: datetime) -> "CaseQuerySet":
        """Erased long ago: what is left, the record of what was done, is past its own date and may be deleted."""
        return self.filter(closed_at__lte=period_began("record_kept", at), erased_at__isnull=False)

    def working(self) -> "CaseQuerySet":
        """Those on which somebody works."""
        return self.exclude(handler=None).exclude(stage__in=[Stage.CLOSED, Stage.SET_ASIDE])

    def handled_by(self, user: User) -> "CaseQuerySet":
        return self.filter(handler=user)


# Stands in for "nothing due" in the queue's one index, so that no NULLS LAST sorts a million rows.
NEVER_DUE = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
# Earlier than everything: whatever is due by then is looked at by the next sweep.
AT_ONCE = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


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
    for_panel = models.BooleanField(_("for an independent panel"), default=False)  # a party runs the mechanism
    own_motion = models.CharField(_("opened of our own motion"), max_length=8, choices=OwnMotion.choices(), blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices(), blank=True)
    procedure = models.CharField(_("rules of procedure"), max_length=12, blank=True)  # the version that it began under
    opened_at = models.DateTimeField(_("opened"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    urgent_since = models.DateTimeField(_("urgent since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    erase_at = models.DateTimeField(_("words erased from"), null=True, blank=True)
    erased_at = models.DateTimeField(_("words erased"), null=True, blank=True)
    key = models.OneToOneField(DataKey, models.PROTECT, related_name="+")  # seals the case's own free text
    # Seals what everybody who filed may read alike; each of them holds it under the key of their own grievance.
    shared = models.OneToOneField(DataKey, models.PROTECT, null=True, blank=True, related_name="+")

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
            # Each of the filters of the queue in its order, so that the first page need not read past the others.
            # SQLite takes a partial index only where its condition is said as the query says it.
            models.Index(fields=["severity", "due_order", "id"], name="case_queue_severity"),
            models.Index(fields=["language", "due_order", "id"], name="case_queue_language"),
            models.Index(fields=["site", "due_order", "id"], name="case_queue_site"),
            models.Index(fields=["due_order", "id"], condition=Q(unread_since__isnull=False), name="case_queue_unread"),
            models.Index(fields=["due_order", "id"], condition=Q(urgent_since__isnull=False), name="case_queue_urgent"),
            models.Index(fields=["due_order", "id"], condition=Q(handler=None), name="case_queue_unassigned"),
            models.Index(fields=["closed_at"], condition=Q(erased_at__isnull=False), name="case_record"),
            # Without the ordinary track: SQLite would look for nearly all cases by it, and sort them.
            models.Index(fields=["track", "due_order", "id"], condition=~Q(track="standard"), name="case_queue_track"),
            models.Index(fields=["erase_at"], condition=Q(erased_at=None, erase_at__isnull=False), name="case_erase"),
        ]

    def __str__(self) -> str:
        return self.reference

    def was_handled_by(self, user: User) -> bool:
        """Did this person ever carry the case?"""
        return bool(self.history.filter(handler=user).exists())

    def exists_for(self, user: User) -> bool:
        """Does this case exist for this person, as it stands in the database now?"""
        return Case.objects.visible_to(user).filter(pk=self.pk).exists()

    def survivors_agree(self) -> bool:
        """On a survivor's case: did everybody who filed agree that it is looked into (behaviour 17)? Asked of the
        database once for each object; True on every other track."""
        if self.track != Track.SURVIVOR:
            return True
        known: bool | None = self.__dict__.get("_survivors_agree")
        if known is None:
            agreed = [row.investigation_agreed_at is not None for row in self.filings.filter(withdrawn_at=None)]
            known = self.__dict__["_survivors_agree"] = bool(agreed) and all(agreed)
        return known


class CaseCode(models.Model):
    """A legal code of the taxonomy that a case falls under; families until an officer says more exactly."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=6)

    class Meta:
        constraints = [models.UniqueConstraint("case", "code", name="code_once_a_case")]
        indexes = [models.Index(fields=["code", "case"], name="case_by_code")]

    def __str__(self) -> str:
        return self.code


class FilingQuerySet(models.QuerySet["Filing"]):
    def live(self) -> "FilingQuerySet":
        return self.filter(withdrawn_at=None)

    def to_watch(self, at: datetime) -> "FilingQuerySet":
        """Whose safety checks have to be looked at now, longest due first; served by one index."""
        return self.filter(next_safety_at__lte=at).order_by("next_safety_at", "pk")

    def to_acknowledge(self) -> "FilingQuerySet":
        """Of those who take part: who is to be told that a human has their words (behaviour 3)."""
        return self.live().filter(waived_because="")


class Filing(models.Model):
    """A grievance that is part of a case; many to one, each with its own say."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="filings")
    grievance = models.OneToOneField(Grievance, models.PROTECT, related_name="filing")
    joined_at = models.DateTimeField()
    sealed_shared = models.BinaryField(null=True)  # the case's shared key, under the grievance's key as "shared"
    withdrawn_at = models.DateTimeField(null=True)
    standing = models.CharField(_("speaks"), max_length=16, choices=Standing.choices(), default=Standing.SELF)
    authority_at = models.DateTimeField(null=True)  # when their authority to speak for others was seen
    # Somebody looked whether this person is one of those harmed; the say of those nobody vetted is shown apart.
    vetted_at = models.DateTimeField(null=True)
    vetted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Nobody acknowledges to this person, and why (behaviour 3: HinSchG §28).
    waived_because = models.CharField(max_length=8, choices=WaivedBecause.choices(), blank=True)
    # On a survivor's case: agreed that what happened is looked into, and a company told (behaviour 17); None again
    # where they took it back.
    investigation_agreed_at = models.DateTimeField(null=True)
    # Asked whether they want to talk with the company, and their answer; the newest counts.
    dialogue_asked_at = models.DateTimeField(null=True)
    dialogue_wanted = models.BooleanField(null=True)
    dialogue_answered_at = models.DateTimeField(null=True)
    # When the sweep looks next whether a safety check is due; `AT_ONCE` after whatever may move the schedule.
    next_safety_at = models.DateTimeField(default=AT_ONCE)

    objects = FilingQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["next_safety_at", "id"], name="filing_to_watch")]
        constraints = [
            models.CheckConstraint(
                condition=Q(dialogue_wanted=None, dialogue_answered_at=None)
                | Q(dialogue_wanted__isnull=False, dialogue_answered_at__isnull=False),
                name="dialogue_answered_at",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_vetted(self) -> bool:
        """Who opened the case was looked at when it was admitted; who came later is vetted one by one."""
        return self.vetted_at is not None

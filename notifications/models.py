"""Whom we told of what, and every attempt to do so."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.queries import roles_of
from accounts.roles import CASEWORK
from cases.models import Case, CaseEvent, Respondent
from notifications.codes import UNHEARD_READERS, Lane

if TYPE_CHECKING:
    from accounts.models import User

# How long after a try the next one looks whether somebody can be told by now.
LISTEN_AGAIN = timedelta(hours=1)


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, user: "User") -> "NoticeQuerySet":
        """Notices of cases that exist for this person. Asked of each notice, so that few of them cost little among
        many cases."""
        if not roles_of(user) & CASEWORK:
            return self.none()
        return self.filter(Exists(Case.objects.visible_to(user).filter(pk=OuterRef("event__case"))))

    def due(self, at: datetime, lanes: Iterable[Lane]) -> "NoticeQuerySet":
        """Waiting ones of these lanes whose time has come, and leased ones whose lease ran out, by one partial index;
        of one lane the oldest first."""
        lanes = list(lanes)
        # `IN` where `=` would do: Django writes a bare column for a truth value, and SQLite then walks the whole index.
        of_lanes = self.filter(channel__in={one.channel for one in lanes}, urgent__in={one.urgent for one in lanes})
        return of_lanes.filter(next_try_at__isnull=False, next_try_at__lte=at).order_by("next_try_at", "pk")

    def of_day(self, at: datetime) -> "NoticeQuerySet":
        """What waits for the letter of a day that has come, by its partial index."""
        return self.filter(daily_at__isnull=False, daily_at__lte=at)

    def needing_a_look(self) -> "NoticeQuerySet":
        """Given up, or sent twice because nobody knows whether the first try arrived, each by its own small index; and
        what stands in such a letter."""
        dead = Notice.objects.filter(state=Notice.State.DEAD).values("pk")
        doubtful = Notice.objects.filter(doubtful=True).values("pk")
        within = Notice.objects.filter(within__in=dead.union(doubtful)).values("pk")
        # One list of few: of alternatives PostgreSQL asks every notice in turn.
        return self.filter(pk__in=dead.union(doubtful, within))

    def alive(self) -> "NoticeQuerySet":
        """Told, or still to be told; in a letter of its own or in another one's."""
        over = (Notice.State.VOID, Notice.State.DEAD)
        return self.exclude(state__in=over).exclude(within__state__in=over)

    def for_sending(self) -> "NoticeQuerySet":
        """With all that its text and the question whether it may be sent need."""
        return self.select_related("event__case", "event__clock", "event__respondent", "respondent", "recipient")


class Notice(models.Model):
    """One person is told of one event, once for each step; the text is made when it is sent, and never stored."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("Email")
        SMS = "sms", _("Text message")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        LEASED = "leased", _("being sent")
        DAILY = "daily", _("waits for the letter of its day")
        ENCLOSED = "enclosed", _("stands in another notice's letter")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        VOID = "void", _("not sent: no longer allowed or needed")

    event = models.ForeignKey(CaseEvent, models.PROTECT, related_name="notices", verbose_name=_("event"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="notices", verbose_name=_("recipient")
    )
    # The company as whose contact the recipient is told; nobody's for people of the office.
    respondent = models.ForeignKey(
        Respondent, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name=_("company")
    )
    step = models.CharField(_("step"), max_length=32)  # which line of the catalogue made it
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    urgent = models.BooleanField(_("urgent"), default=False)  # sent before all that is not
    message_id = models.CharField(max_length=200, unique=True)  # stable over every attempt
    made_at = models.DateTimeField(_("made"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    # Of a leased one: when the lease runs out. None: nothing more will be done.
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    doubtful = models.BooleanField(_("outcome unknown once"), default=False)
    # What is merely coming goes into one letter a day: from then on it may be written.
    daily_at = models.DateTimeField(_("letter of the day"), null=True, blank=True)
    # The notice in whose letter it stands; that one's state says what became of it.
    within = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="enclosed")
    # Of one in whose letter others stand: the day whose letter it is.
    letter_on = models.DateField(_("letter of"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint("event", "recipient", "step", name="one_notice_a_person_and_step"),
            models.UniqueConstraint(
                fields=["recipient", "letter_on"],
                condition=Q(letter_on__isnull=False),
                name="one_letter_a_person_and_day",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", done_at__isnull=False) | ~Q(state="sent"), name="sent_notice_says_when"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "leased"), next_try_at__isnull=False)
                | (~Q(state__in=("waiting", "leased")) & Q(next_try_at=None)),
                name="open_notice_has_a_next_try",
            ),
            models.CheckConstraint(
                condition=Q(state="daily", daily_at__isnull=False) | (~Q(state="daily") & Q(daily_at=None)),
                name="daily_notice_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="enclosed", within__isnull=False) | (~Q(state="enclosed") & Q(within=None)),
                name="enclosed_notice_says_where",
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "urgent", "next_try_at", "id"],
                condition=Q(next_try_at__isnull=False),
                name="notice_due",
            ),
            models.Index(fields=["daily_at", "recipient"], condition=Q(daily_at__isnull=False), name="notice_daily"),
            models.Index(fields=["id"], condition=Q(state="dead"), name="notice_dead"),
            models.Index(fields=["id"], condition=Q(doubtful=True), name="notice_doubtful"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, user: "User") -> "DeliveryQuerySet":
        return self.filter(notice__in=Notice.objects.visible_to(user))

    def under_way(self) -> "DeliveryQuerySet":
        return self.filter(outcome=Delivery.Outcome.STARTED)


class Delivery(models.Model):
    """One attempt to send a notice; written before the send, so that a crash leaves its trace."""

    class Outcome(models.TextChoices):
        STARTED = "started", _("started")
        ACCEPTED = "accepted", _("accepted")
        FAILED = "failed", _("failed, will be tried again")
        REFUSED = "refused", _("refused for good")
        UNKNOWN = "unknown", _("outcome unknown")

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries", verbose_name=_("notice"))
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome, default=Outcome.STARTED)
    # Of the transport: "450", "timeout"; never its words.
    code = models.CharField(_("code"), max_length=40, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        constraints = [models.UniqueConstraint("notice", condition=Q(outcome="started"), name="one_attempt_under_way")]

    def __str__(self) -> str:
        return str(self.pk)


class UnheardQuerySet(models.QuerySet["Unheard"]):
    def visible_to(self, user: "User") -> "UnheardQuerySet":
        """Those of cases that exist for this person, for the roles that can find a recipient."""
        if not roles_of(user) & UNHEARD_READERS:
            return self.none()
        return self.filter(event__case__in=Case.objects.visible_to(user))

    def due(self, at: datetime) -> "UnheardQuerySet":
        """Those whose next try has come, the oldest first."""
        return self.filter(at__lte=at - LISTEN_AGAIN).order_by("at", "pk")


class Unheard(models.Model):
    """An event that nobody could be told of: nobody holds the role, or everybody who does is in conflict."""

    event = models.OneToOneField(CaseEvent, models.PROTECT, related_name="unheard", verbose_name=_("event"))
    at = models.DateTimeField(_("last tried"), db_index=True)

    objects = UnheardQuerySet.as_manager()

    class Meta:
        verbose_name = _("event that reached nobody")
        verbose_name_plural = _("events that reached nobody")

    def __str__(self) -> str:
        return str(self.pk)

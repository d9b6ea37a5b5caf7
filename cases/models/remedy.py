"""What was promised to put a harm right, step by step, and whether the person harmed says that it was."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from cases.codes import Involved, Method, Paid, RemedyType
from cases.states import REMEDY_STEP

if TYPE_CHECKING:
    from cases.models.case import Case


class Plan(models.Model):
    """The remedy of one case; agreed once every step is complete, the people who filed were consulted, and somebody has
    checked that nobody signs a right away (UNGP 29, behaviour 14)."""

    case = models.OneToOneField("cases.Case", models.PROTECT, related_name="plan")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()  # what was asked and checked before no longer fits the plan
    waivers_checked_at = models.DateTimeField(null=True)
    waivers_checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    agreed_at = models.DateTimeField(null=True)

    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(waivers_checked_at=None, waivers_checked_by=None)
                | Q(waivers_checked_at__isnull=False, waivers_checked_by__isnull=False),
                name="waivers_checked_at_by",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Consultation(models.Model):
    """One person who filed is asked what they think of the plan; their words are sealed under the grievance's key as
    "consultation". Without recorded consultation no plan is agreed (behaviour 18: UNGP 31(h))."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="consultations")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="consultations")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    agrees = models.BooleanField(null=True)
    sealed_words = models.BinaryField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("plan", "filing", "asked_at", name="one_consultation_a_moment"),
            models.CheckConstraint(
                condition=Q(answered_at=None, agrees=None) | Q(answered_at__isnull=False, agrees__isnull=False),
                name="consultation_answered",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class InvolvementQuerySet(models.QuerySet["Involvement"]):
    def newest(self, case: "Case") -> "InvolvementQuerySet":
        """The one that holds, for each company of a case."""
        later = Involvement.objects.filter(respondent=OuterRef("respondent"), pk__gt=OuterRef("pk"))
        return self.filter(respondent__case=case).exclude(Exists(later))


class Involvement(models.Model):
    """How one company is involved in the harm, and which share of the remedy is its own (UNGP 19, 22); newest holds."""

    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, related_name="involvements")
    kind = models.CharField(_("involvement"), max_length=10, choices=Involved.choices())
    share = models.DecimalField(_("share of the remedy in percent"), max_digits=5, decimal_places=2, null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = InvolvementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share=None) | Q(share__range=(0, 100)), name="share_in_percent")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RemedyStepQuerySet(models.QuerySet["RemedyStep"]):
    def ended(self) -> "RemedyStepQuerySet":
        return self.filter(state__in=[name for name, state in REMEDY_STEP.states.items() if state.ends])

    def open(self) -> "RemedyStepQuerySet":
        return self.filter(state__in=[name for name, state in REMEDY_STEP.states.items() if not state.ends])

    def due_for_a_try(self, at: datetime) -> "RemedyStepQuerySet":
        """Somebody's answer is waited for, and its next try, or its lapse, has come; by one partial index."""
        return self.filter(state="verified", next_try_at__lte=at).order_by("next_try_at", "pk")


class RemedyStep(models.Model):
    """One thing that a company does to put it right. What it is and how one sees that it was done are sealed under the
    case's key as "step" (JSON {"what": …, "indicator": …}).

    ``filing``: the one identifiable person whom it is for; then only with their consent to be known to the owner, or
    through an intermediary. ``round``: how often delivery was begun; what people say counts for its round.
    """

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="steps", verbose_name=_("plan"))
    number = models.PositiveSmallIntegerField(_("number"))
    type = models.CharField(_("type"), max_length=16, choices=RemedyType.choices())
    owner = models.ForeignKey("cases.Respondent", models.PROTECT, related_name="steps", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    state = models.CharField(_("state"), max_length=12, choices=REMEDY_STEP.choices(), default="proposed")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, null=True, blank=True, related_name="steps")
    intermediary = models.BooleanField(_("through an intermediary"), default=False)
    sealed_words = models.BinaryField()
    disputes = models.PositiveSmallIntegerField(_("times disputed"), default=0)
    round = models.PositiveSmallIntegerField(_("round"), default=1)  # of delivery; answers count for their round
    tries = models.PositiveSmallIntegerField(_("tries to reach them"), default=0)
    first_try_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)  # or the moment at which it lapses
    dropped_at = models.DateTimeField(_("dropped"), null=True, blank=True)  # before it was agreed

    history = HistoricalRecords(excluded_fields=["sealed_words", "tries", "first_try_at", "next_try_at"])
    objects = RemedyStepQuerySet.as_manager()

    class Meta:
        verbose_name = _("remedy step")
        verbose_name_plural = _("remedy steps")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint("plan", "number", name="one_step_a_number"),
            models.CheckConstraint(
                condition=Q(dropped_at=None) | Q(state="proposed"), name="only_a_proposed_step_is_dropped"
            ),
        ]
        indexes = [models.Index(fields=["next_try_at", "id"], condition=Q(state="verified"), name="step_unanswered")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_open(self) -> bool:
        """Neither ended nor dropped."""
        return self.dropped_at is None and not REMEDY_STEP.states[self.state].ends


class StepText(models.Model):
    """What is promised, in plain words in one language, as everybody who filed reads it; sealed under the key that they
    share as "step"."""

    step = models.ForeignKey(RemedyStep, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=12)
    sealed_body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("step", "language", name="one_step_text_a_language")]

    def __str__(self) -> str:
        return str(self.pk)


class Payment(models.Model):
    """Money of one step for one person: basis, amount, day, proof, and their own confirmation that it came."""

    step = models.ForeignKey(RemedyStep, models.PROTECT, related_name="payments")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="payments")
    basis = models.CharField(_("basis"), max_length=12, choices=Paid.choices())
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2)
    currency = models.CharField(_("currency (ISO 4217)"), max_length=3)
    due_on = models.DateField(_("due"))
    proved_at = models.DateTimeField(_("proof seen"), null=True, blank=True)
    proof = models.ForeignKey("cases.Evidence", models.PROTECT, null=True, blank=True, related_name="+")
    received = models.BooleanField(_("the person says that it came"), null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.UniqueConstraint("step", "filing", "due_on", name="one_payment_a_person_and_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(received=None, answered_at=None) | Q(received__isnull=False, answered_at__isnull=False),
                name="payment_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Claim(models.Model):
    """The owner says that a step was delivered, with what shows it; sealed under the case's key as "claim"."""

    step = models.ForeignKey(RemedyStep, models.PROTECT, related_name="claims")
    round = models.PositiveSmallIntegerField()
    evidence = models.ForeignKey("cases.Evidence", models.PROTECT, null=True, related_name="+")
    sealed_words = models.BinaryField()
    delivered_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")  # who entered it
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("step", "round", name="one_claim_a_round")]

    def __str__(self) -> str:
        return str(self.pk)


class Verification(models.Model):
    """Somebody who is neither respondent nor handler looked whether it is so, and how; sealed as "verification"."""

    step = models.ForeignKey(RemedyStep, models.PROTECT, related_name="verifications")
    round = models.PositiveSmallIntegerField()
    method = models.CharField(_("method"), max_length=12, choices=Method.choices())
    holds = models.BooleanField()
    sealed_words = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Confirmation(models.Model):
    """What one person who filed says of one step in one round of its delivery: it was done, or it was not.

    Their own to take back through monitoring; each change is a version with when. Silence is no row. Their words are
    sealed under the grievance's key as "confirmation".
    """

    step = models.ForeignKey(RemedyStep, models.PROTECT, related_name="confirmations")
    filing = models.ForeignKey("cases.Filing", models.PROTECT, related_name="confirmations")
    round = models.PositiveSmallIntegerField(_("round"))
    confirmed = models.BooleanField(_("confirmed"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    sealed_words = models.BinaryField(null=True)
    at = models.DateTimeField(_("at"))

    history = HistoricalRecords(excluded_fields=["sealed_words"])

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [models.UniqueConstraint("step", "filing", "round", name="one_say_a_person_and_round")]

    def __str__(self) -> str:
        return str(self.pk)


class Determination(models.Model):
    """The panel ends a step that was disputed twice; never counted as confirmed. Reasons sealed as "determination"."""

    step = models.OneToOneField(RemedyStep, models.PROTECT, related_name="determination")
    done = models.BooleanField()  # the panel holds that what was promised was delivered
    sealed_reasons = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class Exit(models.Model):
    """Before a buyer leaves a supplier: what that does to the workers, on record (UNGP 19). Sealed as "exit"."""

    respondent = models.ForeignKey("cases.Respondent", models.PROTECT, related_name="exits")
    leaves_on = models.DateField()
    workers = models.PositiveIntegerField()  # whom it affects, as far as known
    sealed_words = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)

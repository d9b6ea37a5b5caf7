"""The figures of UNGP 31 for a period, counted over the cases that exist for whoever looks; set-aside ones apart."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.codes import AppealResult, SafetyAnswer
from cases.codes.languages import language_name
from cases.figures import Ratio, Share, Spread, share_out, spread, stays
from cases.labels import CLOCKS
from cases.models import Appeal, Case, Clock, Consultation, Filing, Plan, Rating, RemedyStep, SafetyCheck
from cases.queries.remedy_page import CLAIMED
from cases.rules.packs import THEIRS
from cases.states import CASE, Outcome, Stage
from grievance.models import Grievance
from supplychain.models import Site

Ids = QuerySet[Case, Any]  # of `values("pk")`

ACKNOWLEDGED_WITHIN = timedelta(days=7)  # WBD 9(1)(b)


@dataclass(frozen=True)
class Figures:
    """``satisfaction``: the mean of one to five, None for no answer."""

    cases: int
    set_aside: int
    ratios: list[Ratio]
    deadlines: list[Ratio]  # kept, of those whose day has come or that are over; a kind of clock each
    stages: list[Spread]
    shares: list[Share]
    steps: Ratio  # confirmed by the people, of those claimed delivered
    silent_sites: Ratio
    satisfaction: float | None
    rated: Ratio

    @property
    def put_right(self) -> list[Ratio]:
        return [self.steps]

    @property
    def heard(self) -> list[Ratio]:
        return [self.silent_sites, self.rated]


def figures(*, user: User, since: datetime, until: datetime) -> Figures:
    """Of the cases opened in the period; a few questions to the database, and each case's moves read once."""
    opened = Case.objects.visible_to(user).filter(opened_at__gte=since, opened_at__lt=until)
    counted = opened.exclude(stage=Stage.SET_ASIDE)
    ids = counted.values("pk")
    filings = Filing.objects.filter(case__in=ids)
    closed = filings.filter(case__stage=Stage.CLOSED)
    ratings = Rating.objects.filter(filing__in=closed.values("pk"))
    return Figures(
        cases=counted.count(),
        set_aside=opened.filter(stage=Stage.SET_ASIDE).count(),
        ratios=_ratios(counted, ids, until),
        deadlines=_deadlines(ids, until),
        stages=_stages(ids),
        shares=_shares(filings, counted),
        steps=_steps(ids),
        silent_sites=_silent_sites(counted),
        satisfaction=ratings.aggregate(mean=Avg("score"))["mean"],
        rated=Ratio(_("Answered how the handling was / closed"), ratings.count(), closed.count()),
    )


def _ratios(counted: QuerySet[Case], ids: Ids, until: datetime) -> list[Ratio]:
    owed = counted.filter(own_motion="").exclude(filings__waived_because__gt="")
    due = owed.filter(opened_at__lte=until - ACKNOWLEDGED_WITHIN) | owed.filter(acknowledged_at__isnull=False)
    in_time = due.filter(acknowledged_at__lte=F("opened_at") + ACKNOWLEDGED_WITHIN)
    owing = _owing(ids, until).filter(kind="feedback")
    answered = SafetyCheck.objects.filter(filing__case__in=ids, answered_at__isnull=False)
    decided = Appeal.objects.filter(case__in=ids, decided_at__isnull=False)
    plans = Plan.objects.filter(case__in=ids, agreed_at__isnull=False)
    heard = Consultation.objects.filter(plan=OuterRef("pk"), answered_at__isnull=False)
    upheld = decided.filter(result__in=[AppealResult.UPHELD, AppealResult.PARTLY])
    anonymous = Filing.objects.filter(case__in=ids, grievance__openness=Grievance.Openness.ANONYMOUS)
    closed = counted.filter(stage=Stage.CLOSED)
    return [
        Ratio(_("Acknowledged within seven days / due"), in_time.distinct().count(), due.distinct().count()),
        Ratio(
            _("Feedback within three months / due"),
            owing.filter(stopped_at__lte=F("due_at")).count(),
            owing.count(),
        ),
        Ratio(
            _("Retaliation reported / safety questions answered"),
            answered.filter(answer=SafetyAnswer.HARMED).count(),
            answered.count(),
        ),
        Ratio(_("Appeals upheld, wholly or partly / decided"), upheld.count(), decided.count()),
        Ratio(
            _("Plans agreed after an answered consultation / agreed"),
            plans.filter(Exists(heard)).count(),
            plans.count(),
        ),
        Ratio(_("Anonymous / filed"), anonymous.count(), Filing.objects.filter(case__in=ids).count()),
        Ratio(_("Closed as remedied / closed"), closed.filter(outcome=Outcome.REMEDIED).count(), closed.count()),
    ]


def _owing(ids: Ids, until: datetime) -> QuerySet[Clock]:
    """Deadlines of ours and of companies that were kept or missed by now; what ended before its day was kept.

    Feedback whose time began anew with the acknowledgement is owed once; what an appeal makes owed again is another.
    """
    feedback = Clock.objects.filter(case=OuterRef("case"), kind="feedback", pk__gt=OuterRef("pk"))
    begun_anew = Q(kind="feedback") & Exists(feedback.filter(started_at__lte=OuterRef("stopped_at")))
    over = Q(due_at__lte=until) | Q(stopped_at__isnull=False)
    return Clock.objects.filter(over, case__in=ids).exclude(kind__in=THEIRS).exclude(begun_anew)


def _deadlines(ids: Ids, until: datetime) -> list[Ratio]:
    kept = Count("pk", filter=Q(stopped_at__lte=F("due_at")))
    counted: Any = _owing(ids, until).order_by().values("kind").annotate(kept=kept, whole=Count("pk"))
    found = {row["kind"]: row for row in counted}
    named = ((CLOCKS[kind], found[kind]) for kind in CLOCKS if kind in found)
    return [Ratio(label, row["kept"], row["whole"]) for label, row in named]


def _steps(ids: Ids) -> Ratio:
    claimed = RemedyStep.objects.filter(plan__case__in=ids, state__in=CLAIMED)
    confirmed = claimed.filter(state="confirmed").count()
    return Ratio(_("Remedy steps confirmed by the people / claimed delivered"), confirmed, claimed.count())


def _stages(ids: Ids) -> list[Spread]:
    rows = Case.history.filter(id__in=ids).order_by("id", "history_date", "history_id")
    found = stays(rows.values_list("id", "stage", "history_date").iterator(5000))
    return [spread(state.label, found.get(name, [])) for name, state in CASE.states.items() if name in found]


def _shares(filings: QuerySet[Filing], counted: QuerySet[Case]) -> list[Share]:
    languages = filings.values_list("grievance__language").annotate(n=Count("pk"))
    channels = dict(Grievance.Channel.choices)
    by_channel = filings.values_list("grievance__channel").annotate(n=Count("pk"))
    sites = counted.exclude(site=None).values_list("site__name").annotate(n=Count("pk"))
    return [
        share_out(_("By language"), [(language_name(code), n) for code, n in languages]),
        share_out(_("By channel"), [(channels.get(code, code), n) for code, n in by_channel]),
        share_out(_("By site"), list(sites)),
    ]


def _silent_sites(counted: QuerySet[Case]) -> Ratio:
    heard = counted.filter(site=OuterRef("pk"))
    return Ratio(
        _("Sites with no case at all / sites"),
        Site.objects.exclude(Exists(heard)).count(),
        Site.objects.count(),
    )

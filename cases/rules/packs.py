"""The packs themselves: every number of the clock table, with its article and its validity. D: our own default."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

from cases.rules import Rule, Unit, due_at

D = "D"
SINCE = date(2021, 12, 17)  # WBD applies from this day (Art. 26)

PACKS: tuple[Rule, ...] = (
    Rule("acknowledge", 7, Unit.DAYS, "aim", False, "WBD 9(1)(b)", "WBD", SINCE, target=2),
    Rule("acknowledge_urgent", 24, Unit.HOURS, "own", False, D, D, SINCE),
    Rule("urgent_triage", 4, Unit.HOURS, "own", False, D, D, SINCE),
    Rule("safety_plan", 24, Unit.HOURS, "own", False, D, D, SINCE),
    Rule("referral_survivor", 24, Unit.HOURS, "own", False, "ESS10", D, SINCE),
    Rule("eligibility", 14, Unit.DAYS, "own", True, D, D, SINCE),
    Rule("assessment", 30, Unit.DAYS, "own", True, D, D, SINCE),
    Rule("update", 30, Unit.DAYS, "own", False, D, D, SINCE),
    Rule("feedback", 3, Unit.MONTHS, "own", False, "WBD 9(1)(f)", "WBD", SINCE),
    Rule("answer_message", 5, Unit.BUSINESS_DAYS, "own", False, D, D, SINCE),
    Rule("respondent_acknowledges", 5, Unit.BUSINESS_DAYS, "respondent", True, D, D, SINCE),
    Rule("respondent_answers", 14, Unit.DAYS, "respondent", True, D, D, SINCE),
    Rule("investigation", 60, Unit.DAYS, "own", True, D, D, SINCE, extension=30),
    Rule("remedy_plan", 30, Unit.DAYS, "own", True, D, D, SINCE),
    Rule("verification", 30, Unit.DAYS, "own", True, D, D, SINCE),
    Rule("remedy_step", 90, Unit.DAYS, "respondent", True, D, D, SINCE),
    Rule("remedy_step_interim", 14, Unit.DAYS, "respondent", True, D, D, SINCE),
    # Three tries; at its end the step lapses, and nobody of the office was late.
    Rule("review_step", 90, Unit.DAYS, "reminders", False, D, D, SINCE),
    # Until when the person who was asked whether they are safe has time to answer (`cases.rules.safety` has the days).
    Rule("safety_check", 7, Unit.DAYS, "reminders", False, "ISO 37002 8.3–8.4", D, SINCE),
    # The person's own time: nobody is reminded, and whoever could not use it gets it back by a pause.
    Rule("appeal_filed", 60, Unit.DAYS, "", True, D, D, SINCE),
    Rule("appeal_decided", 45, Unit.DAYS, "own", True, D, D, SINCE),
)

# What others may still do, or answer: the queue of what we owe is not ordered by it.
THEIRS = frozenset({"review_step", "safety_check", "appeal_filed"})

# Periods that are no deadline of ours and so climb no ladder: until when somebody may act, how long something is kept.
PERIODS: tuple[Rule, ...] = (
    # A talk about the facts, offered and not answered for so long, need not be waited for any longer (LkSG §8(1)).
    Rule("facts_offered", 14, Unit.DAYS, "", False, D, D, SINCE),
    Rule("words_kept", 36, Unit.MONTHS, "", False, "HinSchG §11(5)", "HinSchG", SINCE),
    # What was done, without anybody's words, after closing; then the record is listed for deletion.
    Rule("record_kept", 84, Unit.MONTHS, "", False, "LkSG §10(1)", "LkSG", SINCE),
    # What is locked away opens a day after it was asked for, unless somebody is in danger; and is shown for three days.
    Rule("unsealing_waits", 24, Unit.HOURS, "", False, D, D, SINCE),
    Rule("unsealed_shown", 72, Unit.HOURS, "", False, D, D, SINCE),
    # The last day for acting in a proceeding elsewhere is marked so long before.
    Rule("limitation_near", 60, Unit.DAYS, "", False, D, D, SINCE),
)


def feedback_starts(received: datetime, acknowledged: datetime | None = None) -> datetime:
    """Feedback's three months run from the acknowledgement, or from its last day where there was none by then: being
    late with the one never buys time for the other (WBD 9(1)(f))."""
    last_day = due_at(rule_for("acknowledge", received.date()), received)
    return min(acknowledged or last_day, last_day)


def period_ends(period: str, at: datetime) -> datetime:
    """When a period of `PERIODS` that begins at ``at`` is over."""
    return due_at(rule_for(period, at.date()), at)


def period_began(period: str, by: datetime) -> datetime:
    """A period of `PERIODS` that began then or earlier is over at the moment ``by``."""
    rule = rule_for(period, by.date())
    return due_at(replace(rule, amount=-rule.amount), by)


def rule_for(clock: str, on: date, severity: str = "") -> Rule:
    """The rule for a clock or a period on a day, of a case of this severity; the one that is due first where several
    apply. KeyError for no rule."""
    found = [rule for rule in (*PACKS, *PERIODS) if rule.clock == clock and rule.applies(on, severity)]
    if not found:
        raise KeyError(clock)
    noon = datetime.combine(on, time(12), UTC)
    return min(found, key=lambda rule: (due_at(rule, noon), rule.regime))

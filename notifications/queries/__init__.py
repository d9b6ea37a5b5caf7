"""Who is told, whether a notice still holds at the moment of sending, and what is in trouble."""

from notifications.queries.present import (
    day_of,
    in_a_flood,
    is_past,
    may_any_be_told,
    may_be_told,
    still_told,
)
from notifications.queries.recipients import Recipient, Recipients, automakers_above, buyers_of
from notifications.queries.trouble import dead_letters, unheard_count, unheard_in_hidden_cases

__all__ = [
    "Recipient",
    "Recipients",
    "automakers_above",
    "buyers_of",
    "day_of",
    "dead_letters",
    "in_a_flood",
    "is_past",
    "may_any_be_told",
    "may_be_told",
    "still_told",
    "unheard_count",
    "unheard_in_hidden_cases",
]

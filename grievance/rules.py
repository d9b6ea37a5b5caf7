"""Numbers of the grievance floor, each with its source; data, so that a change of law or of mind is one line."""

from collections.abc import Mapping
from datetime import timedelta

STATEMENT_LONGEST = 40_000  # characters, about fifteen pages; our default
MESSAGE_LONGEST = 10_000  # characters; our default
URGENT_ANSWER_WITHIN = timedelta(hours=24)  # as the line below, where somebody is in danger; our default
ANSWER_WITHIN = timedelta(days=7)  # promised on the receipt; WBD 9(1)(b), as cases.rules counts it
FILES_MOST = 5  # a form
_MEGABYTE = 1024 * 1024
# Bytes of one file, by the family of its kind: a recording of an hour, a short film of a phone; our defaults.
FILE_LARGEST: Mapping[str, int] = {"sound": 60 * _MEGABYTE, "film": 60 * _MEGABYTE}
FILE_LARGEST_ELSE = 20 * _MEGABYTE
STAGED_FOR = timedelta(days=1)
TRIES_MOST = 5  # at making the copy of a picture
PRESSED_TWICE = timedelta(minutes=10)  # the same words within this are one message
CALL_FOR = timedelta(days=7)  # that a confidential person allows their handler to call; our default
DRILL_LASTS = timedelta(hours=4)  # then everything is real again, by itself: a real emergency must not wait
LIST_LONGEST = 500  # people in one list of a partner; our default
# A program that lost an answer asks again under the same key within this; then no key gives anybody's number any more,
# so that whoever steals the keys of a program later has nothing. Our default.
CALL_KEY_FOR = timedelta(days=1)
# Then it is forgotten, and may come anew; but what was filed under it long ago is never answered again. Our default.
CALL_KEY_KEPT = timedelta(days=3)
CALL_LIST_LONGEST = 100  # people in one call of a program; our default
CALLS_A_MINUTE = 300  # of one token; our default
WRONG_TOKENS = 30  # of one network in ten minutes; our default
# -- A lost number. Between the announcement and the code, so that whoever still has the number can stop it.
RECOVERY_WAITS = timedelta(hours=72)
CODE_LIVES = timedelta(minutes=30)
# A code that ran out unused is made anew for whoever asks again within this: they have waited already; our default.
RECOVERY_AGAIN = timedelta(days=7)
CODES_MOST = 5  # after one wait; our default
RECOVERIES_MOST = 5  # grievances of one contact, the newest ones; our default
RECOVERY_ENDS = timedelta(days=14)  # after it was asked for: no code can be sent, so it is asked for again; our default
LOST_A_NETWORK = 30  # requests in ten minutes, as of wrong numbers; our default
FOLLOW_IDLE = timedelta(minutes=20)
# Grievances whose words one person may open in a day before reading stops and oversight is told; our default.
READING_BUDGET = 150
# Filings of one network (a /24 or a /48) that are kept without any hindrance, by window. A training class or a village
# that files together sends dozens in ten minutes, a whole mine behind the one address of its operator some hundreds a
# day; whoever floods sends hundreds in minutes or thousands a day. Our default.
FILINGS_A_NETWORK = {timedelta(minutes=10): 200, timedelta(days=1): 1000}
ONCE_MORE_FOR = timedelta(days=1)  # that "press Send once more" holds: on a bad line the second try may be much later
READING_TAKES = timedelta(hours=1)  # what comes in later than this before the end of the hours is read in the next ones
SITES_SHOWN = 20  # of those that a search finds
# Bytes of files that one network may send in a day: a village with its pictures. Who comes back with a number has as
# much again, counted apart: a stranger's flood does not keep their proof out. Our default.
FILES_A_NETWORK = 500 * _MEGABYTE
# Bytes of the disk that files leave free, so that words can always be kept; who comes back may use some of them.
DISK_FOR_WORDS = 1024 * _MEGABYTE
DISK_FOR_WORDS_RETURNING = 512 * _MEGABYTE
# -- Text messages that go out, in segments (as they are paid) and by day (UTC); our defaults, for one gateway and for
# each country by it. A gateway may have numbers of its own in its options ("daily", "daily_country").
SEGMENTS_A_DAY = 3000
SEGMENTS_A_COUNTRY = 1500
SEGMENTS_FOR_URGENT = 0.2  # of each, kept for what is urgent
REPLIES_AN_HOUR = 20  # to one writer: two machines must not talk to each other
# To a registered phone of a partner: what twelve people take in an hour, each with seven texts, and half as many again
# to ask back; our default.
REPLIES_AN_HOUR_PARTNER = 126
# The same words to one writer within an hour, whatever stands between them; in a conversation since it began.
ALIKE_MOST = 2
REPORTS_KEPT = timedelta(days=3)  # of texts that we do not know
ALIKE_WITHIN = timedelta(minutes=10)  # the same words of the same writer may be one text that came twice; our default
PARTS_ALIKE_WITHIN = timedelta(days=3)  # as above, of a part of one text: it has the text's reference, too
NUMBER_LOOKED_AT = timedelta(days=1)  # how often it is asked whether anything needs a number still; our default
UNREAD_KEPT = timedelta(days=90)  # of what came in by text and no program could read or hear, as it came; our default
SEGMENTS_A_TEXT = 3  # at most, of what we say of ourselves, in any language
# -- PINs by text, wrong ones; our defaults. Of one reference: then it is shut for an hour, and each time twice as long.
PINS_A_REFERENCE = 5
PINS_A_WRITER = 10  # from one number within the time below
PINS_A_GATEWAY = 100  # by one gateway, from phones that are not those of the references
PINS_WITHIN = timedelta(hours=1)
PINS_SHUT = timedelta(hours=1)
PINS_SHUT_MOST = timedelta(days=1)
# After a conversation has ended without a PIN, one may still be chosen on the phone that it came from; our default.
PIN_CHOSEN_WITHIN = timedelta(hours=1)
READ_SEGMENTS = 6  # of content, for one that asked for it


def file_largest(family: str) -> int:
    """Bytes that one file of the family may have."""
    return FILE_LARGEST.get(family, FILE_LARGEST_ELSE)

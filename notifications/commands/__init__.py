"""The only writers of notices: telling what happened, sending, and trying again."""

from notifications.commands.bundling import bundle
from notifications.commands.repair import tell_again, try_again
from notifications.commands.replies import Way, deliver_replies, deliver_way, due_ways, route_replies
from notifications.commands.sending import alone, deliver, few
from notifications.commands.telling import relay

__all__ = [
    "Way",
    "alone",
    "bundle",
    "deliver",
    "deliver_replies",
    "deliver_way",
    "due_ways",
    "few",
    "relay",
    "route_replies",
    "tell_again",
    "try_again",
]

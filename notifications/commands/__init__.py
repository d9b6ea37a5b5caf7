"""The only writers of notices: telling what happened, sending, and trying again."""

from notifications.commands.bundling import bundle
from notifications.commands.repair import tell_again, try_again
from notifications.commands.replies import deliver_replies
from notifications.commands.sending import alone, deliver
from notifications.commands.telling import relay

__all__ = ["alone", "bundle", "deliver", "deliver_replies", "relay", "tell_again", "try_again"]

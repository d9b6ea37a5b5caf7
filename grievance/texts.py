"""Every text that goes out to a phone by itself, by name: short, in plain words, without anything that somebody wrote.

In English each fits one message of 160 signs of GSM 03.38, with what is put into it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievance.talk import ASKED

Text = str | Promise

# -- The first text, and a conversation
_TALK: dict[str, Text] = {
    "welcome": _("We have your message. Your number is %(reference)s."),
    "done": _("Thank you. A person reads it and answers. Your number is %(reference)s. Keep it, and your PIN, to "
              "yourself."),
    "started": _("You get texts from us again."),
    "helped": _("Write what happened, in your own words. STOP: no more "
                "texts. LANGUAGE: other languages."),
    "languages": _("Write LANGUAGE and one of these: %(choices)s"),
    "language_set": _("We write to you in this language now."),
}  # fmt: skip

TEXTS: dict[str, Text] = {
    "code": _("%(code)s. Use it within %(minutes)d minutes."),
    "test": _("This is a test of our text messages. Please ignore it."),
    **_TALK,
    **{f"ask_{one.key}": one.by_text.words for one in ASKED if one.by_text and one.by_text.words is not None},
    **{f"wrong_{one.key}": one.by_text.wrong for one in ASKED if one.by_text and one.by_text.wrong is not None},
}

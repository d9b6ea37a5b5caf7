"""Every text that goes out to a phone by itself, by name: short, in plain words, without anything that somebody wrote.

In English each fits one message of 160 signs of GSM 03.38, with what is put into it.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from grievance import relayed
from grievance.talk import ASKED

Text = str | Promise

# -- The first text, and a conversation
_TALK: dict[str, Text] = {
    "welcome": _("We have your message. Your number is %(reference)s."),
    "ways": "%(ways)s",  # behind it, to a stranger: how to change the language (`grievance.tongues`)
    "done": _("Thank you. A person reads it and answers. Your number is %(reference)s. Keep it, and your PIN, to "
              "yourself."),
    "started": _("You get texts from us again."),
    "helped": _("Write what happened, in your own words. To ask how it stands: your number and PIN. STOP: no more "
                "texts. LANGUAGE: other languages."),
    "help_lines": _("They help: %(lines)s"),
    "languages": _("Write LANGUAGE and one of these: %(choices)s"),
    "language_set": _("We write to you in this language now."),
}  # fmt: skip

# -- A structured text; the guide is `coded.short_guide`
_FORM: dict[str, Text] = {
    "form_unclear": _("We kept your text and could not read all of it. Please send it again like this: %(guide)s"),
    "form_old": _("We kept your text. Its form is an old one. Please send it again like this: %(guide)s"),
    "form_how": _("Write it like this: %(guide)s"),
}

# -- Coming back with number and PIN
_BACK: dict[str, Text] = {
    # The same whatever was wrong, and after too many tries.
    "no_match": _("This did not match, or was tried too often. Try later. Write your number, your PIN and a word, for "
                  "example: %(example)s 123456 %(word)s"),
    "how": _("Write your number, your PIN and the word, for example: %(example)s 123456 %(word)s"),
    "wrote": _("We have your message. A person reads it."),
    "web": _("Your code is %(code)s. Type it within %(minutes)d minutes on our web page, where your number is asked."),
    "dropped": _("No partner follows your case any more."),
    "partner": _("This phone is a partner's. Only the person can say that, from another phone or on the web."),
}  # fmt: skip

# -- What `cases` answers
_STANDING: dict[str, Text] = {
    "latest": _("At the latest on %(day)s."),
    "late": _("This is late, and somebody sees to it."),
    "hear_by": _("You hear from us by %(day)s."),
    "to_read": _("Something waits for you. To read it: your number, your PIN and %(word)s."),
    "nothing_new": _("There is nothing new to read."),
    "read_more": _("The rest is on the web: your number, your PIN and %(word)s."),
    "step_asked": _("%(number)s: %(words)s Was it done? %(yes)s or %(no)s"),
    "telling_asked": _("%(number)s: May we tell %(company)s what happened, never your name?"),
    "telling_few": _("Few people fit what happened, so they may guess that it was you."),
    "telling_words": _("Your number, your PIN and %(yes)s %(number)s or %(no)s %(number)s."),
    "web_asks": _("There is a question for you on the web: your number, your PIN and %(word)s."),
    "confirmed": _("Thank you. We noted that it was done. To change that: your number, your PIN and %(word)s."),
    "disputed": _("We noted that it was not done, and see to it. To change that: your number, your PIN and %(word)s."),
    "allowed": _("We noted that we may tell them. To take that back: your number, your PIN and %(word)s."),
    "refused": _("We do not tell them. To change that: your number, your PIN and %(word)s."),
    "which_telling": _("We ask you about several companies. Add the number of the one you mean, for example: "
                       "%(word)s 2"),
    "pressed": _("You may leave, without a reason. Did somebody press you? Write your number, your PIN, %(word)s and 1 "
                 "for yes, 2 for no, 0 to say nothing."),
    "withdrawn": _("You have left the case. We may go on without your words."),
    "which_step": _("Several things were promised. Add the number of the one you mean, for example: %(word)s 2"),
    "not_asked": _("We do not ask you that now. We tell you when we do."),
    "safe_noted": _("Thank you. We noted that you are safe."),
    "unsafe_noted": _("We have it. A person is told now."),
}  # fmt: skip

# -- What is announced, without saying what it is
_ANNOUNCED: dict[str, Text] = {
    "answer_waits": _("There is an answer. To read it: your number, your PIN and %(word)s."),
    "question_waits": _("There is a question for you. To read it: your number, your PIN and %(word)s."),
    "are_you_safe": _("Are you safe? Write your number, your PIN and %(yes)s or %(no)s."),
    # To who filed on the web and chose a safe way: there is no PIN, and less is said.
    "page_waits": _("Something waits for you. To read it: the page where you filed, and your number."),
    "page_safe": _("Are you safe? Please answer on the page where you filed, with your number."),
}

TEXTS: dict[str, Text] = {
    "code": _("%(code)s. Use it within %(minutes)d minutes."),
    "test": _("This is a test of our text messages. Please ignore it."),
    **_TALK,
    **relayed.TEXTS,
    **_FORM,
    **_BACK,
    **_STANDING,
    **_ANNOUNCED,
    **{f"ask_{one.key}": one.by_text.words for one in ASKED if one.by_text and one.by_text.words is not None},
    **{f"wrong_{one.key}": one.by_text.wrong for one in ASKED if one.by_text and one.by_text.wrong is not None},
}

"""The shape of replies, translations and masked versions."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from accounts.roles import Act, Field
from cases.codes.languages import language_name
from cases.forms.fields import read
from cases.forms.office import ActForm, language_names
from cases.models import CannedText
from cases.policies import shown
from cases.queries import newest_message
from cases.queries.deadlines import feedback_owed
from cases.queries.words import canned_for, messages_of, waiting_in
from grievance.commands.reading import Words
from grievance.forms import Words as WordsField
from grievance.forms import picture_problems
from grievance.models import Message, Translation
from grievance.rules import FILES_MOST, MESSAGE_LONGEST, STATEMENT_LONGEST
from grievance.uploads import LEFT_OUT, SealedUpload

# A masked version holds a statement, its translation and later messages.
MASKED_LONGEST = 3 * STATEMENT_LONGEST
STATEMENT = "statement"
UPLOADS = "uploads"
NOT_COPIED = _(
    "“%(name)s” cannot be sent: its hidden data cannot be taken out. Pictures, PDF papers and recordings can."
)
NO_ROOM = _("There is no room for files just now. The reply can be sent without them.")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


def message_label(message: Message) -> str:
    """Who wrote when, never what."""
    who = _("The person wrote, %(moment)s") if message.author_id is None else _("The office wrote, %(moment)s")
    waits = message.author_id is not None and message.released_at is None
    label = who % {"moment": date_format(localtime(message.sent_at), "j M Y, H:i")}
    return f"{label} – {_('waits')}" if waits else label


class WithCanned(forms.Form):
    """Has a ready text put into its ``body`` by a button of its own; nothing is sent by that."""

    inserts = "canned"

    canned = forms.ChoiceField(label=_("Canned text"), required=False)

    def offer_canned(self, language: str) -> None:
        """Those in that language first; without any, the field is not there."""
        self.ready = {str(text.pk): text for text in canned_for(language)}
        labels = ((pk, f"{text.name} ({language_name(text.language)})") for pk, text in self.ready.items())
        self.fields["canned"].choices = [("", "–"), *labels]  # type: ignore[attr-defined]
        if not self.ready:
            del self.fields["canned"]

    def with_chosen(self) -> dict[str, Any]:
        """What was typed, with the chosen text behind it and in its language."""
        given = {name: self.data.get(name) for name in self.fields}
        chosen: CannedText | None = self.ready.get(str(given.get("canned")))
        if chosen is None:
            return given
        parts = (str(given["body"] or "").rstrip(), chosen.body)
        return given | {"body": "\n\n".join(filter(None, parts)), "language": chosen.language, "canned": ""}

    def clean(self) -> dict[str, Any]:
        """The chosen text stands in the body by now, or was not wanted."""
        given = dict(super().clean() or self.cleaned_data)
        given.pop("canned", None)
        return given


class Files(forms.FileInput):
    """Several files; they are sealed before the form is looked at, so that it finds none of them here."""

    allow_multiple_selected = True


class ReplyForm(WithCanned, ActForm):
    body = WordsField(label=_("Your reply"), longest=MESSAGE_LONGEST, widget=_area(7))
    language = forms.ChoiceField(label=_("Language of the reply"))
    uploads = forms.Field(
        label=_("Files"),
        required=False,
        widget=Files(attrs={"multiple": True}),
        help_text=_(
            "Pictures, PDF papers and recordings, five at most. The person gets copies without hidden data, without "
            "the names of the files. Choose them again if this page comes back with a mistake."
        ),
    )
    feedback = forms.BooleanField(
        label=_("This is the feedback that is owed"),
        required=False,
        help_text=_("It says what is done or planned about their case, and why."),
    )
    filing = forms.TypedChoiceField(widget=forms.HiddenInput)
    # What the page shows, and so what this reply answers; asked before the words are opened, never after.
    read_up_to = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    field_order = ("canned", "body", "language", "uploads", "feedback")

    def prepare(self) -> None:
        self.choose("filing", ((filing, "") for filing in self.page.filings))
        if not self._may_be_feedback():
            del self.fields["feedback"]
        names = dict(language_names())
        if self.shown_filing is not None:
            theirs = self.shown_filing.grievance.language
            names.setdefault(theirs, language_name(theirs))
            read_up_to = newest_message(self.shown_filing)
            self.initial = {"filing": self.shown_filing.pk, "language": theirs, "read_up_to": read_up_to}
            self.fields["body"].widget.attrs["lang"] = theirs
            self.fields["language"].help_text = _(
                "They read %(language)s. A reply in another language waits, unseen by them and answering nothing, "
                "until it is translated or you choose to send it as it is."
            ) % {"language": language_name(theirs)}
            self.offer_canned(theirs)
        self.fields["language"].choices = list(names.items())  # type: ignore[attr-defined]

    def _may_be_feedback(self) -> bool:
        """To one of many it is not what is owed to all."""
        alone = self.page.people.paginator.count == 1
        return alone and Act.GIVE_FEEDBACK in self.page.acts and read(self.page, feedback_owed)

    def clean_uploads(self) -> list[SealedUpload]:
        """Only what a copy can be made of: the person never gets a file of the office as it is."""
        errors = picture_problems(self.sent_files, FILES_MOST)
        for one in self.sent_files:
            if one.problem is None and not one.kind.copied:
                errors.append(ValidationError(NOT_COPIED, params={"name": one.name}))
            elif one.problem in LEFT_OUT:
                errors.append(ValidationError(NO_ROOM))
        if errors:
            raise ValidationError(errors)
        return list(self.sent_files)

    def inserted(self) -> "ReplyForm":
        again = ReplyForm(slug=self.slug, page=self.page, user=self.user, filing=self.shown_filing)
        again.initial.update(self.with_chosen())
        again.fields["body"].widget.attrs |= {"lang": again.initial["language"], "autofocus": True}
        return again

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None


class TranslateForm(ActForm):
    """Of the shown filing: its first words, or one message."""

    message = forms.TypedChoiceField(label=_("What you translated"), empty_value=STATEMENT)
    language = forms.ChoiceField(label=_("Into"))
    maker = forms.ChoiceField(label=_("Made"), choices=Translation.Maker.choices)
    body = WordsField(label=_("The translation"), longest=MASKED_LONGEST, widget=_area(7))
    filing = forms.TypedChoiceField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.choose("filing", ((filing, "") for filing in self.page.filings))
        self.fields["language"].choices = language_names()  # type: ignore[attr-defined]
        if self.shown_filing is None:
            return
        held = {str(message.pk): message for message in self._messages(self.shown_filing.grievance_id)}
        field = self.fields["message"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(STATEMENT, _("First words")), *((pk, message_label(one)) for pk, one in held.items())]
        field.coerce = held.get
        waits = next((pk for pk, one in held.items() if one.author_id is not None and one.released_at is None), "")
        self.initial = {
            "filing": self.shown_filing.pk,
            "message": waits or STATEMENT,
            "language": self.shown_filing.grievance.language if waits else self.user.language,
        }

    def _messages(self, grievance_id: int) -> list[Message]:
        """Who may not read the person's own messages translates what the office wrote."""
        found = messages_of(grievance_id)
        return found if shown(self.user, Field.STATEMENT, self.page.case) else [one for one in found if one.author_id]

    def clean_message(self) -> Message | None:
        """None for the statement."""
        chosen = self.cleaned_data["message"]
        return chosen if isinstance(chosen, Message) else None

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None


class ReleaseForm(ActForm):
    message = forms.TypedChoiceField(label=_("Reply"), empty_value=None)

    def prepare(self) -> None:
        self.waiting = waiting_in(self.page.case)
        self.choose("message", ((message, message_label(message)) for message in self.waiting))

    @property
    def offered(self) -> bool:
        return bool(self.waiting)


class MaskForm(ActForm):
    """Begins with what the person said, or with the newest masked version and what they wrote since."""

    body = WordsField(
        label=_("The masked version"),
        longest=MASKED_LONGEST,
        widget=_area(14),
        help_text=_(
            "Put ▮▮▮ in the place of every word from which somebody could be known: names, ages, jobs that only one "
            "person has, days and places. Investigators, interpreters and verifiers read this and nothing else."
        ),
    )
    filing = forms.TypedChoiceField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.choose("filing", ((filing, "") for filing in self.page.filings))
        if self.shown_filing is not None:
            self.initial = {"filing": self.shown_filing.pk}

    def begin_with(self, words: Words) -> None:
        since = words.masked.at if words.masked else None
        first = (
            [words.masked.body]
            if words.masked
            else [words.statement, words.place, *words.more, *(one.body for one in words.translations[:1])]
        )
        later = [turn.body for turn in words.turns if turn.from_complainant and (since is None or turn.sent_at > since)]
        self.initial["body"] = "\n\n".join(part for part in (*first, *later) if part)

    @property
    def offered(self) -> bool:
        return self.shown_filing is not None and shown(self.user, Field.STATEMENT, self.page.case)

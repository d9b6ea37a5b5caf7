"""Finding out what happened: hearings, evidence, people named, findings."""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Act
from cases.admin.deeds.deed import Deed, of_record, with_form
from cases.commands import evidence, findings, hearings, persons
from cases.forms import inquiry

DEEDS = (
    Deed(
        "plan-hearing", Act.PLAN_HEARING, _("Plan a hearing"),
        _("An interview, a hearing, a visit, or the talk about the facts that comes before a finding."),
        _("The hearing is planned."), inquiry.PlanHearingForm, with_form(hearings.plan_hearing),
    ),
    Deed(
        "hearing-held", Act.RECORD_HEARING, _("Record a hearing"),
        _("Whoever filed reads the minutes on their follow page, and checks them there."),
        _("The minutes are on record."), inquiry.HearingHeldForm, of_record(hearings.hold_hearing),
    ),
    Deed(
        "hearing-declined", Act.RECORD_HEARING, _("Hearing not wanted"), _("The speaker declined, or did not come."),
        _("It is on record that the speaker did not want it."), inquiry.HearingDeclinedForm,
        of_record(hearings.decline_hearing),
    ),
    Deed(
        "check-minutes", Act.RECORD_HEARING, _("Minutes checked"),
        _("A witness or a company has read the minutes in front of you."),
        _("The check is on record."), inquiry.CheckForm, of_record(hearings.record_check),
    ),
    Deed(
        "evidence", Act.LOG_EVIDENCE, _("Log evidence"), _("What it is, where it comes from, what it shows."),
        _("The evidence is logged."), inquiry.EvidenceForm, with_form(evidence.log_evidence),
    ),
    Deed(
        "name-person", Act.NAME_PERSON, _("Name a person"),
        _("Somebody accused, a witness or a relative, with rights of their own."),
        _("The person is on record."), inquiry.NamePersonForm, with_form(persons.name_person),
    ),
    Deed(
        "invite", Act.RECORD_WORDS, _("Invite the accused to answer"),
        _("You have asked this person for their side. It tells them that there is a case."),
        _("The invitation is on record."), inquiry.InviteForm, of_record(persons.invite),
    ),
    Deed(
        "person-words", Act.RECORD_WORDS, _("Record what a person said"),
        _("Of witnesses and relatives nothing is used to which they do not agree."),
        _("Their answer is on record."), inquiry.PersonWordsForm, of_record(persons.record_words),
    ),
    Deed(
        "find", Act.FIND, _("Make a finding"),
        _("Each audience reads a text of its own. The facts are talked over with everybody who filed before."),
        _("The finding is on record."), inquiry.FindForm, with_form(findings.find),
    ),
    Deed(
        "word-finding", Act.WORD_FINDING, _("Write the finding in one language more"),
        _("Whoever filed in that language reads it instead of the English text from now on."),
        _("The finding is written in their language."), inquiry.WordFindingForm, of_record(findings.word_finding),
    ),
)  # fmt: skip

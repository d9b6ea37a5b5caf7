"""The words that records of a case are graded with; each is stored by its code and shown by its label."""

from django.utils.translation import gettext_lazy as _

from accounts.codes import Text, Word

# What has to be true for a case to be ours (CSDDD 14; no test of standing, 14(5)); a no to any is a reason.
ELIGIBILITY: dict[str, Text] = {
    "harm": _("It is about harm to people or nature, or a risk of it"),
    "chain": _("The site is, or may be, in the supply chain of a company that answers here"),
    "new": _("It was not decided here before, or there are new facts"),
    "good_faith": _("Nothing shows that it is knowingly false"),
}

# Ties to a party that make a person partial (LkSG §8(3)).
DECLARED: dict[str, Text] = {
    "work": _("I work or worked for it, or for its group"),
    "family": _("Somebody close to me works for it"),
    "money": _("I hold a share of it, or it pays me"),
    "dispute": _("I am or was in a dispute with it"),
    "other": _("Something else could make me partial"),
}


class Risk(Word):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class Standing(Word):
    """For whom the person who filed speaks, and by which authority (CSDDD 14(2))."""

    SELF = "self", _("For themselves")
    REPRESENTATIVE = "representative", _("For somebody who asked them to")
    UNION = "union", _("As a union or workers' representatives")
    COMMUNITY = "community", _("As a representative of a community")
    SOCIETY = "society", _("As an organisation of civil society")


class WaivedBecause(Word):
    """Why nobody acknowledges to this person (HinSchG §28)."""

    ASKED = "asked", _("The person does not want it")
    DANGER = "danger", _("It would put them in danger")


class UrgentBecause(Word):
    """What showed that somebody is in danger."""

    OFFICER = "officer", _("An officer saw it")
    ALARM = "alarm", _("The person said that they are not safe")
    SILENCE = "silence", _("The person did not answer whether they are safe")


class Capacity(Word):
    ACCUSED = "accused", _("Accused")
    WITNESS = "witness", _("Witness")
    RELATIVE = "relative", _("Relative")


class HearingKind(Word):
    INTERVIEW = "interview", _("Interview")
    HEARING = "hearing", _("Hearing")
    SITE_VISIT = "site_visit", _("Site visit")
    FACTS = "facts", _("Talk about the facts before a finding")


class EvidenceKind(Word):
    DOCUMENT = "document", _("Document")
    PICTURE = "picture", _("Picture or recording")
    STATEMENT = "statement", _("Statement")
    MEASUREMENT = "measurement", _("Measurement")
    OBSERVATION = "observation", _("Observation on site")
    OTHER = "other", _("Something else")


class Basis(Word):
    INQUIRY = "inquiry", _("Inquiry")
    SETTLEMENT = "settlement", _("Settlement")
    ADMISSION = "admission", _("Admission by the company")


class Result(Word):
    SUBSTANTIATED = "substantiated", _("Substantiated")
    PARTLY = "partly", _("Partly substantiated")
    UNSUBSTANTIATED = "unsubstantiated", _("Not substantiated")


class SeatKind(Word):
    PANELLIST = "panellist", _("Panel member")
    VERIFIER = "verifier", _("Verifier")
    INTERPRETER = "interpreter", _("Interpreter")
    INVESTIGATOR = "investigator", _("Investigator")


class AppealResult(Word):
    UPHELD = "upheld", _("Upheld")
    PARTLY = "partly", _("Partly upheld")
    REJECTED = "rejected", _("Rejected")


class LetterKind(Word):
    INELIGIBLE = "ineligible", _("Why we cannot take this up")
    CLOSING = "closing", _("Why the case is closed")


class ServedKind(Word):
    """What of the office's texts reaches a person who filed on their follow page."""

    LETTER = "letter", _("Letter with reasons")
    FINDING = "finding", _("What we found")
    PLACE = "place", _("Where we meet")
    MINUTES = "minutes", _("What was written down of what you said")
    DECISION = "decision", _("What the panel decided on your appeal")
    REFERRAL = "referral", _("Who can help you")


class ReferralKind(Word):
    MEDICAL = "medical", _("Medical help")
    COUNSELLING = "counselling", _("Counselling or shelter")
    LEGAL = "legal", _("Legal help")
    UNION = "union", _("Union or workers' centre")
    CHILD = "child", _("Child protection")
    AUTHORITY = "authority", _("Authority")
    OTHER = "other", _("Something else")


class Forum(Word):
    COURT = "court", _("Court")
    INSPECTORATE = "inspectorate", _("Labour or mines inspectorate")
    NCP = "ncp", _("OECD contact point")
    POLICE = "police", _("Criminal proceeding")
    OTHER = "other", _("Something else")


class SafetyReason(Word):
    MONTHLY = "monthly", _("Monthly, while the case is open")
    DISCLOSURE = "disclosure", _("After a company was told")
    AFTER = "after", _("After the case was closed")
    WITHDRAWAL = "withdrawal", _("After a withdrawal")
    ASKED = "asked", _("Asked by an officer")


class SafetyAnswer(Word):
    SAFE = "safe", _("I am safe")
    WORRIED = "worried", _("I am worried")
    HARMED = "harmed", _("Something was done to me or to somebody close")


class Deferral(Word):
    """Why a company is told later than the rule says (behaviour 16: ISO 37002 8.4.4)."""

    EVIDENCE = "evidence", _("Evidence could be destroyed")
    SAFETY = "safety", _("Somebody has to be safe first")
    SURVIVOR = "survivor", _("The person asked us to wait")


class NoteKind(Word):
    NOTE = "note", _("Note")
    EXTENSION = "extension", _("Why more time is needed")
    SAFETY_PLAN = "safety_plan", _("Safety plan")
    NEW_FACTS = "new_facts", _("New facts")
    REFUSAL = "refusal", _("Remedy refused, by the company or by those who filed")


# Written by deeds of their own, because a deadline hangs on them.
NOTES_OF_OWN = frozenset({NoteKind.SAFETY_PLAN, NoteKind.EXTENSION})


class HoldReason(Word):
    COURT = "court", _("A court case is open or likely")
    AUTHORITY = "authority", _("An authority asked for it")
    REMEDY = "remedy", _("The remedy is still being delivered")
    PERSON = "person", _("The person harmed asked for it")


class Unsealed(Word):
    NAME = "name", _("Name")
    CONTACT = "contact", _("Contact")


class UnsealReason(Word):
    REMEDY = "remedy", _("To deliver a remedy to this person")
    SAFETY = "safety", _("To protect somebody from danger")
    LAW = "law", _("A law or a court demands it")
    CALL = "call", _("The person agreed to a call")


class Fpic(Word):
    """Stages of free, prior and informed consent (UNDRIP 19, 32)."""

    REPRESENTATIVES = "representatives", _("Representatives chosen by the People")
    INFORMED = "informed", _("Information given")
    CONSULTED = "consulted", _("Consultation held")
    GIVEN = "given", _("Consent given, with its conditions")
    REFUSED = "refused", _("Consent refused")
    WITHDRAWN = "withdrawn", _("Consent withdrawn")


class Involved(Word):
    """How a company is involved in a harm (UNGP 13, 19, 22)."""

    CAUSE = "cause", _("Caused it")
    CONTRIBUTE = "contribute", _("Contributed to it")
    LINKED = "linked", _("Linked to it by its business")


class RemedyType(Word):
    """Forms of remedy (UNGP 25), and what has to be done at once."""

    APOLOGY = "apology", _("Apology")
    RESTITUTION = "restitution", _("Restitution")
    REHABILITATION = "rehabilitation", _("Rehabilitation")
    COMPENSATION = "compensation", _("Compensation")
    SANCTION = "sanction", _("Sanction")
    GUARANTEE = "guarantee", _("Guarantee that it does not happen again")
    INTERIM = "interim", _("Interim step")


class Paid(Word):
    WAGES = "wages", _("Unpaid wages")
    COMPENSATION = "compensation", _("Compensation")
    EXPENSES = "expenses", _("Expenses")
    FEES = "fees", _("Recruitment fees paid back")


class Method(Word):
    """How somebody independent looked whether a step was done."""

    VISIT = "visit", _("Visit to the place")
    INTERVIEW = "interview", _("Talks with the people concerned")
    DOCUMENT = "document", _("Documents")
    BANK = "bank", _("Proof of payment")
    MEASUREMENT = "measurement", _("Measurement")


class LinkKind(Word):
    RELATED = "related", _("Has to do with it")
    DUPLICATE = "duplicate", _("Is the same matter")
    MERGED = "merged", _("Was taken into it")


class PauseBecause(Word):
    """Why a deadline stands still; never because the office is busy."""

    PERSON = "person", _("The person who filed asked for time, or cannot be reached now")
    DANGER = "danger", _("Going on now would put somebody in danger")
    AUTHORITY = "authority", _("Waits for an authority or a court")
    DISASTER = "disaster", _("Unrest, disaster or illness keeps people from answering")
    AGREED = "agreed", _("The parties agreed to wait")

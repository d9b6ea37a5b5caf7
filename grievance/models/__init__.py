"""What people said, sealed: the database alone tells nobody's words, name, number or file."""

from grievance.models.coming import Arrival, FollowSession, Opening, Receipt, Recovery, Reply
from grievance.models.conversation import Attachment, Masked, Message, Translation
from grievance.models.drills import Drill, Practice
from grievance.models.files import SealedChunk, SealedFile, StagedFile
from grievance.models.keys import CustodyKey, DataKey, KeyWrap
from grievance.models.outgoing import EarlyReport, StoppedNumber
from grievance.models.partners import FieldPartner, PartnerCard, PartnerCode, PartnerNumber, PartnerPerson
from grievance.models.people import CallGrant, Complainant, Consent, ConsentQuestion, Grievance, IdentitySeal
from grievance.models.programs import CallKey
from grievance.models.relays import Batch, Relay
from grievance.models.remotes import Remote
from grievance.models.rota import ReadingHours
from grievance.models.sessions import FormSession, TextReceipt
from grievance.models.texts import Gateway, GatewayDay, InboundRequest, InboundText, Writer
from grievance.models.tries import WrongPins

__all__ = [
    "Arrival",
    "Attachment",
    "Batch",
    "CallGrant",
    "CallKey",
    "Complainant",
    "Consent",
    "ConsentQuestion",
    "CustodyKey",
    "DataKey",
    "Drill",
    "EarlyReport",
    "FieldPartner",
    "FollowSession",
    "FormSession",
    "Gateway",
    "GatewayDay",
    "Grievance",
    "IdentitySeal",
    "InboundRequest",
    "InboundText",
    "KeyWrap",
    "Masked",
    "Message",
    "Opening",
    "PartnerCard",
    "PartnerCode",
    "PartnerNumber",
    "PartnerPerson",
    "Practice",
    "ReadingHours",
    "Receipt",
    "Recovery",
    "Relay",
    "Remote",
    "Reply",
    "SealedChunk",
    "SealedFile",
    "StagedFile",
    "StoppedNumber",
    "TextReceipt",
    "Translation",
    "Writer",
    "WrongPins",
]

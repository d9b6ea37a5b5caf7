"""Twilio. It signs its calls, calls once more and never again, and refuses who told the network to stop (21610)."""

import base64
import hmac
import json
import re
import uuid
from email.utils import formatdate
from urllib.parse import urlsplit

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import FORM, NUMBER, as_form, basic, form_of

PATH = re.compile(r"/2010-04-01/Accounts/(\w+)/Messages\.json")


def sid(letters: str) -> str:
    return letters + uuid.uuid4().hex


def signature(token: str, url: str, fields: dict[str, str]) -> str:
    """ "Validating Requests": the address, then each name with its value, in the order of the names."""
    signing = hmac.new(token.encode(), url.encode(), "sha1")
    for name in sorted(fields):
        signing.update(name.encode() + fields[name].encode())
    return base64.b64encode(signing.digest()).decode()


def _call(line: Line, path: str, fields: dict[str, str], url: str) -> Call:
    signed = signature(line.secret, url, fields)
    return Call(path, as_form(fields), FORM | {"X-Twilio-Signature": signed, "I-Twilio-Idempotency-Token": sid("")})


def inbound(line: Line, heard: Heard) -> Call:
    fields = {
        "ToCountry": "US", "SmsMessageSid": heard.id, "NumMedia": "0", "SmsSid": heard.id, "SmsStatus": "received",
        "Body": heard.text, "To": line.number, "NumSegments": "1", "MessageSid": heard.id,
        "AccountSid": line.login["account"], "From": heard.sender, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    path = line.path("inbound")
    return _call(line, path, fields, line.public + path)


def report(line: Line, sent: Sent, state: str) -> Call | None:
    if not sent.callback:
        return None
    status = {"failed": "undelivered", "stopped": "failed"}.get(state, state)
    fields = {
        "SmsSid": sent.id, "SmsStatus": status, "MessageStatus": status, "To": sent.to, "MessageSid": sent.id,
        "AccountSid": line.login["account"], "From": line.number, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    if status != state:
        fields["ErrorCode"] = "21610" if state == "stopped" else "30003"
    return _call(line, urlsplit(sent.callback).path, fields, sent.callback)


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = form_of(asked)
    to = said.get("To", "")
    if not (said.get("From") or said.get("MessagingServiceSid")):
        return None, _refused(21603, "A 'From' phone number is required")
    if not NUMBER.fullmatch(to):
        return None, _refused(21211, "The 'To' number is not a valid phone number")
    if not said.get("Body"):
        return None, _refused(21602, "Message body is required")
    if len(said["Body"]) > 1600:
        return None, _refused(21617, "The concatenated message body exceeds the 1600 character limit")
    if stopped(to):
        return None, _refused(21610, "Attempt to send to unsubscribed recipient")
    sent = Sent(to, said["Body"], sid("SM"), said.get("StatusCallback", ""))
    body: dict[str, object] = {
        "sid": sent.id, "account_sid": line.login["account"], "api_version": "2010-04-01", "body": sent.text, "to": to,
        "from": said.get("From"), "messaging_service_sid": said.get("MessagingServiceSid"), "status": "queued",
        "direction": "outbound-api", "num_segments": "1", "num_media": "0", "price": None, "price_unit": "USD",
        "error_code": None, "error_message": None, "date_created": formatdate(usegmt=True), "date_sent": None,
        "date_updated": formatdate(usegmt=True), "uri": f"/2010-04-01/Accounts/x/Messages/{sent.id}.json",
        "subresource_uris": {},
    }  # fmt: skip
    return sent, Answer(201, json.dumps(body))


def _refused(code: int, why: str, status: int = 400) -> Answer:
    return Answer(status, json.dumps({"code": code, "message": why, "status": status}))


def knows(line: Line, asked: Asked) -> bool:
    path = PATH.fullmatch(asked.path)
    account = path[1] if path else ""
    return account == line.login["account"] and basic(asked) == f"{account}:{line.login['token']}"


WIRE = Wire(
    mine=lambda asked: PATH.fullmatch(asked.path) is not None,
    knows=knows,
    stranger=_refused(20003, "Authenticate", 401),
    take=take,
    inbound=inbound,
    report=report,
    again=(15,),
)

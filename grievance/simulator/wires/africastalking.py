"""Africa's Talking. It proves nothing but that it knows the address; of its dates there are two shapes."""

import json
import time
import uuid

from grievance.simulator.lines import Answer, Asked, Call, Heard, Line, Sent, Stopped, Taken, Wire
from grievance.simulator.wires.bodies import FORM, NUMBER, as_form, form_of

STATES = {"sent": "Sent", "delivered": "Success", "failed": "Failed", "stopped": "Rejected"}


def inbound(line: Line, heard: Heard) -> Call:
    shape = "%Y-%m-%d %H:%M:%S" if int(heard.at) % 2 else "%Y-%m-%dT%H:%M:%SZ"
    fields = {
        "linkId": heard.id[:12], "text": heard.text, "to": line.number, "id": heard.id,
        "date": time.strftime(shape, time.gmtime(heard.at)), "from": heard.sender,
    }  # fmt: skip
    return Call(f"{line.path('inbound')}/{line.secret}", as_form(fields), FORM)


def report(line: Line, sent: Sent, state: str) -> Call | None:
    fields = {"phoneNumber": sent.to, "retryCount": "0", "id": sent.id, "status": STATES[state], "networkCode": "62120"}
    if state in {"failed", "stopped"}:
        fields["failureReason"] = "UserInBlacklist" if state == "stopped" else "AbsentSubscriber"
    return Call(f"{line.path('status')}/{line.secret}", as_form(fields), FORM)


def take(line: Line, asked: Asked, stopped: Stopped) -> Taken:
    said = form_of(asked)
    to = said.get("to", "")
    code, status = 101, "Success"
    if not NUMBER.fullmatch(to):
        code, status = 403, "InvalidPhoneNumber"
    elif stopped(to):
        code, status = 406, "UserInBlacklist"
    taken = code == 101 and bool(said.get("message")) and said.get("username") == line.login["username"]
    sent = Sent(to, said.get("message", ""), f"ATXid_{uuid.uuid4().hex}") if taken else None
    each = {
        "statusCode": code, "number": to, "status": status, "cost": "KES 0.8000" if sent else "0",
        "messageId": sent.id if sent else "None",
    }  # fmt: skip
    summary = f"Sent to {int(sent is not None)}/1 Total Cost: KES 0.8000"
    return sent, Answer(201, json.dumps({"SMSMessageData": {"Message": summary, "Recipients": [each]}}))


WIRE = Wire(
    mine=lambda asked: asked.path == "/version1/messaging",
    knows=lambda line, asked: asked.headers.get("apikey") == line.login["apikey"],
    stranger=Answer(401, "The supplied authentication is invalid", "text/plain"),
    take=take,
    inbound=inbound,
    report=report,
)

"""The configured gateway against a real HTTP server on loopback."""

import json
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from grievance.gateways.errors import GatewayError, NoGateway
from grievance.gateways.generic.outbound import configured, render, send
from tests.notifications.servers import breaks_off, free_port, says, web_server

TEXT = 'Recourse "K7": see & read\\do {{to}} ñ'
AS_JSON: dict[str, Any] = {
    "headers": {"Content-Type": "application/json", "Authorization": "Bearer made-up"},
    "body": '{"to": "{{to}}", "from": "{{from}}", "text": "{{ text }}", "ref": "{{uuid}}"}',
    "from": "RECOURSE",
}
AS_FORM: dict[str, Any] = {"body": "to={{to_no_plus}}&text={{text}}"}


def post(url: str, *, timeout: float = 5, **settings: Any) -> str:
    gateway = configured({"url": url, **(settings or AS_FORM)})
    return send(gateway, to="+15550100001", text=TEXT, uuid="c0ffee", timeout=timeout)


def refused(url: str, **settings: Any) -> GatewayError:
    with pytest.raises(GatewayError) as caught:
        post(url, **settings)
    assert "1555" not in str(caught.value)
    return caught.value


def test_json_arrives_as_it_was_meant() -> None:
    with web_server(says(202, '{"messages": [{"id": 77}], "status": "queued"}')) as web:
        assert post(web.url, **AS_JSON, success={"path": "status", "equals": "queued"}, id="messages.0.id") == "77"
    (asked,) = web.asked
    assert json.loads(asked.body) == {"to": "+15550100001", "from": "RECOURSE", "text": TEXT, "ref": "c0ffee"}
    assert asked.headers["authorization"] == "Bearer made-up"
    assert "555" not in asked.path


def test_a_form_arrives_as_it_was_meant() -> None:
    with web_server(says(200, "OK 5")) as web:
        assert post(web.url, **AS_FORM, success={"contains": "OK"}) == ""
    assert parse_qs(web.asked[0].body) == {"to": ["15550100001"], "text": [TEXT]}
    assert web.asked[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("text", "costs"),
    [("Tumepokea ujumbe wako: [é] ñ €", "text"), ("Recebemos a sua mensagem, não", "unicode"), ("مياه", "unicode"),
     ("Asante 😀", "unicode"), ("", "text")],
)  # fmt: skip
def test_a_text_says_which_alphabet_it_is_reckoned_in(text: str, costs: str) -> None:
    gateway = configured({"url": "https://sms.example/", "body": "to={{to}}&text={{text}}&type={{type}}"})
    rendered = render(gateway, to="+15550100001", text=text, uuid="c0ffee")
    assert parse_qs(rendered, keep_blank_values=True)["type"] == [costs]


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (422, True), (401, False), (404, False), (429, False), (500, False)]
)
def test_a_refusal_is_its_number(status: int, permanent: bool) -> None:
    with web_server(says(status, "no: +15550100001")) as web:
        error = refused(web.url)
    assert (error.code, error.permanent, error.unknown) == (str(status), permanent, False)


def test_two_hundred_alone_is_no_yes_where_more_was_agreed() -> None:
    with web_server(says(200, '{"status": "no credit"}')) as web:
        assert refused(web.url, **AS_FORM, success={"path": "status", "equals": "ok"}).code == "not_accepted"
        assert refused(web.url, **AS_FORM, success={"contains": "ok"}).code == "not_accepted"


def test_a_redirect_is_not_followed() -> None:
    with web_server(says(200)) as other:
        for status in (301, 302, 307, 308):
            with web_server(says(status, Location=other.url)) as web:
                assert refused(web.url).code == "redirect"
    assert other.asked == []


def test_nobody_there_means_not_sent() -> None:
    error = refused(f"http://127.0.0.1:{free_port()}/send")
    assert (error.code, error.unknown) == ("connection", False)


def test_silence_after_the_words_means_nobody_knows() -> None:
    over = threading.Event()

    def hang(_request: BaseHTTPRequestHandler) -> None:
        over.wait(10)

    with web_server(hang) as web:
        gateway = configured({"url": web.url, **AS_FORM})
        with pytest.raises(GatewayError) as caught:
            send(gateway, to="+15550100001", text=TEXT, uuid="c0ffee", timeout=0.2)
        over.set()
    assert (caught.value.code, caught.value.unknown) == ("no_answer", True)


def test_half_an_answer_means_nobody_knows() -> None:
    with web_server(breaks_off) as web:
        error = refused(web.url)
    assert (error.code, error.unknown) == ("half_answer", True)


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({}, "url is missing"),
        ({"url": "http://sms.example/send", **AS_FORM}, "https"),
        ({"url": "http://8.8.8.8/send", **AS_FORM}, "https"),
        ({"url": "ftp://127.0.0.1/send", **AS_FORM}, "https"),
        ({"url": "https://sms.example/{{to}}", **AS_FORM}, "address"),
        ({"url": "https://someone:word@sms.example/", **AS_FORM}, "login"),
        ({"url": "https://sms.example/", "body": "to={{to}}"}, "{{text}}"),
        ({"url": "https://sms.example/", "body": "to={{to}}&text={{text}}&x={{name}}"}, "placeholders"),
        ({"url": "https://sms.example/", **AS_JSON, "body": '{"to": {{to}}, "text": "{{text}}"}'}, "JSON"),
        ({"url": "https://sms.example/", **AS_FORM, "headers": {"Content-Type": "text/xml"}}, "content type"),
        ({"url": "https://sms.example/", **AS_FORM, "headers": {"A": "b\r\nC: d"}}, "line break"),
        ({"url": "https://sms.example/", **AS_FORM, "success": {"path": "status"}}, "success"),
        ({"url": "https://sms.example/", **AS_FORM, "timeout": 600}, "timeout"),
        ({"url": "https://sms.example/", **AS_FORM, "method": "GET"}, "unknown parts: method"),
    ],
)
def test_settings_that_cannot_work_are_said_at_start_up(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(NoGateway, match=complaint):
        configured(settings)


def test_the_system_check_says_so(settings: Any) -> None:
    settings.SMS_GATEWAY = {"url": "http://sms.example/", **AS_JSON}
    with pytest.raises(SystemCheckError, match="SMS_GATEWAY: url is https") as caught:
        call_command("check")
    assert "made-up" not in str(caught.value)
    settings.SMS_GATEWAY = {"url": "http://10.0.0.5/send", **AS_JSON}
    call_command("check")

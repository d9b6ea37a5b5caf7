"""Files for what a program filed: sealed under the key of the filing, without their names."""

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from grievance.models import Attachment, FieldPartner, Message, Relay
from tests.cases.pictures import jpeg
from tests.cases.programs import OTHER_KEY, Program, a_body, pointers, token_for


def test_files_are_sealed_to_what_was_filed_under_the_key(program: Program, union: FieldPartner) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    picture = jpeg()
    for _time in range(2):  # the same file sent again is kept once
        status, said = program.send(where, [SimpleUploadedFile("Furaha.jpg", picture, "image/jpeg")])
        assert status == 201, said
        assert said["files"] == [{"kind": "image/jpeg", "size": len(picture)}]
    kept = Attachment.objects.get()
    assert kept.grievance == Relay.objects.get().grievance
    assert kept.message is not None
    assert Message.objects.count() == 1
    assert "Furaha" not in str(said)


def test_files_come_by_the_key_of_their_own_filing_or_row_alone(program: Program, juma: User, lead: User) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    status, said = program.send(where, [SimpleUploadedFile("a.jpg", jpeg())], key=OTHER_KEY)
    assert (status, said["code"]) == (409, "other_key")
    assert Program(token_for(juma)).send(where, [SimpleUploadedFile("a.jpg", jpeg())])[0] == 404
    _status, listed = program.post("batches/", {"rows": [a_body("one"), a_body("two")]}, key=OTHER_KEY)
    second = listed["rows"][1]["filed"]["reference"]
    assert program.send(f"grievances/{second}/attachments/", [SimpleUploadedFile("a.jpg", jpeg())], OTHER_KEY)[0] == 201
    assert Attachment.objects.get().grievance.relay.reference == second


def test_what_is_wrong_with_a_file_is_said_without_its_name(program: Program) -> None:
    _status, body = program.post("grievances/", a_body())
    where = f"grievances/{body['reference']}/attachments/"
    empty = SimpleUploadedFile("Furaha.jpg", b"")
    status, said = program.send(where, [SimpleUploadedFile("a.jpg", jpeg()), empty])
    assert (status, said["code"]) == (422, "invalid")
    assert pointers(said) == ["#/files/1"]
    assert "Furaha" not in str(said)
    assert program.send(where, [])[0] == 422
    assert program.send(where, [SimpleUploadedFile("a.jpg", jpeg())], words="x")[0] == 422
    assert program.send("grievances/nothing/attachments/", [SimpleUploadedFile("a.jpg", jpeg())])[0] == 404
    assert not Attachment.objects.exists()

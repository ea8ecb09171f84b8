"""Step 4: good pictures at the first try, and nothing dangerous ever kept."""

from __future__ import annotations

import io
from uuid import uuid4

import pytest

from registry.evidence import Evidence
from tests.webapp.family import FORM, Family, photo

HERE = "/apply/transfer/evidence"


@pytest.fixture
def family(province):
    visitor = Family(province.client.application)
    visitor.tell_student()
    visitor.tell_school()
    visitor.tell_reason()
    return visitor


def pieces(family, data, *, kind="household_book", name="a.jpg", of=1, upload=None, only=None):
    """Send a file in `of` pieces, as the script does; the last answer."""
    token = family.get(HERE).find("input[name=csrf_token]")[0].get("value")
    upload = upload or uuid4()
    size = -(-len(data) // of)
    answer = None
    for number in only if only is not None else range(of):
        answer = family.client.post(
            f"{HERE}/{kind}/pieces",
            query_string={"upload": str(upload), "piece": number, "of": of, "name": name, "type": ""},
            data=data[number * size : (number + 1) * size],
            headers={"X-CSRFToken": token, "Content-Type": "application/octet-stream"},
        )
    return answer


def test_an_empty_slot_is_told_by_its_name(family):
    page = family.show_proofs(household_book=(photo(), "户口簿.jpg"))
    assert page.status == 422
    assert page.says("还没传住址证明，请拍照或选文件")
    assert page.says("户口簿.jpg"), "what came is kept"


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"MZ" + bytes(500), "a.jpg", "打不开这种文件，请传照片或 PDF"),
        (photo().getvalue()[:300], "a.jpg", "这个文件打不开，可能没有传完整。"),
        (b"", "a.jpg", "这个文件是空的，请重新选一个"),
        (
            b"%PDF-" + bytes(10 * 1024 * 1024),
            "a.pdf",
            "这个文件 11 MB，太大了。请传 10 MB 以内的，或直接拍照",
        ),
    ],
)
def test_a_file_that_is_not_taken_says_why(family, data, name, words):
    page = family.show_proofs(household_book=(io.BytesIO(data), name))
    assert page.status == 422
    assert page.says(words)


def test_a_file_comes_in_pieces(family):
    answer = pieces(family, photo().getvalue(), of=3, name="户口簿-1.jpg")
    assert answer.status_code == 201
    assert answer.json["name"] == "户口簿-1.jpg"
    assert family.get(HERE).says("户口簿-1.jpg")


def test_a_broken_upload_goes_on_where_it_stopped(family):
    upload, data = uuid4(), photo().getvalue()
    assert pieces(family, data, of=3, upload=upload, only=[0, 1]).status_code == 204
    assert family.client.get(f"{HERE}/pieces/{upload}").json == {"have": [0, 1]}
    assert pieces(family, data, of=3, upload=upload, only=[2]).status_code == 201


def test_the_same_picture_twice_is_told(family):
    pieces(family, photo().getvalue())
    again = pieces(family, photo().getvalue())
    assert (again.status_code, again.json["message"]) == (422, "这张已经传过了")


def test_a_case_has_at_most_twelve_files(family):
    for number in range(12):
        assert pieces(family, photo(f"#{number * 20:02x}8040").getvalue()).status_code == 201
    assert "最多传 12 个文件" in pieces(family, photo("red").getvalue()).json["message"]


def test_a_piece_is_not_larger_than_a_piece(family):
    assert pieces(family, bytes(400_000)).status_code == 413
    assert pieces(family, b"x", of=99).status_code == 413
    assert pieces(family, b"x", kind="passport").status_code == 404


def test_a_file_can_be_taken_back(province, family):
    kept = pieces(family, photo().getvalue()).json
    page = family.get(HERE)
    token = page.find("input[name=csrf_token]")[0].get("value")
    assert family.post(kept["remove"], token).status == 303
    with province.installation.sessions() as session:
        assert session.query(Evidence).count() == 0


def test_nobody_sees_or_removes_anothers_file(province, family):
    kept = pieces(family, photo().getvalue()).json
    other = Family(province.client.application)
    other.tell_student()
    assert other.get(kept["picture"]).status == 404
    token = other.get("/apply/transfer/student").find("input[name=csrf_token]")[0].get("value")
    other.post(kept["remove"], token)
    assert family.client.get(kept["picture"]).mimetype == "image/jpeg"


def test_another_ground_keeps_the_files_that_fit(family):
    family.show_proofs()
    family.tell_reason("work_moved")
    page = family.get(HERE)
    assert page.says("租房合同.jpg不再需要，已放到“其他说明材料”")
    assert page.says("户口簿-1.jpg")


def test_one_goes_on_while_the_last_file_comes_in_and_sending_waits_for_it(family):
    here = pieces(family, photo().getvalue())
    assert here.status_code == 201
    page = family.get(HERE)
    onward = family.follow(family.send(page, FORM, **{"continue": "1", "coming": "home_proof"}))
    assert onward.find("h1")[0].text == "您是孩子的谁？"
    family.tell_guardian()
    check = family.confirm_phone()
    assert check.find("h1")[0].text == "看一遍，没错就提交"
    assert family.send_in().find("h1")[0].text == "上传材料", "nothing is sent without it"
    assert pieces(family, photo("grey").getvalue(), kind="home_proof").status_code == 201
    assert family.send_in().says("申请已提交")


def test_nobody_goes_on_with_nothing_there(family):
    page = family.send(
        family.get(HERE), FORM, **{"continue": "1", "coming": ["household_book", "home_proof"]}
    )
    assert page.status == 422 and page.says("还没传住址证明，请拍照或选文件")

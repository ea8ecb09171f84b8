"""A family at its telephone, without script: it fills in page after page, as somebody would."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from tests.support.province import NAMES, P3, A
from tests.webapp.browser import Browser, Page

GUARDIAN_OF_A = "13800006021"  # the telephone the school has
STRANGER = "13900001111"
FORM = "form[data-draft]"


def photo(colour: str = "white") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, "JPEG")
    out.seek(0)
    return out


@dataclass(frozen=True)
class Slip:
    """What the family goes away with."""

    number: str
    code: str


class Family(Browser):
    """Fills in the six questions. Every step returns the page it led to."""

    def tell_student(self, student: str = A, *, name: str = "", grade: int = 5) -> Page:
        page = self.get("/apply/transfer/student")
        who = {"student_name": name or NAMES[student], "student_number": student, "grade": str(grade)}
        return self._go(self.send(page, FORM, **who))

    def tell_school(self, school: str = P3) -> Page:
        page = self.get("/apply/transfer/school")
        fields = {"csrf_token": self._token(page), "receiving_school": school}
        return self._go(self.post("/apply/transfer/school", **{"token": fields.pop("csrf_token"), **fields}))

    def tell_reason(self, ground: str = "home_moved", explanation: str = "") -> Page:
        page = self.get("/apply/transfer/reason")
        return self._go(self.send(page, FORM, ground=ground, explanation=explanation))

    def show_proofs(self, **files: tuple[io.BytesIO, str]) -> Page:
        page = self.get("/apply/transfer/evidence")
        chosen = files or {
            "household_book": (photo(), "户口簿-1.jpg"),
            "home_proof": (photo("grey"), "租房合同.jpg"),
        }
        data: dict[str, Any] = {"csrf_token": self._token(page), "continue": "1"}
        data |= {f"files-{kind}": FileStorage(file, name) for kind, (file, name) in chosen.items()}
        boundary, body = encode_multipart(data)  # in memory: the test client leaves its own file open
        kind_of = f"multipart/form-data; boundary={boundary}"
        return self._go(Page(self.client.post("/apply/transfer/evidence", data=body, content_type=kind_of)))

    def tell_guardian(self, phone: str = GUARDIAN_OF_A, *, relation: str = "father", **more: str) -> Page:
        page = self.get("/apply/transfer/guardian")
        who = {"relation": relation, "name": "林建国", "phone": phone, "is_guardian": "y", **more}
        return self._go(self.send(page, FORM, **who))

    def confirm_phone(self) -> Page:
        page = self.get("/apply/transfer/phone")
        return self._go(self.send(page, FORM, code=shown_code(page)))

    def fill_in(self, student: str = A, to: str = P3, phone: str = GUARDIAN_OF_A, **who: Any) -> Page:
        """Everything up to the check page."""
        self.tell_student(student, **who)
        self.tell_school(to)
        self.tell_reason()
        self.show_proofs()
        self.tell_guardian(phone)
        return self.confirm_phone()

    def send_in(self) -> Page:
        """提交申请, and where it leads."""
        return self._go(self.send(self.get("/apply/transfer/check"), FORM))

    def apply(self, student: str = A, to: str = P3, phone: str = GUARDIAN_OF_A) -> Slip:
        self.fill_in(student, to, phone)
        done = self.send_in()
        assert done.says("申请已提交"), done.text
        return Slip(done.find(".big-number")[0].text, done.find(".big-code")[0].text)

    def open_case(self, slip: Slip) -> Page:
        """The tracking page, by number and code."""
        page = self.get("/track")
        return self._go(self.send(page, "main form", number=slip.number, code=slip.code))

    def case(self, slip: Slip) -> Page:
        return self.get(f"/track/{slip.number}")

    def _go(self, page: Page) -> Page:
        return self.follow(page) if page.status == 303 else page

    def _token(self, page: Page) -> str:
        return str(page.find("input[name=csrf_token]")[0].get("value"))


def shown_code(page: Page) -> str:
    """The code that a demo shows on the page."""
    found = re.search(r"演示：验证码是\s*([0-9]{6})", page.text)
    assert found, page.text
    return found[1]

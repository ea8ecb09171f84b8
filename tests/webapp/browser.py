"""A browser without script: it signs in, reads pages, fills in the forms it finds there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from jisui.demo.build import PASSWORD


@dataclass
class Page:
    """An answer, as somebody reads it."""

    answer: TestResponse

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def text(self) -> str:
        """What stands on the page, without the markup and without gaps."""
        return " ".join(self.tree.text_content().split())

    @property
    def tree(self) -> Any:
        return html.fromstring(self.answer.get_data(as_text=True))

    def find(self, query: str) -> list[Any]:
        tree = self.tree
        found: list[Any] = tree.xpath(query) if query.startswith("//") else tree.cssselect(query)
        return found

    def says(self, words: str) -> bool:
        return words.replace(" ", "") in self.text.replace(" ", "")


class Browser:
    """One person's browser on one application."""

    def __init__(self, app: Any) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **options: Any) -> Page:
        return Page(self.client.get(path, **options))

    def follow(self, page: Page) -> Page:
        """Go where a 303 leads."""
        assert page.status == 303, (page.status, page.text[:400])
        return self.get(page.answer.location)

    def post(self, path: str, token: str = "", **fields: Any) -> Page:
        return Page(self.client.post(path, data={"csrf_token": token, **fields}))

    def send(self, page: Page, form: str, **changed: Any) -> Page:
        """Send the form that a selector finds, with what stands in it and what is changed."""
        return Page(self.client.post(self._action(page, form), data=self._fields(page, form) | changed))

    def sign_in(self, username: str, password: str = PASSWORD, **fields: str) -> Page:
        page = self.get("/sign-in")
        return self.send(
            page, "form[action=''], form:not([action])", username=username, password=password, **fields
        )

    def _form(self, page: Page, form: str) -> Any:
        found = page.find(form)
        assert found, f"no {form} on this page: {page.text[:600]}"
        return found[0]

    def _action(self, page: Page, form: str) -> str:
        return str(self._form(page, form).get("action") or page.answer.request.full_path)

    def _fields(self, page: Page, form: str) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in self._form(page, form).form_values():
            fields.setdefault(name, []).append(value)
        return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}

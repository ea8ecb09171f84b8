"""The editor opens every shipped diagram without a warning and saves the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.bpmn.drawings import FOLDER
from tests.support.chromium import launch

EDITOR = FOLDER.parent / "node_modules/bpmn-js/dist/bpmn-modeler.production.min.js"
LOAD_AND_SAVE = """async ([xml, moddle]) => {
    const editor = new BpmnJS({ container: "#canvas", moddleExtensions: moddle });
    const { warnings } = await editor.importXML(xml);
    const { xml: saved } = await editor.saveXML({ format: true });
    editor.destroy();
    return { saved, warnings: warnings.map((warning) => warning.message) };
}"""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        page.set_content('<div id="canvas" style="height: 600px"></div>')
        page.add_script_tag(path=EDITOR)
        yield page
        browser.close()


def test_load_and_save_keeps_every_byte(page: Page, path: Path):
    moddle = json.loads((FOLDER / "jisui.json").read_text(encoding="utf-8"))
    drawn = path.read_text(encoding="utf-8")
    answer = page.evaluate(LOAD_AND_SAVE, [drawn, {"jisui": moddle}])
    assert answer["warnings"] == []
    assert answer["saved"] == drawn


def test_an_undeclared_attribute_is_noticed(page: Page, path: Path):
    moddle = json.loads((FOLDER / "jisui.json").read_text(encoding="utf-8"))
    drawn = path.read_text(encoding="utf-8").replace("jisui:basis=", "jisui:colour=")
    answer = page.evaluate(LOAD_AND_SAVE, [drawn, {"jisui": moddle}])
    assert "unknown attribute <jisui:colour>" in " ".join(answer["warnings"])

"""Hostile files are refused before a tree is built."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.untrusted import BPMN, FileRefused, parse, prescan

HEAD = f'<b:definitions xmlns:b="{BPMN}" xmlns:z="urn:else" '

LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


def file(inner: str = "", attributes: str = "") -> bytes:
    return f"{HEAD}{attributes}>{inner}</b:definitions>".encode()


HOSTILE = {
    "billion laughs": ("F03", (LAUGHS + "<d>&c;</d>").encode()),
    "billion laughs in UTF-16": ("F01", (LAUGHS + "<d>&c;</d>").encode("utf-16")),
    "external entity": ("F03", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>'),
    "external parameter entity": ("F03", b'<!DOCTYPE d [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><d/>'),
    "external document type": ("F03", b'<!DOCTYPE d SYSTEM "http://example.invalid/d.dtd"><d/>'),
    "undeclared entity": ("F01", file("&x;")),
    "processing instruction": ("F03", b'<?xml-stylesheet href="x.xsl"?>' + file()),
    "processing instruction within": ("F03", file("<?php echo 1 ?>")),
    "100,000 attributes": ("F02", file(attributes=" ".join(f'a{n}="1"' for n in range(100_000)))),
    "41 attributes": ("F02", file(attributes=" ".join(f'a{n}="1"' for n in range(41)))),
    "10,000 prefixes": ("F02", file(attributes=" ".join(f'xmlns:p{n}="u"' for n in range(10_000)))),
    "long value": ("F02", file(attributes=f'name="{"x" * 20_001}"')),
    "20,001 elements": ("F02", file("<b:a/>" * 20_001)),
    "two megabytes": ("F02", file("x" * 2_000_000)),
    "depth of 41": ("F04", file("<b:a>" * 41 + "</b:a>" * 41)),
    "depth of 100,000": ("F04", b"<a>" * 100_000),
    "duplicate id": ("F05", file('<b:task id="a"/><b:task id="a"/>')),
    "quotes in an id": ("F01", file("""<b:task id='a"] | //*["'/>""")),
    "id with a blank": ("F01", file('<b:task id="a b"/>')),
    "id of 81 signs": ("F01", file(f'<b:task id="{"a" * 81}"/>')),
    "Chinese id": ("F01", file('<b:task id="甲"/>')),
    "NUL": ("F01", file("\0")),
    "not UTF-8": ("F01", file().replace(b"><", b">\xff<")),
    "declared as another encoding": ("F01", b'<?xml version="1.0" encoding="gbk"?>' + file()),
    "XML 1.1": ("F01", b'<?xml version="1.1"?>' + file()),
    "not XML": ("F01", b"hello"),
    "empty": ("F01", b""),
    "cut off": ("F01", file()[:-5]),
    "undeclared prefix": ("F01", file("<q:a/>")),
    "text after the end": ("F01", file() + b"<a/>"),
}


@pytest.mark.parametrize(("rule", "data"), HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_files_are_refused_at_once(rule, data):
    started = time.process_time()
    with pytest.raises(FileRefused) as refused:
        parse(data)
    assert refused.value.rule == rule
    assert time.process_time() - started < 0.5


def test_a_refusal_names_line_and_culprit():
    with pytest.raises(FileRefused) as refused:
        prescan(file('\n\n<b:task id="a"/><b:task id="a"/><b:task id="a"/>'))
    assert (refused.value.detail, refused.value.count) == ("a", 3)
    with pytest.raises(FileRefused) as refused:
        prescan(file("\n\n<b:a>"))
    assert refused.value.line == 3


def test_a_byte_order_mark_is_no_fault():
    assert parse(b"\xef\xbb\xbf" + file()).tag == f"{{{BPMN}}}definitions"


def test_foreign_content_is_kept_only_when_asked_for():
    data = file('<b:task id="t" z:color="red"><z:note id="t">x</z:note></b:task><!-- c -->')
    kept, bare = parse(data, keep_foreign=True), parse(data)
    assert len(list(kept.iter())) == 3
    assert [(len(list(bare.iter())), list(bare[0].attrib))] == [(2, ["id"])]


def test_a_comment_cannot_hide_half_of_a_text():
    assert parse(file("<b:text>a<!-- c -->b</b:text>"))[0].text == "ab"


@settings(max_examples=200, deadline=1000)
@given(st.binary(max_size=200) | st.text(alphabet="<>/b:a='\"&;! -?[]\n", max_size=200).map(str.encode))
def test_any_bytes_are_a_tree_or_refused(data):
    with suppress(FileRefused):
        parse(file().replace(b"><", b">" + data + b"<"))

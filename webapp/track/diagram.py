"""打开流程图: the drawing the case follows, with no more on it than the list of stations beside it says."""

from __future__ import annotations

import json
from collections.abc import Sequence

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from lxml import etree

from webapp.database import database
from webapp.rights import public
from webapp.services import services
from webapp.track import route
from webapp.track.blueprint import bp, opened_case
from webapp.track.route import Stop
from webapp.track.view import tracking_view
from workflows import definitions, untrusted

# Attributes of ours and what a machine reads: a drawing for families is lanes, names and lines.
INNER = ("documentation", "extensionElements", "conditionExpression", "timeDuration", "timeDate", "timeCycle")


@bp.get("/<number>/diagram")
@public
def diagram(number: str) -> ResponseReturnValue:
    """The whole drawing, the same as a list beside it."""
    case = opened_case(number)
    view = tracking_view(services(), database(), case, services().clock.now())
    return render_template("track/diagram.html", view=view, tokens=json.dumps(tokens(view.stops)))


@bp.get("/<number>/diagram.bpmn")
@public
def diagram_file(number: str) -> ResponseReturnValue:
    """The version of the process that this case follows, as a drawing only."""
    case = opened_case(number)
    file = definitions.files(database(), case.definition_id)[case.process]
    return Response(drawing(file), mimetype="application/xml")


def tokens(stops: Sequence[Stop]) -> dict[str, str]:
    """The marks on the drawing: the stations of the list, none besides."""
    own = (route.FILED, route.ENDING)
    return {stop.key: stop.state for stop in stops if stop.key not in own and "." not in stop.key}


def drawing(file: bytes) -> bytes:
    """A diagram without what steers the engine and without the notes of policy staff."""
    root = untrusted.parse(file)
    for element in list(root.iter(etree.Element)):
        for name in [name for name in element.attrib if name.startswith(f"{{{untrusted.JISUI}}}")]:
            del element.attrib[name]
        parent = element.getparent()
        if parent is not None and etree.QName(element).localname in INNER:
            parent.remove(element)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))

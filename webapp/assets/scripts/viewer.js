// The whole diagram of a case, with its tokens. Loaded on its own page only.
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";

const place = document.querySelector("[data-diagram]");

async function show() {
  const answer = await fetch(place.dataset.diagram);
  if (!answer.ok) throw new Error(`${answer.status}`);
  const viewer = new NavigatedViewer({ container: place });
  await viewer.importXML(await answer.text());
  place.querySelector("[data-loading]").remove();
  const canvas = viewer.get("canvas");
  const tokens = Object.entries(JSON.parse(place.dataset.tokens));
  const known = tokens.filter(([element]) => viewer.get("elementRegistry").get(element));
  for (const [element, state] of known) canvas.addMarker(element, `token-${state}`);
  fitWidth(canvas);
  const now = known.find(([, state]) => state === "now" || state === "returned") ?? known.at(-1);
  if (now) canvas.scrollToElement(now[0], 120);
}

// Diagrams are tall: their whole width is shown, the height is scrolled.
function fitWidth(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(outer.width / (inner.width + 40), 1);
  canvas.viewbox({
    x: inner.x - (outer.width / scale - inner.width) / 2,
    y: inner.y - 20,
    width: outer.width / scale,
    height: outer.height / scale,
  });
}

if (place)
  show().catch(() => {
    place.querySelector("[data-loading]")?.replaceChildren(place.dataset.failed);
  });

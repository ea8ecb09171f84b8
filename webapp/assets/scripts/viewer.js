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
  const now = known.find(([, state]) => state === "now" || state === "returned") ?? known.at(-1);
  fitWidth(canvas, now && viewer.get("elementRegistry").get(now[0]));
}

// Diagrams are tall: the whole width is shown, with the step that is due in the middle of the height.
function fitWidth(canvas, step) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(outer.width / (inner.width + 40), 1);
  const width = outer.width / scale;
  const height = outer.height / scale;
  const top = step ? step.y + step.height / 2 - height / 2 : inner.y - 20;
  canvas.viewbox({
    x: inner.x - (width - inner.width) / 2,
    y: Math.max(inner.y - 20, Math.min(top, inner.y + inner.height + 20 - height)),
    width,
    height,
  });
}

if (place)
  show().catch(() => {
    place.querySelector("[data-loading]")?.replaceChildren(place.dataset.failed);
  });

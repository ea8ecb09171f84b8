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
  canvas.zoom("fit-viewport", "auto");
  for (const [element, state] of Object.entries(JSON.parse(place.dataset.tokens)))
    if (viewer.get("elementRegistry").get(element)) canvas.addMarker(element, `token-${state}`);
}

if (place)
  show().catch(() => {
    place.querySelector("[data-loading]")?.replaceChildren(place.dataset.failed);
  });

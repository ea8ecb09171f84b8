// Pages of evidence: next, previous, larger, smaller, turned. Without script each tab is a link.
const LARGEST = 3;

export function evidence() {
  const pane = document.querySelector("[data-evidence]");
  const image = pane?.querySelector("[data-viewer] img");
  if (!image) return;
  const tabs = [...pane.querySelectorAll(".tabs a")];
  let zoom = 0;
  let turn = 0;

  const draw = () => {
    image.className = `zoom-${zoom} turn-${turn}`;
  };
  const show = (tab) => {
    for (const one of tabs) one.toggleAttribute("aria-current", false);
    tab.setAttribute("aria-current", "true");
    image.src = tab.dataset.src;
    image.alt = tab.dataset.alt;
    zoom = turn = 0;
    draw();
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    const said = pane.querySelector("[data-said-line]");
    said.textContent = tab.dataset.said;
    said.hidden = !tab.dataset.said;
  };
  const step = (by) => {
    const at = tabs.findIndex((tab) => tab.hasAttribute("aria-current"));
    show(tabs[(at + by + tabs.length) % tabs.length]);
  };
  const larger = (by) => {
    zoom = Math.min(Math.max(zoom + by, 0), LARGEST);
    draw();
  };

  pane.querySelector("[data-viewer-tools]").hidden = false;
  pane.addEventListener("click", (event) => {
    const tab = event.target.closest(".tabs a");
    const button = event.target.closest("button");
    if (tab && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      show(tab);
    } else if (button?.dataset.zoom) larger(Number(button.dataset.zoom));
    else if (button?.dataset.turn !== undefined) {
      turn = (turn + 1) % 4;
      draw();
    } else if (button?.dataset.step) step(Number(button.dataset.step));
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (localStorage.getItem("jisui.keys-off") === "1" || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
    const act = { n: () => step(1), p: () => step(-1), "+": () => larger(1), "=": () => larger(1), "-": () => larger(-1) };
    if (event.key.toLowerCase() === "o") pane.querySelector("[data-turn]").click();
    else act[event.key.toLowerCase()]?.();
  });
}

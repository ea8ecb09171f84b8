// What an official finds about each page of evidence, kept in this window: it marks the tab, ticks the
// file in 退回补正, and tells beside 同意 what has not been looked at.
export function verdicts() {
  const pane = document.querySelector("[data-evidence]");
  const form = document.querySelector("[data-opinion]");
  const buttons = [...(pane?.querySelectorAll("[data-verdict-button]") ?? [])];
  if (!buttons.length || !form) return;
  const key = `jisui.verdicts.${form.dataset.draft}`;
  const found = JSON.parse(sessionStorage.getItem(key) ?? "{}");
  const tabs = [...pane.querySelectorAll(".tabs a")];
  const current = () => tabs.find((tab) => tab.hasAttribute("aria-current"));

  const show = () => {
    for (const tab of tabs) tab.dataset.verdict = found[tab.dataset.src] ?? "none";
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(current()?.dataset.verdict === button.dataset.verdictButton));
    tellUnseen(form, tabs);
  };
  for (const button of buttons)
    button.addEventListener("click", () => {
      const tab = current();
      found[tab.dataset.src] = button.dataset.verdictButton;
      sessionStorage.setItem(key, JSON.stringify(found));
      if (button.dataset.verdictButton === "bad") tickItem(tab.dataset.pointer);
      show();
    });
  new MutationObserver(show).observe(pane.querySelector("[data-viewer] img"), { attributeFilter: ["src"] });
  form.addEventListener("change", show);
  form.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) sessionStorage.removeItem(key);
  });
  show();
}

function tickItem(pointer) {
  const tick = [...document.querySelectorAll("[data-return] [name=item]")].find((one) => one.value === pointer);
  if (!tick || tick.checked) return;
  tick.checked = true;
  tick.form.dispatchEvent(new Event("input"));
}

function tellUnseen(form, tabs) {
  const note = form.querySelector("[data-unseen]");
  const unseen = tabs.filter((tab) => tab.dataset.verdict !== "good");
  const agreeing = form.querySelector("[name=decision]:checked")?.value === "approve";
  note.hidden = !agreeing || !unseen.length || tabs.every((tab) => tab.dataset.verdict === "none");
  const names = unseen.map((tab) => tab.dataset.alt).join("；");
  note.textContent = note.dataset.unseen.replace("{n}", unseen.length).replace("{names}", names);
}

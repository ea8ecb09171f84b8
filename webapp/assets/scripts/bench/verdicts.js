// What an official finds about each piece of evidence, kept in this window and sent with the opinion: it
// marks its tabs, ticks the file in 退回补正, and 同意 asks once about what was not looked at or has a fault.
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
    for (const tab of tabs) tab.dataset.verdict = found[tab.dataset.pointer] ?? "none";
    for (const button of buttons)
      button.setAttribute("aria-pressed", String(current()?.dataset.verdict === button.dataset.verdictButton));
  };
  const judge = (pointer, verdict) => {
    found[pointer] = verdict;
    sessionStorage.setItem(key, JSON.stringify(found));
    show();
  };
  for (const button of buttons)
    button.addEventListener("click", async () => {
      const { pointer, file } = current().dataset;
      const bad = button.dataset.verdictButton === "bad";
      const fault = bad ? await askFault(file) : "";
      if (fault === null) return;
      judge(pointer, button.dataset.verdictButton);
      tickItem(pointer, bad, fault);
    });
  new MutationObserver(show).observe(pane.querySelector("[data-viewer] img"), { attributeFilter: ["src"] });
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (askAgain(form, tabs)) event.preventDefault();
  });
  for (const sent of document.querySelectorAll("[data-opinion], [data-return]"))
    sent.addEventListener("formdata", (event) => {
      for (const tab of tabs)
        if (tab.dataset.verdict !== "none") event.formData.set(`verdict:${tab.dataset.id}`, tab.dataset.verdict);
    });
  show();
}

// What is wrong with it? The code of the fault; null if one would rather not say it now.
function askFault(name) {
  const dialog = document.getElementById("fault-dialog");
  if (!dialog) return "";
  const title = dialog.querySelector("[data-title]");
  title.textContent = title.dataset.title.replace("{name}", name);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) =>
    dialog.addEventListener("close", () => done(dialog.returnValue || null), { once: true }));
}

function tickItem(pointer, bad, fault) {
  const tick = [...document.querySelectorAll("[data-return] [name=item]")].find((one) => one.value === pointer);
  if (!tick) return;
  tick.checked = bad;
  const select = tick.closest(".return-item").querySelector("[data-fault]");
  if (bad && fault) {
    select.value = fault;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  tick.form.dispatchEvent(new Event("input"));
}

// Asked once for each page: whoever sends again means it.
function askAgain(form, tabs) {
  const dialog = document.getElementById("unseen-dialog");
  const agreeing = form.querySelector("[name=decision]:checked")?.value === "approve";
  const doubtful = [...new Map(tabs.map((tab) => [tab.dataset.pointer, tab])).values()]
    .filter((tab) => tab.dataset.verdict !== "good");
  if (!dialog || !agreeing || !doubtful.length || dialog.dataset.asked) return false;
  dialog.dataset.asked = "1";
  const unseen = doubtful.filter((tab) => tab.dataset.verdict === "none");
  const words = unseen.length ? dialog.dataset.unseen : dialog.dataset.bad;
  dialog.querySelector("h2").textContent = words.replace("{n}", (unseen.length ? unseen : doubtful).length);
  const name = (tab) => tab.dataset.file + (unseen.length && !unseen.includes(tab) ? dialog.dataset.mark : "");
  dialog.querySelector("[data-unseen-names]").textContent = doubtful.map(name).join(dialog.dataset.between);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "go") form.requestSubmit(form.querySelector("[type=submit]"));
  }, { once: true });
  dialog.showModal();
  return true;
}

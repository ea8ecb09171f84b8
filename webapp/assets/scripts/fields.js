// Small help at fields: what only one answer needs, counting long text, printing, sending a new file at once.
export function helpFields() {
  for (const part of document.querySelectorAll("[data-only-if]")) onlyIf(part);
  for (const area of document.querySelectorAll("textarea[data-most]")) count(area);
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
  for (const file of document.querySelectorAll("[data-send-at-once]")) {
    file.classList.add("govuk-visually-hidden"); // its label is the button
    file.addEventListener("change", () => file.form.requestSubmit(file.form.querySelector("[name=keep]")));
  }
}

function onlyIf(part) {
  const [name, value] = part.dataset.onlyIf.split("=");
  const show = () => (part.hidden = document.querySelector(`[name="${name}"]:checked`)?.value !== value);
  for (const option of document.querySelectorAll(`[name="${name}"]`)) option.addEventListener("change", show);
  show();
}

function count(area) {
  const told = document.createElement("p");
  told.className = "save-note";
  told.setAttribute("role", "status");
  area.after(told);
  const { most, countFrom, countWords } = area.dataset;
  const show = () => {
    const length = [...area.value].length;
    told.textContent = length < countFrom ? "" : countWords.replace("{n}", most - length);
  };
  area.addEventListener("input", show);
  show();
}

// 退回补正: words prefilled by the reason, a preview of exactly what the family will read, the count in the button.
export function returning() {
  const form = document.querySelector("[data-return]");
  if (!form) return;
  const dialog = form.closest("dialog");
  for (const button of form.querySelectorAll("[data-close]")) {
    button.hidden = !dialog;
    button.addEventListener("click", () => dialog.close());
  }
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-fault]")) prefill(event.target);
    if (event.target.name === "item" && event.target.checked)
      event.target.closest(".return-item").querySelector("[data-fault]").focus();
    show(form);
  });
  form.addEventListener("input", () => show(form));
  if (dialog?.querySelector("[aria-invalid=true]")) dialog.showModal();
  show(form);
}

function prefill(fault) {
  const words = fault.closest(".return-item").querySelector("input[name^='text:']");
  const known = [...fault.options].map((option) => option.dataset.text);
  if (!words.value || known.includes(words.value)) words.value = fault.selectedOptions[0].dataset.text ?? "";
}

function show(form) {
  const items = [...form.querySelectorAll("[name=item]:checked")].map((tick) => ({
    name: tick.dataset.name,
    words: tick.closest(".return-item").querySelector("input[name^='text:']").value.trim(),
  }));
  const button = form.querySelector("[data-count]");
  button.textContent = items.length ? button.dataset.count.replace("#", items.length) : button.dataset.none;
  const preview = form.querySelector("[data-preview]");
  const said = preview.dataset;
  const told = (item) => item.name + (item.words ? said.note.replace("#", item.words.replace(/。$/, "")) : "");
  preview.hidden = !items.length;
  form.querySelector("[data-preview-words]").textContent =
    said.start.replace("#", items.length) + items.map(told).join(said.between) + said.end;
}

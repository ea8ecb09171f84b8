// The opinion bar: words of the button, common words, a draft that survives, and the claim by the first key.
export function opinion() {
  const form = document.querySelector("[data-opinion]");
  if (!form) return;
  const words = form.querySelector("textarea");
  const label = form.querySelector("[data-send-words]");
  const usual = label.textContent;
  const chosen = () => form.querySelector("[name=decision]:checked");

  form.addEventListener("change", (event) => {
    if (event.target.name === "decision") label.textContent = chosen().dataset.send || usual;
  });
  if (chosen()) label.textContent = chosen().dataset.send || usual;
  for (const choice of form.querySelectorAll("[data-dialog]"))
    choice.addEventListener("click", () => document.getElementById(choice.dataset.dialog)?.showModal());
  form.addEventListener("submit", (event) => {
    const choice = chosen();
    if (!choice?.dataset.dialog) return;
    event.preventDefault();
    document.getElementById(choice.dataset.dialog)?.showModal();
  }, { capture: true });

  const common = form.querySelector("[data-common]");
  if (common) {
    common.hidden = false;
    for (const button of common.querySelectorAll("[data-words]"))
      button.addEventListener("click", () => {
        words.value += button.dataset.words;
        words.dispatchEvent(new Event("input", { bubbles: true }));
        words.focus();
      });
  }
  draft(form, words);
  words.addEventListener("input", claim, { once: true });
  copyButtons();
}

function draft(form, words) {
  const key = `jisui.draft.${form.dataset.draft}`;
  const kept = sessionStorage.getItem(key);
  if (kept && !words.value) words.value = kept;
  words.addEventListener("input", () => sessionStorage.setItem(key, words.value));
  form.addEventListener("submit", () => sessionStorage.removeItem(key));
}

// Opening a task does not hold it; the first letter typed does.
function claim() {
  const form = document.querySelector("form[data-claim]");
  if (!form) return;
  fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { "X-Requested-By": "script" },
  }).then((answer) => {
    if (answer.status === 204) form.querySelector(".hint").textContent = "您已领办";
  }).catch(() => {});
}

function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy));
  }
}

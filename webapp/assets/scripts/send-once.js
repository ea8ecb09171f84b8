// A second click on a button that sends is ignored; the label says so.
// Without script the key of the request in the form does the same.
export function sendOnce(words = document.body.dataset.sending) {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || "again" in form.dataset) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (!button || !button.textContent.trim()) return;
    button.dataset.label = button.textContent;
    button.setAttribute("aria-disabled", "true");
    if (button.dataset.quiet === undefined) button.textContent = words;
  });
  // Back from the history: the form can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button[data-label]")) {
        button.textContent = button.dataset.label;
        button.removeAttribute("aria-disabled");
      }
    }
  });
}

// The school list follows the typing, 300 ms behind, never while a word is being composed.
import htmx from "htmx.org";

htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
htmx.config.historyEnabled = false;

export function searchSchools() {
  const field = document.querySelector("[data-search]");
  if (!field) return;
  let timer;
  let composing = false;
  const ask = () => {
    clearTimeout(timer);
    if (!composing && field.value.trim()) timer = setTimeout(() => htmx.trigger(field, "search-schools"), 300);
  };
  field.addEventListener("compositionstart", () => (composing = true));
  field.addEventListener("compositionend", () => {
    composing = false;
    ask();
  });
  field.addEventListener("input", ask);
}

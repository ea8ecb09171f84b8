// After an error the summary has the focus, so that it is read first.
export function focusErrors() {
  const target = document.querySelector("[data-focus]");
  if (target) target.focus();
}

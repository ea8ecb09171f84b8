// Letters select, they never send. Not while typing or composing; off by one switch.
const OFF = "jisui.keys-off";

export function keys() {
  const box = document.querySelector("[data-keys-off]");
  if (box) {
    box.checked = areOff();
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "1" : "0"));
  }
  document.addEventListener("keydown", onKey);
}

export function areOff() {
  return localStorage.getItem(OFF) === "1";
}

// Where letters are written, they are no commands.
export function isTyping(event) {
  return event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
}

function onKey(event) {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.ctrlKey) return send(event);
  if (event.ctrlKey || areOff()) return;
  const dialog = document.querySelector("dialog[open]");
  if (dialog) return choose(event, dialog);
  const typing = isTyping(event);
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("search")?.focus();
  } else if (event.key === "?") {
    event.preventDefault();
    openHelp();
  } else if (move(event.key) || onRow(event.key)) {
    event.preventDefault();
  } else {
    press(event);
  }
}

function send(event) {
  const asked = document.querySelector("#unseen-dialog[open] [value=go]");
  if (asked) {
    event.preventDefault();
    return asked.click();
  }
  const form = document.querySelector("dialog[open] form[data-return]") ?? document.querySelector("[data-opinion], form.return-form");
  if (!form || (document.querySelector("dialog[open]") && !form.closest("dialog"))) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
}

// In a question with numbered answers the figures choose.
function choose(event, dialog) {
  const choice = /^[1-9]$/.test(event.key) && dialog.querySelector(`[data-choice="${event.key}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.click();
}

function openHelp() {
  const menu = document.querySelector("[data-menu]");
  menu.open = !menu.open;
  if (menu.open) menu.querySelector("summary").focus();
}

// J and K walk through the rows of a list with the real focus; Enter follows the link by itself.
function move(key) {
  const step = { j: 1, k: -1, J: 1, K: -1 }[key];
  const links = [...new Set(document.querySelectorAll("tr[data-row] a[data-open]"))];
  if (!step || !links.length) return false;
  const at = links.indexOf(currentRow()?.querySelector("a[data-open]"));
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next].focus();
  return true;
}

function currentRow() {
  return document.activeElement?.closest("tr[data-row]");
}

// X picks the row one stands on, C takes it or puts it back.
function onRow(key) {
  const row = currentRow();
  if (!row) return false;
  const box = row.querySelector("input[type=checkbox]");
  if (key.toLowerCase() === "x" && box) {
    box.click();
    return true;
  }
  if (key.toLowerCase() === "c" && row.dataset.hold) {
    row.dispatchEvent(new Event("hold", { bubbles: true }));
    return true;
  }
  return false;
}

function press(event) {
  const wanted = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.type === "radio") target.focus();
  target.click();
  // Who refuses needs a reason next.
  if (target.value === "refuse") document.getElementById("reason")?.focus();
}

// Letters select, they never send. Not while typing or composing; off by one switch.
const OFF = "jisui.keys-off";

export function keys() {
  const box = document.querySelector("[data-keys-off]");
  if (box) {
    box.checked = localStorage.getItem(OFF) === "1";
    box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "1" : "0"));
  }
  document.addEventListener("keydown", onKey);
}

function onKey(event) {
  if (event.isComposing || event.altKey || event.metaKey) return;
  if (event.key === "Enter" && event.ctrlKey) return send(event);
  if (event.ctrlKey || localStorage.getItem(OFF) === "1") return;
  const typing = event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select");
  if (document.querySelector("dialog[open]")) return;
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
  } else if (move(event.key)) {
    event.preventDefault();
  } else {
    press(event);
  }
}

function send(event) {
  const form = document.querySelector("dialog[open] form[data-return]") ?? document.querySelector("[data-opinion]");
  if (!form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
}

function openHelp() {
  const menu = document.querySelector("[data-menu]");
  menu.open = !menu.open;
  if (menu.open) menu.querySelector("summary").focus();
}

// J and K walk through the rows of a list with the real focus; Enter follows the link by itself.
function move(key) {
  const links = [...document.querySelectorAll("[data-list] a[data-open], .bench-main tr[data-row] a[data-open]")];
  const step = { j: 1, k: -1, J: 1, K: -1 }[key];
  if (!step || !links.length) return false;
  const unique = [...new Set(links)];
  const at = unique.indexOf(document.activeElement?.closest("tr")?.querySelector("a[data-open]"));
  const next = at < 0 ? 0 : Math.min(Math.max(at + step, 0), unique.length - 1);
  unique[next].focus();
  return true;
}

function press(event) {
  const wanted = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const target = document.querySelector(`[data-key="${CSS.escape(wanted)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.type === "radio") target.focus();
  target.click();
}

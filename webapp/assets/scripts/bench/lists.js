// Lists: the whole row is a target, the number is the link; news are told, never moved under the cursor.
const EVERY = 60_000;

const COMPACT = "jisui.compact";

// Compact rows of 28 px, remembered on this computer.
function rowHeight() {
  const box = document.querySelector("[data-compact]");
  if (!box) return;
  const show = () => document.documentElement.classList.toggle("compact", localStorage.getItem(COMPACT) === "1");
  box.closest("[data-compact-row]").hidden = false;
  box.checked = localStorage.getItem(COMPACT) === "1";
  box.addEventListener("change", () => {
    localStorage.setItem(COMPACT, box.checked ? "1" : "0");
    show();
  });
  show();
}

export function lists() {
  rowHeight();
  document.addEventListener("click", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (!row || event.target.closest("a, button, input, label") || getSelection().toString()) return;
    row.querySelector("a[data-open]")?.click();
  });
  for (const select of document.querySelectorAll("select[data-submit]"))
    select.addEventListener("change", () => select.form.requestSubmit());
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  const list = document.querySelector("[data-list]");
  if (!list) return;
  list.addEventListener("hold", (event) => hold(list, event.target));
  list.addEventListener("change", () => countPicked(list));
  countPicked(list);
  if (/^#t-[0-9a-f-]+$/.test(location.hash)) document.querySelector(`${location.hash} a[data-open]`)?.focus();
  if (list.dataset.news) setInterval(() => ask(list), EVERY);
}

// C on a row: take it, or put it back; the row says who has it.
async function hold(list, row) {
  const body = new URLSearchParams({ csrf_token: list.dataset.token });
  const headers = { "X-Requested-By": "script" };
  const answer = await fetch(row.dataset.hold, { method: "POST", body, headers }).catch(() => null);
  if (!answer) return;
  if (answer.status !== 204) return location.reload();
  const mine = row.dataset.hold.endsWith("/claim");
  row.dataset.hold = row.dataset.hold.replace(/[a-z]+$/, mine ? "release" : "claim");
  row.classList.toggle("is-mine", mine);
  const cell = row.querySelector("[data-holder]");
  const words = document.createElement(mine ? "strong" : "span");
  words.className = mine ? "mine" : "hint";
  words.textContent = mine ? list.dataset.yours : list.dataset.nobody;
  cell.replaceChildren(words);
}

function countPicked(list) {
  const note = list.querySelector("[data-picked]");
  if (!note) return;
  const n = list.querySelectorAll(".pick input:checked").length;
  note.hidden = false;
  note.textContent = note.dataset.picked.replace("#", n);
}

async function ask(list) {
  if (document.hidden || !navigator.onLine) return;
  const rows = [...list.querySelectorAll("tr[data-row]")];
  const ids = rows.map((row) => row.id.slice(2)).join(",");
  const query = new URLSearchParams({ since: list.dataset.since, who: list.dataset.who, ids });
  const answer = await fetch(`${list.dataset.news}?${query}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { n, gone } = await answer.json();
  const line = list.querySelector("[data-news-line]");
  line.hidden = !n;
  if (n) line.querySelector("a").textContent = line.dataset.newsLine.replace("#", n);
  for (const row of rows) if (gone[row.id.slice(2)]) grey(row, gone[row.id.slice(2)]);
}

// Decided elsewhere meanwhile: it stays where it is, grey, and says who did it.
function grey(row, words) {
  row.classList.add("is-gone");
  const cell = row.querySelector("[data-holder]");
  if (cell) cell.textContent = words;
  row.querySelector("input[type=checkbox]")?.remove();
}

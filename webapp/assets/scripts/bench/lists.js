// Lists: the whole row is a target, the number is the link; news are told, never moved under the cursor.
const EVERY = 60_000;

export function lists() {
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
  if (list?.dataset.news) setInterval(() => ask(list), EVERY);
}

async function ask(list) {
  if (document.hidden || !navigator.onLine) return;
  const query = new URLSearchParams({ since: list.dataset.since, who: list.dataset.who });
  const answer = await fetch(`${list.dataset.news}?${query}`).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const { n } = await answer.json();
  const line = list.querySelector("[data-news-line]");
  line.hidden = !n;
  if (n) line.querySelector("a").textContent = line.dataset.newsLine.replace("#", n);
}

// The opinion bar: words of the button, common words, a draft that survives, and the claim by the first key.
export function opinion() {
  const form = document.querySelector("[data-opinion]");
  forgetSent();
  if (!form) return;
  const words = form.querySelector("textarea");
  const label = form.querySelector("[data-send-words]");
  const usual = label.textContent;
  const chosen = () => form.querySelector("[name=decision]:checked");

  claimOnce(form, words);
  draft(form, words);
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
  waitForNetwork(form);
  // Back from the history: what the server knows now, not what stood here before.
  window.addEventListener("pageshow", (event) => event.persisted && location.reload());
}

// The first letter typed takes the task, whether typed or chosen from the common words.
function claimOnce(form, words) {
  words.addEventListener("input", claim, { once: true });
}

// Without network nothing is sent: it is said, and the button waits.
function waitForNetwork(form) {
  const note = form.querySelector("[data-offline]");
  const tell = (words) => {
    note.textContent = words;
    note.hidden = !words;
  };
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || !event.target.matches("[data-opinion], [data-return]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    tell(note.dataset.offline);
  }, { capture: true });
  window.addEventListener("online", () => note.hidden || tell(note.dataset.online));
}

// What is written stays in this window until the decision is taken: a page that expired or a
// session that ended on the way brings it back.
const DRAFT = "jisui.draft.";
const SENT = "jisui.sent";

function draft(form, words) {
  const key = DRAFT + form.dataset.draft;
  const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (kept && !words.value) bringBack(form, words, kept);
  const keep = () => {
    const decision = form.querySelector("[name=decision]:checked")?.value;
    sessionStorage.setItem(key, JSON.stringify({ words: words.value, decision, at: now(words) }));
  };
  words.addEventListener("input", keep);
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (words.value) keep();
    sessionStorage.setItem(SENT, form.dataset.draft);
  });
}

// The clock of the business, which in a demo is not that of the computer.
const loaded = Date.now();
function now(words) {
  return Date.parse(words.dataset.now) + Date.now() - loaded;
}

function bringBack(form, words, kept) {
  words.value = kept.words;
  const choice = [...form.querySelectorAll("[name=decision]")].find((one) => one.value === kept.decision);
  if (choice && !choice.dataset.dialog) choice.checked = true;
  const note = form.querySelector("[data-kept]");
  if (!note || !kept.words) return;
  const shown = { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false };
  const at = new Date(kept.at).toLocaleString(document.documentElement.lang, { ...shown, timeZone: "Asia/Shanghai" });
  note.textContent = note.dataset.kept.replace("{at}", at);
  note.hidden = false;
}

// The page after a decision: what was kept for it goes.
function forgetSent() {
  const sent = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  if (sent && document.querySelector("[data-opinion]")?.dataset.draft !== sent) sessionStorage.removeItem(DRAFT + sent);
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
    if (answer.status !== 204) return;
    form.querySelector("[data-holding]").textContent = form.dataset.claim;
    form.querySelector("button").textContent = form.dataset.release;
    form.dataset.claimed = form.action;
    form.action = form.action.replace(/claim$/, "release");
    delete form.dataset.claim;
  }).catch(() => {});
}

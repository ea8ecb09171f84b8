// Two minutes before the session ends by itself, it is said; a key or a click anywhere on our pages keeps it.
const ACTIVE = "jisui.active";
const TOUCH = 5 * 60_000;
const LOOK = 15_000;

export function idle() {
  const dialog = document.getElementById("idle-dialog");
  const minutes = Number(document.body.dataset.idleMinutes);
  if (!dialog || !minutes) return;
  let touched = Date.now();
  const active = () => localStorage.setItem(ACTIVE, Date.now());
  active();
  for (const kind of ["keydown", "pointerdown"])
    document.addEventListener(kind, () => dialog.open || active(), { passive: true });
  const touch = () => {
    touched = Date.now();
    fetch(dialog.dataset.stay).catch(() => {});
    renewHold();
  };
  dialog.addEventListener("close", () => {
    active();
    touch();
  });
  setInterval(() => {
    const since = Number(localStorage.getItem(ACTIVE));
    const gone = (Date.now() - since) / 60_000;
    if (gone >= minutes) return leave(dialog);
    if (gone >= minutes - 2 && !dialog.open) dialog.showModal();
    // Who writes for long without asking for a page is not idle.
    if (since > touched && Date.now() - touched > TOUCH) touch();
  }, LOOK);
}

// What one works on stays in one's hands as long as one works.
function renewHold() {
  const form = document.querySelector("form[data-claimed]");
  if (!form) return;
  const headers = { "X-Requested-By": "script" };
  fetch(form.dataset.claimed, { method: "POST", body: new FormData(form), headers }).catch(() => {});
}

// Signed out, so that nobody waits for what one held; after signing in one is back on the same page.
async function leave(dialog) {
  const form = document.querySelector("form[action$='/sign-out']");
  if (form) await fetch(form.action, { method: "POST", body: new FormData(form) }).catch(() => {});
  location.assign(`${dialog.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

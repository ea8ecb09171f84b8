// What is typed is kept on this phone at once and on the server after two seconds.
// Offline it waits 5, 10, 20, 40 seconds between tries; nothing is lost meanwhile.
const KEY = "jisui-draft-";
const WAITS = [5, 10, 20, 40];

export function keepDrafts() {
  emptyOnForget();
  const form = document.querySelector("form[data-draft]");
  if (!form) return;
  const keeper = new Keeper(form);
  keeper.restore();
  form.addEventListener("input", () => keeper.typed());
  form.addEventListener("change", () => keeper.typed());
  document.addEventListener("submit", (event) => keeper.sending(event), true);
  window.addEventListener("online", () => keeper.save());
}

class Keeper {
  constructor(form) {
    this.form = form;
    this.key = KEY + form.dataset.draft;
    this.note = form.querySelector("[data-save-note]");
    this.tries = 0;
  }

  // Kept here and not saved yet: put back where the draft is as it was, else brought to the server,
  // which keeps the newer of the two and shows where they differ.
  restore() {
    const kept = read(this.key);
    if (!kept || !kept.values) return;
    if (kept.began === this.form.dataset.version) this.fill(kept.values);
    this.save(kept);
  }

  fill(values) {
    for (const [name, value] of Object.entries(values)) {
      for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
        else if (field.type !== "hidden" && field.type !== "file") field.value = value;
      }
    }
  }

  values() {
    const values = {};
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string" && name !== "csrf_token") values[name] = value;
    }
    return values;
  }

  typed() {
    this.keepHere();
    this.say(navigator.onLine ? this.note?.dataset.here : this.note?.dataset.offlineWords);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 2000);
  }

  keepHere() {
    write(this.key, { began: this.form.dataset.version, at: Date.now(), values: this.values() });
  }

  async save(kept = read(this.key)) {
    clearTimeout(this.timer);
    if (!kept || this.form.hasAttribute("data-uploads")) return;
    try {
      const answer = await fetch(this.form.action || location.href, {
        method: "POST",
        headers: {
          "X-Jisui-Save": "1",
          "X-Jisui-Began": kept.began ?? "",
          "X-Jisui-Age": Math.max(0, Math.round((Date.now() - kept.at) / 1000)),
          "X-CSRFToken": this.form.elements.csrf_token.value,
        },
        body: new URLSearchParams(kept.values),
      });
      if (answer.status === 409) this.readAgain();
      else if (answer.status === 204) this.saved(answer.headers.get("X-Jisui-Began"), kept.at);
    } catch {
      const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)];
      this.timer = setTimeout(() => this.save(), wait * 1000);
    }
  }

  saved(version, at) {
    this.tries = 0;
    this.form.dataset.version = version;
    const kept = read(this.key);
    if (kept?.at === at) localStorage.removeItem(this.key);
    else if (kept) write(this.key, { ...kept, began: version });
    this.say(this.note?.dataset.server);
  }

  readAgain() {
    localStorage.removeItem(this.key);
    location.reload();
  }

  sending(event) {
    if (event.target !== this.form) return;
    if (!navigator.onLine) {
      event.preventDefault();
      this.keepHere();
      this.say(this.note?.dataset.offlineWords);
      return;
    }
    localStorage.removeItem(this.key);
  }

  say(words) {
    if (this.note && words) this.note.textContent = words;
  }
}

function emptyOnForget() {
  const empty = () => Object.keys(localStorage).filter((key) => key.startsWith(KEY)).forEach((key) => localStorage.removeItem(key));
  if (document.querySelector("[data-forgotten]")) empty();
  for (const form of document.querySelectorAll("form[data-forget]")) form.addEventListener("submit", empty);
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, values) {
  try {
    localStorage.setItem(key, JSON.stringify(values));
  } catch {
    // a full or forbidden store: the server keeps it
  }
}

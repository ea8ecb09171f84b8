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

  restore() {
    const kept = read(this.key);
    if (!kept) return;
    for (const [name, value] of Object.entries(kept)) {
      for (const field of this.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" && !this.form.querySelector(`[name="${CSS.escape(name)}"]:checked`)) field.checked = field.value === value;
        else if (field.type !== "radio" && field.type !== "checkbox" && field.type !== "hidden" && !field.value) field.value = value;
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
    write(this.key, this.values());
    this.say(navigator.onLine ? this.note?.dataset.here : this.note?.dataset.offlineWords);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), 2000);
  }

  async save() {
    clearTimeout(this.timer);
    if (!read(this.key) || this.form.hasAttribute("data-uploads")) return;
    try {
      const answer = await fetch(this.form.action || location.href, {
        method: "POST",
        headers: { "X-Jisui-Save": "1", "X-CSRFToken": this.form.elements.csrf_token.value },
        body: new URLSearchParams(this.values()),
      });
      if (answer.status === 204) {
        this.tries = 0;
        this.say(this.note?.dataset.server);
      }
    } catch {
      const wait = WAITS[Math.min(this.tries++, WAITS.length - 1)];
      this.timer = setTimeout(() => this.save(), wait * 1000);
    }
  }

  sending(event) {
    if (event.target !== this.form) return;
    if (!navigator.onLine) {
      event.preventDefault();
      write(this.key, this.values());
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

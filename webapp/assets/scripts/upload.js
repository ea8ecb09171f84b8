// Evidence goes up one file after the other, in pieces that resume; three silent tries, then a button.
import { reduced } from "./pictures.js";
import { sendFile } from "./sending-files.js";
import { waitingRoom } from "./waiting-room.js";

export function uploadEvidence() {
  if (document.querySelector("[data-forgotten]")) waitingRoom.empty();
  const form = document.querySelector("form[data-uploads]");
  if (form) new Uploads(form).start();
}

class Uploads {
  constructor(form) {
    this.form = form;
    this.words = form.querySelector("[data-words]").dataset;
    this.status = form.querySelector("[data-upload-status]");
    this.token = form.elements.csrf_token.value;
    this.piece = Number(form.dataset.piece);
    this.queue = [];
    this.running = false;
  }

  async start() {
    this.form.classList.add("has-script");
    for (const slot of this.form.querySelectorAll("[data-slot]")) {
      slot.querySelector("[data-buttons]").hidden = false;
      for (const input of slot.querySelectorAll("[data-camera], [data-pick]")) {
        input.addEventListener("change", () => this.chosen(slot, input));
      }
    }
    this.form.addEventListener("click", (event) => this.removing(event));
    document.addEventListener("submit", (event) => this.continuing(event), true);
    for (const entry of await waitingRoom.all()) {
      const slot = this.form.querySelector(`[data-slot="${CSS.escape(entry.kind)}"]`);
      if (slot && entry.file) this.add(slot, entry);
    }
  }

  async chosen(slot, input) {
    const files = [...input.files];
    input.value = "";
    for (const file of files) {
      const small = await reduced(file);
      const id = crypto.randomUUID ? crypto.randomUUID() : fallbackId();
      const { slot: kind, pieces: address } = slot.dataset;
      const entry = { id, kind, address, piece: this.piece, file: small, name: small.name };
      await waitingRoom.put(entry);
      this.add(slot, entry);
    }
    const words = slot.querySelector("[data-camera-words]");
    words.textContent = words.dataset.more;
  }

  add(slot, entry) {
    const line = this.line(slot, entry);
    const most = Number(this.words.most);
    if (entry.file.size > most * 1024 * 1024) {
      waitingRoom.remove(entry.id);
      const size = Math.ceil(entry.file.size / 1024 / 1024);
      line.refuse(this.words.tooLarge.replace("{n}", size).replace("{most}", most));
      return;
    }
    this.queue.push({ slot, entry, line });
    this.next();
  }

  line(slot, entry) {
    const item = element("li", "slot__file");
    const name = element("span", "slot__file-name", entry.name);
    const state = element("span", "slot__state", this.words.waiting);
    const bar = element("progress", "slot__bar");
    bar.max = 100;
    bar.hidden = true;
    const button = element("button", "link-button", this.words.cancel);
    button.type = "button";
    item.append(name, bar, state, button);
    slot.querySelector("[data-files]").append(item);
    const line = { item, state, bar, button, cancelled: false };
    button.onclick = () => {
      line.cancelled = true;
      waitingRoom.remove(entry.id);
      item.remove();
    };
    line.refuse = (words, retry) => {
      bar.hidden = true;
      item.classList.add("has-error");
      state.textContent = words;
      this.status.textContent = words;
      if (!retry) return;
      const again = element("button", "govuk-button govuk-button--secondary", this.words.retry);
      again.type = "button";
      again.onclick = () => {
        again.remove();
        item.classList.remove("has-error");
        this.queue.push({ slot, entry, line });
        this.next();
      };
      item.append(again);
    };
    return line;
  }

  async next() {
    if (this.running) return;
    const job = this.queue.shift();
    if (!job) return this.finished();
    this.running = true;
    this.now = job.entry.kind;
    if (!job.line.cancelled) await this.send(job);
    this.running = false;
    this.now = "";
    this.next();
  }

  async send({ entry, line }) {
    this.status.textContent = this.words.toldSending.replace("{name}", entry.name);
    line.bar.hidden = false;
    const progress = (n, of) => {
      line.state.textContent = n === of - 1 && of > 1 ? this.words.checking : this.words.sending.replace("{n}", Math.round((n / of) * 100));
      line.bar.value = (n / of) * 100;
    };
    try {
      const answer = await sendFile({ ...entry, token: this.token }, entry, { cancelled: () => line.cancelled, progress });
      if (!answer) return;
      waitingRoom.remove(entry.id);
      if (answer.refused) line.refuse(answer.refused);
      else this.done({ entry, line }, answer.kept);
    } catch {
      line.refuse(this.words.cut.replace("{name}", entry.name), true);
    }
  }

  done({ entry, line }, kept) {
    line.bar.remove();
    line.item.classList.add("is-done");
    line.state.textContent = this.words.done;
    if (kept.hint) line.item.append(element("span", "slot__hint", kept.hint));
    line.button.textContent = this.words.remove;
    line.button.onclick = async () => {
      await fetch(kept.remove, { method: "POST", headers: { "X-CSRFToken": this.token, "X-Requested-With": "fetch" } });
      line.item.remove();
    };
    this.status.textContent = this.words.toldDone.replace("{name}", entry.name);
  }

  removing(event) {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    event.preventDefault();
    const address = button.formAction;
    fetch(address, { method: "POST", headers: { "X-CSRFToken": this.token, "X-Requested-With": "fetch" } }).then((answer) => {
      if (answer.ok) button.closest("li").remove();
    });
  }

  continuing(event) {
    if (event.target !== this.form || event.submitter?.name !== "continue") return;
    const left = this.queue.length + (this.running ? 1 : 0);
    if (!left || this.goesOn(left)) return;
    event.preventDefault();
    event.stopPropagation();
    this.then = event.submitter;
    this.status.classList.remove("govuk-visually-hidden");
    this.status.textContent = this.words.left.replace("{n}", left);
  }

  // The last file goes up while one reads on; the pages that follow carry it (carry-on.js).
  goesOn(left) {
    if (left > 1 || !this.now || !this.form.querySelector("[data-remove], .is-done") || !waitingRoom.isOpen) return false;
    const coming = element("input", "");
    coming.type = "hidden";
    coming.name = "coming";
    coming.value = this.now;
    this.form.append(coming);
    return true;
  }

  finished() {
    const button = this.then;
    this.then = null;
    if (button) this.form.requestSubmit(button);
  }
}

function element(tag, classes, words = "") {
  const made = document.createElement(tag);
  made.className = classes;
  made.textContent = words;
  return made;
}

function fallbackId() {
  // Plain http has no randomUUID; the name only has to differ from the others of this draft.
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return bytes.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

// Files that were still on their way when one went on from step 4 go up on the pages after it.
// Step 6 waits for them, then sends by itself.
import { sendFile } from "./sending-files.js";
import { waitingRoom } from "./waiting-room.js";

const AGAIN = 20_000;

export async function carryOn() {
  const form = document.querySelector("form[data-draft]:not([data-uploads])");
  if (!form || document.querySelector("[data-forgotten]")) return;
  const entries = (await waitingRoom.all()).filter((entry) => entry.file && entry.address);
  if (entries.length) new Carrier(form, entries).start();
}

class Carrier {
  constructor(form, entries) {
    this.form = form;
    this.left = entries;
    this.note = form.querySelector("[data-carry]");
  }

  start() {
    document.addEventListener("submit", (event) => this.submitting(event), true);
    window.addEventListener("online", () => this.work());
    this.work();
  }

  submitting(event) {
    if (event.target !== this.form || this.form.dataset.draft !== "check" || !this.left.length) return;
    event.preventDefault();
    event.stopPropagation();
    this.then = event.submitter;
    this.say();
  }

  async work() {
    if (this.working) return;
    this.working = true;
    while (this.left.length) {
      const [entry] = this.left;
      try {
        const answer = await sendFile({ ...entry, token: this.form.elements.csrf_token.value }, entry);
        await waitingRoom.remove(entry.id);
        this.left.shift();
        // "same_file": the page before had sent it to its end when one went on
        if (answer.refused && answer.code !== "same_file") this.refuse(entry);
        else this.say();
      } catch {
        setTimeout(() => this.work(), AGAIN);
        break;
      }
    }
    this.working = false;
    if (this.then && !this.left.length) this.form.requestSubmit(this.then);
  }

  say() {
    this.note.hidden = !this.then || !this.left.length;
    this.note.textContent = this.note.dataset.words.replace("{n}", this.left.length);
  }

  refuse(entry) {
    this.then = null;
    this.note.hidden = false;
    this.note.textContent = this.note.dataset.refused.replace("{name}", entry.name);
  }
}

// Drafts: what is typed goes to the server a moment later. Nothing is kept in the browser (personal data); when the
// server does not answer, the form stays as it is and the draft is sent again until it is taken.
import { clock, token, word } from "./words.js";

const PAUSE = 600;
const LONGEST = 15000;

class Draft {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector("[data-save-state]") || document.querySelector("[data-save-state]");
    this.dirty = this.busy = this.leaving = false;
    this.wait = PAUSE;
    form.addEventListener("input", () => this.changed(PAUSE));
    form.addEventListener("change", () => this.changed(0));
    form.addEventListener("submit", () => { this.leaving = true; clearTimeout(this.timer); });
    addEventListener("pagehide", () => this.last());
    addEventListener("online", () => this.dirty && this.changed(0));
  }

  changed(pause) {
    if (this.leaving) return;
    this.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  say(text, failed) {
    if (!this.line) return;
    this.line.textContent = text;
    this.line.classList.toggle("failed", failed);
    this.line.setAttribute("aria-live", failed ? "polite" : "off"); // a save is not news, a failure is
  }

  async send() {
    if (this.busy) return;
    this.busy = true;
    this.dirty = false;
    try {
      const answer = await fetch(this.form.dataset.autosave, {
        method: "POST", body: new FormData(this.form), headers: { "X-CSRFToken": token() }, credentials: "same-origin",
      });
      this.answered(answer);
    } catch {
      this.failed(word("saveLost"));
    }
    this.busy = false;
    if (this.dirty && !this.leaving) this.changed(this.wait);
  }

  /** Everything that was typed is with the station, or false: it does not answer. */
  async settle() {
    clearTimeout(this.timer);
    while (this.busy) await new Promise((done) => setTimeout(done, 20));
    if (this.dirty) await this.send();
    clearTimeout(this.timer);
    if (this.dirty) this.changed(this.wait);
    return !this.dirty && !this.refused;
  }

  answered(answer) {
    this.refused = answer.status === 409;
    if (answer.redirected) return this.failed(word("saveLogin"));
    if (answer.status === 409) return this.say(word("saveStale"), true);
    if (!answer.ok) return this.failed(word("saveLost"));
    this.wait = PAUSE;
    if (!this.dirty) this.say(`${word("saved")} ${clock()}`, false);
  }

  failed(text) {
    this.dirty = true;
    this.wait = Math.min(LONGEST, Math.max(2000, this.wait * 2));
    this.say(text, true);
  }

  last() {
    if (!this.dirty || this.leaving) return;
    const data = new FormData(this.form);
    data.set("csrf_token", token());
    navigator.sendBeacon(this.form.dataset.autosave, data);
  }
}

export function start() {
  for (const form of document.querySelectorAll("form[data-autosave]")) form.draft = new Draft(form);
}

// Regions that refresh themselves. A region is swapped only when it really changed, and never under the focus unless
// the focused thing is there again afterwards. Progress is announced in steps of 25 % only.
import { clock, word } from "./words.js";

class Region {
  constructor(node) {
    this.node = node;
    this.every = Math.max(1, Number(node.dataset.liveEvery || 5)) * 1000;
    this.text = null;
    this.step = this.quarter();
    this.speaker = document.createElement("p");
    this.speaker.className = "sr";
    this.speaker.setAttribute("role", "status");
    node.after(this.speaker);
    this.plan();
  }

  plan() { if (!this.node.querySelector("[data-live-stop]")) setTimeout(() => this.look(), this.every); }

  async look() {
    if (!document.hidden) {
      try {
        const answer = await fetch(this.node.dataset.live, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
        if (answer.redirected && !answer.url.includes(this.node.dataset.live)) return location.reload();
        if (answer.ok) this.take(await answer.text());
        this.state("");
      } catch {
        this.state(`${word("noAnswer")} ${clock()}`);
      }
    }
    this.plan();
  }

  take(text) {
    if (text === this.text) return;
    const focused = this.node.contains(document.activeElement) ? document.activeElement : null;
    if (focused && !focused.id) return; // try again when the focus has moved on
    const first = this.text === null;
    this.text = text;
    const page = new DOMParser().parseFromString(text, "text/html");
    if (first && this.same(page.body)) return;
    const open = [...this.node.querySelectorAll("details[open][id]")].map((node) => node.id);
    this.node.replaceChildren(...page.body.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused.id)?.focus({ preventScroll: true });
    this.title();
    this.announce();
  }

  same(body) { return this.plain(body) === this.plain(this.node); }

  plain(node) { return node.textContent.replaceAll("\u00ad", "").replace(/\s+/g, " ").trim(); }

  quarter() {
    const bar = this.node.querySelector("[data-progress]");
    return bar ? Math.floor(Number(bar.dataset.progress) / 25) : null;
  }

  announce() {
    const step = this.quarter();
    if (step === null || step === this.step) return;
    this.step = step;
    this.speaker.textContent = `${step * 25} %`;
  }

  title() {
    const named = this.node.querySelector("[data-title]");
    if (named) document.title = named.dataset.title;
  }

  state(text) {
    const line = document.querySelector("[data-live-state]");
    if (line) line.textContent = text;
  }
}

export function start() {
  for (const node of document.querySelectorAll("[data-live]")) new Region(node);
}

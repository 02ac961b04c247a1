// The desk of a tiflo-translator in step: the line of the text where the cursor stands, the same line on the picture,
// and its cells under the text. The picture knows only where lines are (data-film); which line is which is a guess by
// counting, so that the person shifts it by a line, or turns the page, and it goes on from there.
import { token } from "./words.js";

const PAUSE = 250;

class Follower {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    this.strip = document.getElementById(area.dataset.follow);
    this.pane = area.closest("[data-panes]");
    this.pages = JSON.parse(this.pane?.dataset.film || "[]");
    this.places = this.pages.flatMap((page, n) => page.lines.map((box) => ({ box, page: n + 1 })));
    this.kept = `line:${location.pathname}`; // how far text and picture are apart: a number, nothing about a person
    this.shift = Number(sessionStorage.getItem(this.kept)) || 0;
    this.seen = "";
  }

  start() {
    for (const name of ["input", "keyup", "click", "focus"]) this.area.addEventListener(name, () => this.look());
    this.strip.addEventListener("keydown", (event) => this.back(event));
    for (const button of document.querySelectorAll("[data-shift]")) button.addEventListener("click", () => this.by(Number(button.dataset.shift)));
    for (const button of document.querySelectorAll("[name=action][value^='page:']")) button.addEventListener("click", (event) => this.page(event, Number(button.value.slice(5))));
    this.pane?.addEventListener("turned", (event) => this.turned(event.detail));
    const end = this.area.value.length; // one goes on where one stopped, or where something is to be corrected
    if (!Number(this.area.dataset.at)) this.area.setSelectionRange(end, end);
    this.cells();
  }

  /** The line of the cursor: its text and number, and how many lines with text stand before it. */
  line() {
    const text = this.area.value, at = this.area.selectionStart, before = text.slice(0, at).split("\n");
    const start = at - before.at(-1).length, end = text.indexOf("\n", at);
    return { text: text.slice(start, end < 0 ? undefined : end), number: before.length, start,
             index: before.slice(0, -1).filter((one) => one.trim()).length };
  }

  look() {
    const { text, number } = this.line(), now = `${number}:${text}`;
    if (now === this.seen) return;
    if (!this.seen.startsWith(`${number}:`)) this.move();
    this.seen = now;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.cells(), PAUSE);
  }

  move() {
    const place = this.places[Math.min(this.places.length - 1, Math.max(0, this.line().index + this.shift))];
    if (place) this.pane.viewer?.show(place.box, place.page);
  }

  set(shift) {
    this.shift = shift;
    sessionStorage.setItem(this.kept, shift);
    this.move();
  }

  by(lines) {
    const at = this.line().index, most = this.places.length - 1;
    this.set(Math.min(most, Math.max(0, at + this.shift + lines)) - at);
  }

  /** Another page: its first line belongs to the line of the cursor. */
  page(event, number) {
    const first = this.places.findIndex((place) => place.page === number);
    if (!this.pages.length) return;
    event.preventDefault();
    if (first < 0) this.pane.viewer.turn(number);
    else this.set(first - this.line().index);
  }

  turned(number) {
    this.form.elements.page.value = number;
    for (const button of document.querySelectorAll("[name=action][value^='page:']")) {
      if (button.value === `page:${number}`) button.setAttribute("aria-current", "page");
      else button.removeAttribute("aria-current");
    }
  }

  async cells() {
    const { text, number, start } = this.line(), body = new FormData();
    body.set("line", text);
    body.set("before", this.area.value.slice(0, start));
    body.set("number", number);
    const answer = text.trim() && await fetch(this.area.dataset.line, { method: "POST", body, headers: { "X-CSRFToken": token() }, credentials: "same-origin" }).catch(() => null);
    if (answer === null || (answer && !answer.ok)) return; // the draft says when the station does not answer
    const html = answer ? await answer.text() : "";
    if (text === this.line().text && !this.strip.contains(document.activeElement)) this.strip.innerHTML = html;
  }

  /** Enter or Escape in the strip: back to the text, at this cell where a cell is one character. */
  back(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    const cells = [...this.strip.querySelectorAll("[role=gridcell]")], { text, start } = this.line();
    if (event.key === "Enter" && cells.length === [...text].length) this.area.setSelectionRange(start + cells.indexOf(event.target), start + cells.indexOf(event.target));
    this.area.focus();
  }
}

export function start() {
  for (const area of document.querySelectorAll("[data-follow]")) new Follower(area).start();
}

// Six-key entry: F D S J K L are dots 1–6, by place of the key, so it works in the Russian layout too.
// The core is a pure function of state and event; `start` ties it to one real textarea, which screen readers leave alone.

import { token } from "./words.js";

/** Keys of the desk → what they do; they are no letters, so they never disturb typing. */
const COMMANDS = { F2: "next", F3: "doubt", F4: "asText", F8: "asDots", F9: "where", F6: "jump" };
export const KEYS = { KeyF: 1, KeyD: 2, KeyS: 4, KeyJ: 8, KeyK: 16, KeyL: 32 };
export const EMPTY = Object.freeze({ held: Object.freeze({}), spent: Object.freeze([]), dots: 0, last: 0 });
/** Keys that end a cell whose own keys are still down: fast writers strike them a moment early. */
const GIVES_OUT = ["Space", "Enter", "NumpadEnter", "Backspace"];
/** Signs that are spelled out when they are erased; more are counted. */
const SPELLED = 8;
const STILL = 2000; // ms without any event: a key that is really down repeats

/** A key of the six goes down: its dot joins the chord; again before full release, it is the same chord. A key that goes
 *  down while it is down, or after a long silence, tells of a lost key-up: what hung in the air is no dot any more. */
export function press(state, code, time) {
  const now = Object.keys(state.held).length && time - state.last > STILL ? EMPTY : state;
  const { [code]: twice, ...held } = now.held;
  const dots = twice === undefined ? now.dots : Object.keys(held).filter((key) => !now.spent.includes(key)).reduce((sum, key) => sum | KEYS[key], 0);
  return { held: { ...held, [code]: time }, spent: now.spent.filter((key) => key !== code), dots: dots | KEYS[code], last: time };
}

/** The keyboard repeats a key: it is really down. */
export const repeat = (state, _code, time) => ({ ...state, last: time });

/** A key comes up. The cell is given out when the last one is up. With `least` ms, keys that overlapped the chord for
 *  less than that belong to the next chord: people who type fast roll from one cell into the next. */
export function release(state, code, time, least = 0) {
  if (!(code in state.held)) return { state, cell: null };
  const { [code]: down, ...held } = state.held;
  const spent = state.spent.filter((key) => key in held);
  // Its cell is given out already: it says nothing of the keys that are down for the next one.
  if (state.spent.includes(code)) return { state: { ...state, held, spent, last: time }, cell: null };
  const late = Object.keys(held).filter((key) => least > 0 && time - held[key] < least && held[key] > down && !spent.includes(key));
  if (late.length) {
    const next = late.reduce((dots, key) => dots | KEYS[key], 0);
    return { state: { held, spent: Object.keys(held).filter((key) => !late.includes(key)), dots: next, last: time }, cell: (state.dots & ~next) || null };
  }
  const open = Object.keys(held).filter((key) => !spent.includes(key));
  if (open.length) return { state: { held, spent, dots: state.dots, last: time }, cell: null };
  return { state: { held, spent, dots: 0, last: time }, cell: state.dots || null };
}

/** A blank or a line end is struck while keys are still down: their cell stands before it, and their release gives none.
 *  Keys that hang since a long silence (a lost key-up) give nothing. */
export function finish(state, time) {
  const cell = time - state.last > STILL ? null : state.dots || null;
  return { state: { held: state.held, spent: Object.keys(state.held), dots: 0, last: time }, cell };
}

/** One key after the other: a key toggles its dot, G, H or Space gives the cell out. */
export function toggle(dots, code) {
  if (code in KEYS) return { dots: dots ^ KEYS[code], cell: null };
  if (code === "KeyG" || code === "KeyH") return { dots: 0, cell: dots || null };
  if (code === "Space") return { dots: 0, cell: dots };
  return { dots, cell: null };
}

/** Dot numbers: 1–6 collect, Space gives the cell out, a second Space a blank. */
export function number(dots, key) {
  if (/^[1-6]$/.test(key)) return { dots: dots ^ (1 << (Number(key) - 1)), cell: null };
  if (key === " ") return { dots: 0, cell: dots };
  return { dots, cell: null };
}

export const unicode = (dots) => String.fromCharCode(0x2800 + dots);
export const dotNumbers = (dots) => [1, 2, 3, 4, 5, 6].filter((dot) => dots & (1 << (dot - 1))).join(" ");

/** Whether the cells before the cursor end in a number: a number sign, then digits and what stands inside numbers. */
export function inNumber(before, tables) {
  for (const character of [...before].reverse()) {
    const dots = character.codePointAt(0) - 0x2800;
    if (dots === tables.number) return true;
    if (!(dots in tables.digits) && !tables.within.includes(dots)) return false;
  }
  return false;
}

/** What is spoken for one cell. `before`: the text of the line before it, which tells digits from letters. */
export function echo(dots, level, tables, words, before = "") {
  if (level === "none") return "";
  if (!dots) return words.blank;
  const letter = (inNumber(before, tables) && tables.digits[dots]) || tables.letters[dots] || tables.names[dots] || "";
  const points = `${words.dots} ${dotNumbers(dots)}`;
  if (level === "letter") return letter || points;
  return level === "dots" ? points : [letter, points].filter(Boolean).join(", ");
}

class Desk {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    this.words = area.dataset;
    this.tables = JSON.parse(area.dataset.tables);
    this.way = ""; // the way of entry that Escape left
    this.live = document.querySelector("[data-echo]");
    this.state = EMPTY;
    this.single = 0;
    this.queue = [];
  }

  get mode() { return this.form.elements.mode.value; }
  get level() { return this.form.elements.echo.value; }
  get least() { return this.form.elements.roll?.checked ? 40 : 0; }

  start() {
    this.area.addEventListener("keydown", (event) => this.down(event));
    this.area.addEventListener("keyup", (event) => this.up(event));
    for (const name of ["blur", "pointerdown"]) this.area.addEventListener(name, () => this.clear());
    document.addEventListener("visibilitychange", () => this.clear());
    this.form.querySelector("[data-goto]")?.addEventListener("keydown", (event) => this.goes(event));
    this.form.querySelector("[data-brf]")?.addEventListener("change", (event) => this.takes(event.target));
    this.atLine(Number(this.words.at));
    this.before = this.area.value;
    this.area.addEventListener("input", (event) => this.erased(event));
    for (const name of ["mode", "echo", "roll"]) {
      for (const one of [this.form.elements[name]].flatMap((found) => (found.length ? [...found] : [found]))) one.addEventListener("change", () => this.remember());
    }
    this.form.querySelector("[data-after-save]")?.addEventListener("click", (event) => this.follows(event));
  }

  /** A lost key-up (focus gone, a key of the screen reader) must not leave a dot behind. */
  clear() { this.state = EMPTY; this.single = 0; }

  down(event) {
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); return this.form.querySelector("[data-primary]").click(); }
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return this.clear();
    if (event.key === "Escape") return this.plain();
    if (COMMANDS[event.key]) {
      event.preventDefault();
      this.clear();
      return this[COMMANDS[event.key]](event);
    }
    if (this.mode === "six" && GIVES_OUT.includes(event.code)) this.finish(event);
    if (event.key === "Enter") this.say(`${this.words.newLine} ${this.line().number + 1}`);
    if (this.mode === "six") return this.six(event);
    if (this.mode === "single") return this.one(event, toggle(this.single, event.code), event.code in KEYS || ["KeyG", "KeyH", "Space"].includes(event.code));
    if (this.mode === "numbers") return this.one(event, number(this.single, event.key), /^[1-6 ]$/.test(event.key));
  }

  /** Escape: plain text, with the way back. */
  plain() {
    this.clear();
    if (this.mode !== "text") this.way = this.mode;
    this.enter("text", this.way ? `${this.words.back} ${this.label(this.way)}` : "");
  }

  /** F2: back to the way that Escape left, else the next one. */
  next(event) {
    const ways = [...this.form.elements.mode].map((one) => one.value), at = ways.indexOf(this.mode);
    const way = this.way || ways[(at + (event.shiftKey ? ways.length - 1 : 1)) % ways.length];
    this.way = "";
    this.enter(way, "");
  }

  enter(way, more) {
    this.form.elements.mode.value = way;
    this.remember();
    this.say([this.label(way), more].filter(Boolean).join(". "));
  }

  label(way) { return this.form.querySelector(`[name=mode][value=${way}]`).labels[0].textContent.trim(); }

  /** The line of the cursor: text, number from 1, place in it. */
  line() {
    const text = this.area.value, at = this.area.selectionStart, before = text.slice(0, at).split("\n");
    const start = at - before.at(-1).length, end = text.indexOf("\n", at);
    return { text: text.slice(start, end < 0 ? undefined : end), number: before.length, before: before.at(-1), start,
             all: text.split("\n").length };
  }

  where() {
    const { number, all, before } = this.line();
    this.say(this.words.where.replace("{line}", number).replace("{all}", all).replace("{cell}", before.length + 1));
  }

  asText() { return this.ask("text"); }

  asDots() { return this.ask("dots"); }

  /** A piece of the station about what was typed; says so when it does not answer: a key is never met by silence. */
  async piece(url, sent) {
    const body = new FormData();
    for (const [name, value] of Object.entries(sent)) body.set(name, value);
    const answer = await fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token() }, credentials: "same-origin" }).catch(() => null);
    if (answer?.ok && !answer.redirected) return new DOMParser().parseFromString(await answer.text(), "text/html");
    this.say(this.words.lost);
    return null;
  }

  /** F3: to the next answer that is to be looked at, from the last one on to the first; with Shift to the one before. */
  async doubt(event) {
    const page = await this.piece(this.words.doubts, { text: this.area.value });
    if (!page) return;
    const found = [...page.querySelectorAll("[data-at]")].map((one) => [Number(one.dataset.at), one.textContent.trim().replace(/\s+/g, " ")]);
    if (!found.length) return this.say(this.words.noDoubt);
    found.sort(([one], [other]) => one - other);
    const now = this.line().number;
    const [at, said] = event.shiftKey ? found.findLast(([line]) => line < now) || found.at(-1) : found.find(([line]) => line > now) || found[0];
    this.atLine(at);
    this.area.dispatchEvent(new Event("keyup")); // picture and cells follow
    this.say(said);
  }

  /** This line as the program reads it; the entry itself is not touched. */
  async ask(what) {
    const { text, number, start } = this.line();
    if (!text.trim()) return this.say(this.words.empty);
    const page = await this.piece(this.words.line, { line: text, before: this.area.value.slice(0, start), number });
    if (page) this.say(page.querySelector(`[data-line-${what}]`)?.getAttribute(`data-line-${what}`) || page.body.textContent.trim());
  }

  jump() { this.form.querySelector("[data-goto]")?.focus(); }

  /** What goes is spoken, by whatever key it went: Backspace, Delete, a selection, a word, cut. */
  erased(event) {
    const before = this.before ?? "", now = this.area.value;
    this.before = now;
    if (!event.inputType?.startsWith("delete")) return;
    const at = this.area.selectionStart;
    this.gone([...before.slice(at, at + before.length - now.length)], now.slice(0, at).split("\n").at(-1));
  }

  /** Signs that are gone, in words; `line`: what stood before them in their line. */
  gone(gone, line) {
    if (gone.length > SPELLED) return this.say(this.words.erasedMany.replace("{n}", gone.length));
    if (gone.length < 2 && this.level === "none") return;
    const said = gone.map((one, n) => this.named(one, line + gone.slice(0, n).join("")));
    if (said.length) this.say(`${this.words.erased} ${said.join(" ")}`);
  }

  /** One sign in words; `before`: what stands before it in its line. */
  named(sign, before) {
    const dots = sign.codePointAt(0) - 0x2800;
    if (sign === "\n") return this.words.lineEnd;
    if (sign === " ") return this.words.blank; // a blank alone would be silence
    return dots >= 0 && dots < 64 ? echo(dots, this.level === "none" ? "letter" : this.level, this.tables, this.words, before) : sign;
  }

  six(event) {
    if (event.code in KEYS) {
      event.preventDefault();
      this.state = (event.repeat ? repeat : press)(this.state, event.code, event.timeStamp);
    } else if (event.code === "Space") {
      event.preventDefault();
      this.put(0);
    } else if (!GIVES_OUT.includes(event.code)) {
      this.clear();
      if (event.key.length === 1) event.preventDefault(); // a letter outside the six is a slip, not text
    }
  }

  finish(event) {
    const { state, cell } = finish(this.state, event.timeStamp);
    this.state = state;
    if (cell !== null) this.put(cell);
  }

  one(event, result, ours) {
    if (!ours) return;
    event.preventDefault();
    if (event.repeat) return;
    this.single = result.dots;
    if (result.cell !== null) this.put(result.cell);
    else this.say(this.level === "none" ? "" : dotNumbers(result.dots));
  }

  up(event) {
    if (this.mode !== "six" || !(event.code in KEYS)) return;
    const { state, cell } = release(this.state, event.code, event.timeStamp, this.least);
    this.state = state;
    if (cell !== null) this.put(cell);
  }

  put(dots) {
    const { selectionStart: from, selectionEnd: to } = this.area, before = this.line().before;
    if (to > from) this.gone([...this.area.value.slice(from, to)], before);
    this.area.setRangeText(unicode(dots), from, to, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.say(echo(dots, this.level, this.tables, this.words, before));
  }

  /** Enter in «answer number»: the cursor goes to the line that begins with it. */
  goes(event) {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const digits = Object.fromEntries(Object.entries(this.tables.digits).map(([dots, digit]) => [unicode(Number(dots)), digit]));
    const wanted = event.target.value.trim();
    const at = this.area.value.split("\n").findIndex((line) => {
      const text = line.trimStart().replace(unicode(this.tables.number), "").split(/[\s\u2800.)]/)[0];
      return [...text].map((one) => digits[one] || one).join("") === wanted;
    });
    if (at < 0) return this.say(this.words.notFound);
    this.atLine(at + 1);
    this.area.focus();
  }

  /** The cursor goes to the head of a line, from 1. */
  atLine(number) {
    if (!number) return;
    const start = this.area.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    this.area.setSelectionRange(start, start);
  }

  /** A BRF file is put in at the end of the entry; what is none is refused aloud. */
  async takes(input) {
    const file = input.files[0];
    if (!file) return;
    const big = file.size > 200_000, given = big ? "" : await file.text();
    input.value = ""; // the same file, mended, can be put in again
    if (big) return this.say(this.words.tooBig);
    if (/[^\t\n\f\r\x1a -~\u2800-\u28ff]/.test(given) || !given.trim()) return this.say(this.words.noBrf);
    // A new page is a new line here: the cursor and the messages count lines alike.
    const text = given.replace(/\x1a/g, "").replace(/\r\n?/g, "\n").replace(/\n?\f/g, "\n").replace(/\n+$/, "");
    const gap = this.area.value && !this.area.value.endsWith("\n") ? "\n" : "";
    this.area.setRangeText(gap + text, this.area.value.length, this.area.value.length, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.say(this.words.taken.replace("{n}", text.split("\n").length));
    this.area.focus();
  }

  /** One polite region, queued: each cell is heard once, none swallows another. */
  say(text) {
    if (!text || !this.live) return;
    this.queue.push(text);
    if (this.queue.length === 1) requestAnimationFrame(() => { this.live.textContent = this.queue.splice(0).join("; "); });
  }

  /** The way belongs to the person: the station keeps it, whatever computer comes next. */
  remember() {
    const { mode, echo: level, roll } = this.form.elements, body = new FormData();
    body.set("mode", mode.value);
    body.set("echo", level.value);
    body.set("roll", roll?.checked ? "1" : "");
    document.querySelector("[data-way]").textContent = this.label(mode.value);
    fetch(this.words.keep, { method: "POST", body, headers: { "X-CSRFToken": token() }, credentials: "same-origin", keepalive: true }).catch(() => null);
  }

  /** A link that shows the entry: what was typed last is saved first, or it is said that it could not be. */
  async follows(event) {
    event.preventDefault();
    if (await this.form.draft?.settle() ?? true) location.assign(event.target.href);
    else this.say(this.words.lost);
  }
}

export function start() {
  const area = document.querySelector("[data-sixkey]");
  if (area) new Desk(area).start();
  const test = document.querySelector("[data-rollover]");
  if (test) rollover(test);
}

/** «Press all six»: how many arrive together is a fact of this keyboard, told in words. */
function rollover(area) {
  const result = document.querySelector("[data-rollover-result]"), down = new Set();
  let most = 0;
  area.addEventListener("keydown", (event) => {
    if (!(event.code in KEYS)) return;
    event.preventDefault();
    down.add(event.code);
    if (down.size <= most) return;
    most = down.size;
    result.textContent = area.dataset.said.replace("{n}", most) + " " + (most === 6 ? area.dataset.good : area.dataset.poor);
    document.cookie = `rollover=${most}; path=/; max-age=31536000; samesite=strict`;
  });
  area.addEventListener("keyup", (event) => down.delete(event.code));
  area.addEventListener("blur", () => down.clear());
}

start();

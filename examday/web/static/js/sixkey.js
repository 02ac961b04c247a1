// Six-key entry: F D S J K L are dots 1–6, by place of the key, so it works in the Russian layout too.
// The core is a pure function of state and event; `start` ties it to one real textarea, which screen readers leave alone.

export const KEYS = { KeyF: 1, KeyD: 2, KeyS: 4, KeyJ: 8, KeyK: 16, KeyL: 32 };
export const EMPTY = Object.freeze({ held: Object.freeze({}), spent: Object.freeze([]), dots: 0, last: 0 });
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
  const late = Object.keys(held).filter((key) => least > 0 && time - held[key] < least && held[key] > down && !spent.includes(key));
  if (late.length) {
    const next = late.reduce((dots, key) => dots | KEYS[key], 0);
    return { state: { held, spent: Object.keys(held).filter((key) => !late.includes(key)), dots: next, last: time }, cell: state.dots & ~next };
  }
  const open = Object.keys(held).filter((key) => !spent.includes(key));
  if (open.length) return { state: { held, spent, dots: state.dots, last: time }, cell: null };
  return { state: { held, spent, dots: 0, last: time }, cell: state.dots || null };
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

/** What is spoken for one cell. */
export function echo(dots, level, letters, words) {
  if (level === "none") return "";
  if (!dots) return words.blank;
  const letter = letters[dots] || "", points = `${words.dots} ${dotNumbers(dots)}`;
  if (level === "letter") return letter || points;
  return level === "dots" ? points : [letter, points].filter(Boolean).join(", ");
}

class Desk {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    this.words = area.dataset;
    this.letters = JSON.parse(area.dataset.letters || "{}");
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
    this.form.addEventListener("change", () => this.remember());
    this.recall();
  }

  /** A lost key-up (focus gone, a key of the screen reader) must not leave a dot behind. */
  clear() { this.state = EMPTY; this.single = 0; }

  down(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return this.clear();
    if (event.key === "Escape") { this.form.elements.mode.value = "text"; this.say(this.words.textMode); return this.clear(); }
    if (this.mode === "six") return this.six(event);
    if (this.mode === "single") return this.one(event, toggle(this.single, event.code), event.code in KEYS || ["KeyG", "KeyH", "Space"].includes(event.code));
    if (this.mode === "numbers") return this.one(event, number(this.single, event.key), /^[1-6 ]$/.test(event.key));
  }

  six(event) {
    if (event.code in KEYS) {
      event.preventDefault();
      this.state = (event.repeat ? repeat : press)(this.state, event.code, event.timeStamp);
    } else if (event.code === "Space") {
      event.preventDefault();
      this.put(0);
    } else {
      this.clear();
      if (event.key.length === 1) event.preventDefault(); // a letter outside the six is a slip, not text
    }
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
    const { selectionStart: from, selectionEnd: to } = this.area;
    this.area.setRangeText(unicode(dots), from, to, "end");
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
    this.say(echo(dots, this.level, this.letters, this.words));
  }

  /** One polite region, queued: each cell is heard once, none swallows another. */
  say(text) {
    if (!text || !this.live) return;
    this.queue.push(text);
    if (this.queue.length === 1) requestAnimationFrame(() => { this.live.textContent = this.queue.splice(0).join("; "); });
  }

  remember() {
    const { mode, echo: level, roll } = this.form.elements;
    document.cookie = `braille=${mode.value}.${level.value}.${roll?.checked ? 1 : 0}; path=/; max-age=31536000; samesite=strict`;
  }

  recall() {
    const kept = /(?:^|; )braille=(\w+)\.(\w+)\.(\d)/.exec(document.cookie);
    if (!kept) return;
    const { mode, echo: level, roll } = this.form.elements;
    mode.value = kept[1]; level.value = kept[2];
    if (roll) roll.checked = kept[3] === "1";
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

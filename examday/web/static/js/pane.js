// The page image beside the fields: it moves to the field in focus. data-box="x0,y0,x1,y1" is in px of the page image.
// data-page="n" beside it names the page, where data-film on the panes lists several: the picture is changed for it.
// data-places='{"n": box, …}' names one place on several pages: the page of the role last looked at is shown, the
// buttons data-turn="n" change it. Pages with "boxes" and "marks" show all marked fields, not only the one in focus.
// + and − change the size, 0 shows the whole page; a dashed ruler marks the row.
const STEP = 1.25;

class Viewer {
  constructor(pane) {
    this.pane = pane;
    this.view = pane.querySelector("[data-viewer]");
    this.film = this.view.querySelector(".film");
    this.image = this.film.querySelector("img");
    this.size = [Number(this.image.getAttribute("width")), Number(this.image.getAttribute("height"))];
    this.box = this.mark("box");
    this.ruler = this.mark("ruler");
    this.pages = JSON.parse(pane.dataset.film || "[]");
    this.factor = 1;
    this.field = null;
    this.places = {};
    this.scale = this.whole();
    this.number = 1 + this.pages.findIndex((page) => page.url === this.image.getAttribute("src"));
    this.role = this.pages[this.number - 1]?.role;
    this.marks = [];
    this.mend();
  }

  /** The outlines of the page's marked fields. */
  mend() {
    for (const { node } of this.marks) node.remove();
    const page = this.pages[this.number - 1];
    this.marks = (page?.marks || []).map((name) => ({ node: this.mark("mark"), at: page.boxes[name] }));
  }

  mark(name) {
    const node = document.createElement("div");
    node.className = name;
    node.hidden = true;
    this.film.append(node);
    return node;
  }

  whole() { return Math.min(this.view.clientWidth / this.size[0], this.view.clientHeight / this.size[1]); }

  // Wide enough that a row fills most of the window, but never so near that its neighbours are out of sight.
  near([x0, , x1]) { return Math.min((this.view.clientWidth * 0.86) / (x1 - x0), (this.view.clientWidth / this.size[0]) * 3.5); }

  draw() {
    this.film.style.width = `${this.size[0] * this.scale}px`;
    this.image.style.width = "100%";
    this.box.hidden = this.ruler.hidden = !this.field;
    for (const { node, at } of this.marks) this.lay(node, at, 2);
    if (!this.field) return;
    const [x0, y0, x1, y1] = this.field.map((n) => n * this.scale);
    this.lay(this.box, this.field, 4);
    this.ruler.style.top = `${y1 + 6}px`;
    this.view.scrollTo({ left: (x0 + x1 - this.view.clientWidth) / 2, top: (y0 + y1 - this.view.clientHeight) / 2, behavior: "instant" });
  }

  lay(node, box, room) {
    const [x0, y0, x1, y1] = box.map((n) => n * this.scale);
    node.hidden = false;
    Object.assign(node.style, { left: `${x0 - room}px`, top: `${y0 - room}px`, width: `${x1 - x0 + 2 * room}px`, height: `${y1 - y0 + 2 * room}px` });
  }

  /** Another page's picture, from 1; its whole unless a box is shown next. */
  turn(number) {
    const page = this.pages[number - 1];
    if (!page || this.image.getAttribute("src") === page.url) return;
    for (const [name, value] of [["src", page.url], ["width", page.width], ["height", page.height], ["alt", page.name]]) this.image.setAttribute(name, value);
    this.view.setAttribute("aria-label", page.name);
    this.size = [page.width, page.height];
    this.field = null;
    this.number = number;
    this.role = page.role;
    this.mend();
    this.zoom("fit");
    this.pane.dispatchEvent(new CustomEvent("turned", { detail: number }));
  }

  show(box, number) {
    if (number) this.turn(number);
    this.field = box;
    this.scale = Math.max(this.whole(), this.near(box)) * this.factor;
    this.draw();
  }

  /** One field that has a place on several pages, on the page of the role that was looked at last. */
  find(places) {
    this.places = places;
    const numbers = Object.keys(places).map(Number);
    this.open(numbers.find((n) => this.pages[n - 1].role === this.role) || numbers[0]);
  }

  /** Page `number`, at the place of the field in focus when that lies there. */
  open(number) {
    if (this.places[number]) return this.show(this.places[number], number);
    this.turn(number);
    this.field = null;
    this.zoom("fit");
  }

  zoom(way) {
    if (way === "fit") {
      this.factor = 1;
      this.scale = this.whole();
    } else {
      const by = way === "in" ? STEP : 1 / STEP;
      this.factor = Math.min(4, Math.max(0.4, this.factor * by));
      this.scale = Math.min(6, Math.max(this.whole() * 0.5, this.scale * by));
    }
    this.draw();
  }
}

function follow(pane, viewer) {
  const move = (event) => {
    const place = event.target.closest("[data-box]")?.dataset, box = place?.box.split(",").map(Number);
    if (place?.places) return viewer.find(JSON.parse(place.places));
    if (box?.length === 4 && box.every(Number.isFinite)) viewer.show(box, Number(place.page));
  };
  pane.addEventListener("focusin", move);
  for (const button of pane.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => viewer.zoom(button.dataset.zoom));
  const turns = [...pane.querySelectorAll("[data-turn]")];
  for (const button of turns) button.addEventListener("click", () => viewer.open(Number(button.dataset.turn)));
  pane.addEventListener("turned", (event) => { for (const button of turns) button.setAttribute("aria-pressed", Number(button.dataset.turn) === event.detail); });
  new ResizeObserver(() => (viewer.field ? viewer.show(viewer.field) : viewer.zoom("fit"))).observe(viewer.view);
  const now = document.activeElement;
  if (now && pane.contains(now)) move({ target: now });
}

function splitter(pane) {
  const bar = pane.querySelector("[data-splitter]");
  if (!bar) return;
  const key = `split:${pane.dataset.panes}`;
  const set = (percent) => {
    const kept = Math.round(Math.min(75, Math.max(30, percent)));
    pane.style.setProperty("--split", `${kept}%`);
    bar.setAttribute("aria-valuenow", kept);
    localStorage.setItem(key, kept); // a width, nothing about a person
  };
  if (localStorage.getItem(key)) set(Number(localStorage.getItem(key)));
  bar.addEventListener("pointerdown", (event) => bar.setPointerCapture(event.pointerId));
  bar.addEventListener("pointermove", (event) => {
    if (!bar.hasPointerCapture(event.pointerId)) return;
    const frame = pane.getBoundingClientRect();
    set(((event.clientX - frame.left) / frame.width) * 100);
  });
  bar.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -2, ArrowRight: 2 }[event.key];
    if (!by) return;
    event.preventDefault();
    set(Number(bar.getAttribute("aria-valuenow")) + by);
  });
}

export function start() {
  for (const pane of document.querySelectorAll("[data-panes]")) {
    splitter(pane);
    pane.viewer = new Viewer(pane);
    follow(pane, pane.viewer);
  }
}

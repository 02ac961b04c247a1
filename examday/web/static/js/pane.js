// The page image beside the fields: it moves to the field in focus. data-box="x0,y0,x1,y1" is in px of the page image.
// data-page="n" beside it names the page, where data-film on the panes lists several: the picture is changed for it.
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
    this.scale = this.whole();
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
    if (!this.field) return;
    const [x0, y0, x1, y1] = this.field.map((n) => n * this.scale);
    Object.assign(this.box.style, { left: `${x0 - 4}px`, top: `${y0 - 4}px`, width: `${x1 - x0 + 8}px`, height: `${y1 - y0 + 8}px` });
    this.ruler.style.top = `${y1 + 6}px`;
    this.view.scrollTo({ left: (x0 + x1 - this.view.clientWidth) / 2, top: (y0 + y1 - this.view.clientHeight) / 2, behavior: "instant" });
  }

  /** Another page's picture, from 1; its whole unless a box is shown next. */
  turn(number) {
    const page = this.pages[number - 1];
    if (!page || this.image.getAttribute("src") === page.url) return;
    for (const [name, value] of [["src", page.url], ["width", page.width], ["height", page.height], ["alt", page.name]]) this.image.setAttribute(name, value);
    this.view.setAttribute("aria-label", page.name);
    this.size = [page.width, page.height];
    this.field = null;
    this.zoom("fit");
    this.pane.dispatchEvent(new CustomEvent("turned", { detail: number }));
  }

  show(box, number) {
    if (number) this.turn(number);
    this.field = box;
    this.scale = Math.max(this.whole(), this.near(box)) * this.factor;
    this.draw();
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
    if (box?.length === 4 && box.every(Number.isFinite)) viewer.show(box, Number(place.page));
  };
  pane.addEventListener("focusin", move);
  for (const button of pane.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => viewer.zoom(button.dataset.zoom));
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

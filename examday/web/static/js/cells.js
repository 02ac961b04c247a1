// Strips of cells: one stop of Tab, the arrows go from cell to cell and from line to line, Home and End to its ends.
// The picture follows the focus by itself (pane.js); the cell in words stands under the strips for those who see.
const cellsOf = (row) => [...row.querySelectorAll("[role=gridcell]")];

function step(grid, now, key, far) {
  const rows = [...grid.querySelectorAll("[role=row]")].map(cellsOf).filter((cells) => cells.length);
  const row = rows.findIndex((cells) => cells.includes(now)), at = rows[row].indexOf(now);
  if (key === "ArrowLeft") return rows[row][at - 1];
  if (key === "ArrowRight") return rows[row][at + 1];
  if (key === "Home") return (far ? rows[0] : rows[row])[0];
  if (key === "End") return (far ? rows.at(-1) : rows[row]).at(-1);
  const other = rows[row + { ArrowUp: -1, ArrowDown: 1 }[key]];
  return other && other[Math.min(at, other.length - 1)];
}

function walk(event) {
  const cell = event.target.closest?.("[data-cells] [role=gridcell]");
  if (!cell || event.altKey || event.metaKey || !/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) return;
  event.preventDefault();
  step(cell.closest("[data-cells]"), cell, event.key, event.ctrlKey)?.focus();
}

function arrive(event) {
  const cell = event.target.closest("[data-cells] [role=gridcell]");
  if (!cell) return;
  for (const other of cell.closest("[data-cells]").querySelectorAll("[tabindex='0']")) other.tabIndex = -1;
  cell.tabIndex = 0;
  cell.closest("[data-cells]").nextElementSibling.textContent = cell.querySelector(".sr").textContent;
}

export function start() {
  document.addEventListener("keydown", walk);
  document.addEventListener("focusin", arrive);
  document.addEventListener("click", (event) => event.target.closest("[data-cells] [role=gridcell]")?.focus());
}

// The one script of every page: loads what the page's marks ask for. Without it everything still works.
import { startHyphens } from "./hyphens.js";
import { startKeys } from "./keys.js";
import { answerWithEnter } from "./question.js";
import { startScanner } from "./scanner.js";
import { startView } from "./view.js";

const parts = [
  ["[data-viewer]", "./pane.js"], ["form[data-autosave]", "./autosave.js"], ["[data-live]", "./live.js"],
  ["meta[name=examday-waits]", "./signal.js"], ["form[data-upload]", "./upload.js"], ["[data-cells], [data-follow]", "./cells.js"], ["[data-follow]", "./follow.js"],
];

startKeys();
startScanner();
startView();
startHyphens();
// The row of parts scrolls by itself where it is narrow: the open part stands in sight.
const open = document.querySelector(".nav [aria-current]"), row = open?.closest("nav");
if (row) row.scrollLeft = open.offsetLeft + open.offsetWidth / 2 - row.clientWidth / 2;
for (const [mark, file] of parts) {
  if (document.querySelector(mark)) import(file).then((part) => part.start());
}
// An error summary or the result of the last step is read first; otherwise the page's own autofocus stands.
const first = document.querySelector("[data-focus]");
if (first) {
  first.focus();
  answerWithEnter(first);
}
// The way past the menu is no address: a fragment would go along into the next page and take the place of its autofocus.
document.querySelector(".skip")?.addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("main").focus();
});

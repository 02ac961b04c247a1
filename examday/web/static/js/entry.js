// The desks without a mouse: Enter goes to the next field, F-keys set marks, a character the form lacks is pointed out
// while it is typed. Nothing is ever filled in or corrected; capitals are those of the form.
import { answerWithEnter } from "./question.js";

const MARKS = { F2: "blank", F4: "illegible", F8: "crossed_out", F9: "outside_field" };
const EMPTY = new Set(["blank", "crossed_out"]);
const DASHES = "‐‑‒–—―−";

const fields = (form) => [...form.querySelectorAll("[data-entry]")].filter((node) => node.offsetParent !== null);

// Rows for replacements are filled from the first on: Enter in an empty one goes on behind them all (Tab goes row by row).
function behind(all, node) {
  const row = node.closest(".entry-row.replacement");
  const empty = row && node.matches(".task") && [...row.querySelectorAll("[data-entry], [data-mark]")].every((one) => !one.value);
  const rest = all.slice(all.indexOf(node) + 1);
  return empty ? rest.find((one) => !one.closest(".entry-row.replacement")) : rest[0];
}

function next(form, node) {
  const target = behind(fields(form), node) || form.querySelector(".next .primary");
  target.focus();
  if (target.tagName === "INPUT") target.select();
}

function afterRow(form, row) {
  const all = fields(form);
  const last = all.filter((one) => row.contains(one)).pop();
  next(form, last);
}

function mark(form, node, name) {
  const row = node.closest("[data-row]");
  const select = row && row.querySelector("[data-mark]");
  if (!select) return;
  select.value = select.value === name ? "" : name;
  if (EMPTY.has(select.value)) for (const one of row.querySelectorAll("input.entry, textarea.entry")) one.value = "";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  look(row);
  if (EMPTY.has(select.value)) afterRow(form, row);
}

// A place of a long answer holds a few words: a line end that nobody sees would be another reading.
const shortText = (node) => node.matches(".place textarea, [data-place]");

function keys(form, event) {
  const node = event.target;
  if (event.isComposing || !node.closest("[data-row]")) return;
  if (MARKS[event.key] && !event.ctrlKey && !event.altKey) {
    event.preventDefault();
    return mark(form, node, MARKS[event.key]);
  }
  if (event.key !== "Enter" || node.tagName === "BUTTON") return;
  if (node.tagName === "TEXTAREA" && !event.ctrlKey && (event.shiftKey || !shortText(node))) return;
  event.preventDefault();
  if (event.ctrlKey && node.tagName !== "TEXTAREA") form.requestSubmit(form.querySelector(".next .primary"));
  else if (node.matches("[data-place]")) onward(form, node.closest("[data-decide]"));
  else if (node.matches("[data-mark]")) afterRow(form, node.closest("[data-row]"));
  else next(form, node);
}

// The form has capitals and one dash: what is typed is shown as the form would hold it.
function fold(text, alphabet) {
  return [...text].map((c) => {
    if (alphabet.includes(c)) return c;
    if (DASHES.includes(c) && alphabet.includes("-")) return "-";
    const capital = c.toUpperCase();
    return capital.length === 1 && alphabet.includes(capital) ? capital : c;
  }).join("");
}

function look(row) {
  const alphabet = row.dataset.alphabet;
  const input = row.querySelector("input.entry:not(.task)");
  if (!alphabet || !input) return;
  const foreign = [...new Set([...input.value].filter((c) => !alphabet.includes(c)))];
  let line = row.querySelector(".live");
  if (!foreign.length) return line && line.remove();
  if (row.querySelector(".notes")) return;
  if (!line) {
    line = document.createElement("p");
    line.className = "live";
    row.append(line);
  }
  line.textContent = `${row.closest("form").dataset.foreign} ${foreign.map((c) => (c === " " ? "␣" : c)).join(" ")}`;
}

function typed(event) {
  const row = event.target.closest("[data-row]");
  if (!row || event.isComposing || !event.target.matches("input.entry")) return;
  const input = event.target;
  const folded = fold(input.value, input.matches(".task") ? "0123456789" : row.dataset.alphabet || "");
  if (row.dataset.alphabet && folded !== input.value) {
    const at = input.selectionStart;
    input.value = folded;
    input.setSelectionRange(at, at);
  }
  const select = row.querySelector("[data-mark]");
  if (select && EMPTY.has(select.value) && input.value) select.value = "";
  look(row);
}

function count(form) {
  const line = form.querySelector("[data-count]");
  const said = (row) => [...row.querySelectorAll("[data-entry], [data-mark]")].some((node) => node.value);
  if (line) line.textContent = [...form.querySelectorAll("[data-row]")].filter(said).length;
  const judged = form.querySelector("[data-judged]");
  const done = (card) => card.querySelector(".verdict input:checked") || card.closest("[data-together]")?.querySelector("input[type=checkbox]:checked");
  if (judged) judged.textContent = [...form.querySelectorAll(".field-card.compare")].filter(done).length;
}

// What a question is answered with: choices, or one tick for fields that are looked at together.
const CHOICES = ":is(input[type=radio], input[type=checkbox])";
const startOf = (group) => group.querySelector(`${CHOICES}:checked`) || group.querySelector(CHOICES);

function onward(form, group) {
  // Not what lies folded away: its own tick answers for it.
  const open = [...form.querySelectorAll("[data-decide]")].filter((one) => one.checkVisibility());
  const after = open[open.indexOf(group) + 1];
  (after ? startOf(after) : form.querySelector(".next .primary")).focus();
}

// Settling: a digit picks the choice, Enter goes on to the next question and then to the button.
function decide(form, event) {
  const group = event.target.closest("[data-decide]");
  if (!group || event.ctrlKey || event.altKey) return;
  const typing = event.target.matches("textarea, input:not([type=radio], [type=checkbox])");
  if (!typing && /^[1-4]$/.test(event.key)) {
    const radio = group.querySelectorAll(CHOICES)[Number(event.key) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("change", { bubbles: true }));
    if (group.dataset.decide === "advance") {
      const text = group.querySelector(".seen-instead input:not(.task), .seen-instead textarea");
      if (radio.value === "differs" && text) text.focus();
      else onward(form, group);
    }
  } else if (event.key === "Enter" && event.target.tagName === "INPUT") {
    event.preventDefault();
    onward(form, group);
  }
}

// Empty fields are asked about before anything is sent, as the station asks about what comes to it all the same: one
// page less to wait for. A header that nobody knows is the station's to ask first.
const BLANK_TOO = { hand_in: "hand_in_blank", hand_in_stop: "hand_in_blank_stop" };
const unsaid = (row) => ![...row.querySelectorAll(".entry, [data-mark]")].some((node) => node.value);

function askAboutBlanks(form, box, event) {
  const answer = BLANK_TOO[event.submitter?.value];
  if (!answer) return;
  const empty = [...form.querySelectorAll("[data-row]:not(.replacement)")].filter(unsaid);
  box.hidden = !empty.length || (form.dataset.asks === "head" && empty.some((row) => row.matches(".header")));
  if (box.hidden) return;
  event.preventDefault();
  // Nothing leaves the page: drafts go on being saved.
  event.stopImmediatePropagation();
  box.querySelector("h2").textContent = box.dataset.blanks.replace("{n}", empty.length);
  box.querySelector("[data-names]").replaceChildren(...empty.flatMap((row, number) => {
    const label = row.querySelector("label");
    return [number ? ", " : "", Object.assign(document.createElement("a"), { href: `#${label.htmlFor}`, textContent: label.textContent.trim() })];
  }));
  form.querySelector("[data-asked]").replaceChildren(...empty.map((row) => {
    const value = row.querySelector("[data-mark]").name.slice("m:".length);
    return Object.assign(document.createElement("input"), { type: "hidden", name: "asked", value });
  }));
  const button = box.querySelector("button");
  button.value = answer;
  setPrimary(form, button, true);
  box.focus();
  box.asked = performance.now();
}

function setPrimary(form, answer, asked) {
  for (const [button, primary] of [[answer, asked], [form.querySelector("[value=hand_in]"), !asked]]) button.toggleAttribute("data-primary", primary);
}

// The answer was about the fields that were named: what is changed afterwards is asked about anew.
function askAnew(form, box, event) {
  // Of a text the change is told late, when the question takes the focus.
  if (box.hidden || (event.type === "change" && event.target.tagName !== "SELECT")) return;
  box.hidden = true;
  setPrimary(form, box.querySelector("button"), false);
}

function startQuestion(form) {
  const box = document.querySelector("[data-blanks]");
  if (!box) return;
  if (!box.matches("[data-focus]")) answerWithEnter(box);
  form.addEventListener("submit", (event) => askAboutBlanks(form, box, event), true);
  for (const kind of ["input", "change"]) form.addEventListener(kind, (event) => askAnew(form, box, event));
}

for (const form of document.querySelectorAll("form[data-desk]")) {
  startQuestion(form);
  form.addEventListener("keydown", (event) => { keys(form, event); decide(form, event); });
  form.addEventListener("input", (event) => { typed(event); count(form); });
  form.addEventListener("change", () => count(form));
  if (document.querySelector("[data-focus]")) continue;
  const first = fields(form).find((node) => !node.value && !(node.closest("[data-row]").querySelector("[data-mark]")?.value)) || form.querySelector(`[data-decide] ${CHOICES}:checked, [data-decide] ${CHOICES}`);
  if (first) first.focus();
}

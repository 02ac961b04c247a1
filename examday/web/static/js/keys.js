// Shortcuts: any link, button or field with data-key="n". They rest while somebody types; with Alt they always work.
// The key's place on the keyboard counts as well as its letter, so they work in the Russian layout.
import { word } from "./words.js";

const SHIFTED = { "+": ["Equal", "NumpadAdd"], "-": ["Minus", "NumpadSubtract"], "0": ["Digit0", "Numpad0"], "/": ["Slash", "NumpadDivide"], "[": ["BracketLeft"], "]": ["BracketRight"] };
let panel = null;
let before = null;

const typing = (node) => node.closest("textarea, select, [contenteditable]") || (node.matches("input") && !/^(checkbox|radio|button|submit)$/.test(node.type));
const shown = (node) => node.offsetParent !== null && !node.disabled;

function fits(event, key) {
  if (event.key.toLowerCase() === key) return true;
  if (SHIFTED[key]) return SHIFTED[key].includes(event.code);
  return /^[a-z]$/.test(key) && event.code === `Key${key.toUpperCase()}`;
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape" && panel) return hide();
  if (typing(event.target) && !event.altKey) return;
  if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) {
    event.preventDefault();
    return panel ? hide() : show();
  }
  const target = [...document.querySelectorAll("[data-key]")].find((node) => shown(node) && fits(event, node.dataset.key));
  if (!target) return;
  event.preventDefault();
  if (target.form && target.form.matches(".find") && target.matches("button")) document.getElementById("find").focus();
  else if (target.matches("a, button, summary")) target.click();
  else target.focus();
}

function rows() {
  const own = [...document.querySelectorAll("[data-key]")].filter(shown)
    .map((node) => [node.dataset.key, node.dataset.keyLabel || node.textContent.trim().replace(/\s+/g, " ")]);
  const primary = document.querySelector("[data-primary]");
  const listed = document.querySelector("main [data-keys]"); // pages with keys of their own: data-keys='[["F2", "blank"], …]'
  if (listed) own.unshift(...JSON.parse(listed.dataset.keys));
  else if (primary && !primary.form?.matches("[data-desk]")) own.unshift(["Enter", primary.textContent.trim()]);
  return [...own, ["?", word("keys")], ["Esc", word("close")]];
}

function show() {
  before = document.activeElement;
  panel = document.createElement("section");
  panel.className = "keys stack";
  panel.tabIndex = -1;
  panel.setAttribute("aria-labelledby", "keys-title");
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = word("keys");
  const list = document.createElement("dl");
  for (const [key, text] of rows()) {
    const name = document.createElement("dt");
    name.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    list.append(name, Object.assign(document.createElement("dd"), { textContent: text }));
  }
  const note = Object.assign(document.createElement("p"), { className: "small soft", textContent: word("keysNote") });
  const close = Object.assign(document.createElement("button"), { type: "button", textContent: word("close") });
  close.addEventListener("click", hide);
  panel.append(title, list, note, close);
  document.body.append(panel);
  panel.focus();
}

function hide() {
  panel.remove();
  panel = null;
  if (before && before.isConnected) before.focus();
}

export function startKeys() {
  document.addEventListener("keydown", press);
  for (const button of document.querySelectorAll("[data-show-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => (panel ? hide() : show()));
  }
}

// A hand scanner types the code of a sheet in a few milliseconds and presses Enter. In whatever search field it lands,
// or in none, the item it names is opened: a form by its 13 digits, a thing with a label of ours by letter and seven
// digits (a Cyrillic letter when the keyboard stands on Russian). People type far more slowly and are left alone.
const FAST = 45; // milliseconds between two characters
let typed = "";
let last = 0;

function listen(event) {
  const field = event.target.closest("input, textarea, select");
  if (field && field.type !== "search") return;
  const now = event.timeStamp; // when the key was pressed, however late a busy page hears of it
  if (event.key === "Enter") {
    if (/^(\p{L}\d{7}|\d{12,13})$/u.test(typed) && now - last < FAST * 4) {
      event.preventDefault();
      location.assign(`/find?q=${encodeURIComponent(typed)}`);
    }
    typed = "";
  } else if (/^[\p{L}0-9]$/u.test(event.key)) {
    typed = now - last < FAST ? typed + event.key : event.key;
    last = now;
  } else if (event.key.length === 1) {
    typed = "";
  }
}

export function startScanner() {
  if (document.querySelector("[data-scanner]")) document.addEventListener("keydown", listen, true);
}

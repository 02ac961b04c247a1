// A hand scanner types the code of a sheet in a few milliseconds and presses Enter. In whatever search field it lands,
// or in none, the item it names is opened. People who type digits themselves are far slower and are left alone.
const FAST = 45; // milliseconds between two characters
let typed = "";
let last = 0;

function listen(event) {
  const field = event.target.closest("input, textarea, select");
  if (field && field.type !== "search") return;
  const now = performance.now();
  if (event.key === "Enter") {
    if (/^\d{12,13}$/.test(typed) && now - last < FAST * 4) {
      event.preventDefault();
      location.assign(`/find?q=${typed}`);
    }
    typed = "";
  } else if (/^[0-9]$/.test(event.key)) {
    typed = now - last < FAST ? typed + event.key : event.key;
    last = now;
  } else if (event.key.length === 1) {
    typed = "";
  }
}

export function startScanner() {
  if (document.querySelector("[data-scanner]")) document.addEventListener("keydown", listen, true);
}

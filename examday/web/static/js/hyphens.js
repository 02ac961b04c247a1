// Where lines are short (large type on a phone), long Russian words get places where a hyphen may stand. Browsers bring no
// dictionary along and the station has no network: a word would break anywhere. Wide pages are left as they are.
// Rules of syllables: a syllable has its vowel, й, ь and ъ stay with the letter before, no letter stands alone.
const vowel = "[аеёиоуыэюя]", consonant = "[бвгджзклмнпрстфхцчшщ]", letter = "[а-яё]";
const breaks = [
  [`[йьъ]`, `${letter}${letter}`], [vowel, `${vowel}${letter}${letter}`], [`${consonant}${vowel}`, `${consonant}${vowel}`],
  [`${vowel}${consonant}`, `${consonant}${vowel}`], [`${vowel}${consonant}`, `${consonant}{2}${vowel}`],
  [`${vowel}${consonant}{2}`, `${consonant}{2}${vowel}`],
].map(([before, after]) => new RegExp(`(?<=${before})(?<=..)(?=${after})(?=...)`, "gi"));
// Shorter words go whole onto the next line; headings and buttons are lines of few words that an eye takes in at once.
const word = /[а-яё]{10,}/gi, wordOfTitle = /[а-яё]{12,}/gi;
const titles = "h1, h2, h3, button, .button";
const soft = "\u00ad";
// What somebody wrote or what is compared is shown as it is: there a hyphen would be a sign more.
const asWritten = "script, style, textarea, option, code, kbd, .value, .glyphs, .code, .entry, .long-text, .around, .value-shown, .verbatim";

function divided(whole) {
  const places = new Set(breaks.flatMap((rule) => [...whole.matchAll(rule)].map((found) => found.index)));
  return [...whole].map((one, at) => (places.has(at) ? soft + one : one)).join("");
}

function divide(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.data.includes(soft) || text.parentElement?.closest(asWritten)) continue;
    const now = text.data.replace(text.parentElement?.closest(titles) ? wordOfTitle : word, divided);
    if (now !== text.data) text.data = now;
  }
}

// 17 times the size of the type: a page as wide as that holds every word of the trade in one piece.
const short = () => innerWidth / parseFloat(getComputedStyle(document.documentElement).fontSize) < 17;
let begun = false;

function begin() {
  if (begun || !short()) return;
  begun = true;
  divide(document.body);
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) divide(node);
  }).observe(document.body, { childList: true, subtree: true });
}

export function startHyphens() {
  begin();
  addEventListener("resize", begin);
}

// What waits for me: a number before the title of the page, and a short sound when it has grown (menu «Вид»). The number is
// asked for in the background, as live regions are, so it keeps nobody logged in.
// Pages whose title says «Ошибка:» do not ask.
const EVERY = 15000;
const asked = document.querySelector("meta[name=examday-waits]");
const name = document.title;

function known() {
  try { return Number(sessionStorage.getItem("waits") ?? NaN); } catch { return NaN; }
}

function remember(number) {
  try { sessionStorage.setItem("waits", number); } catch { /* a private window: no sound, the title all the same */ }
}

// Two soft tones: heard across a room, and no alarm.
function sound() {
  const audio = new AudioContext();
  for (const [at, pitch] of [[0, 660], [0.18, 880]]) {
    const tone = new OscillatorNode(audio, { frequency: pitch });
    const loud = new GainNode(audio, { gain: 0 });
    loud.gain.setValueAtTime(0.12, audio.currentTime + at);
    loud.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + at + 0.3);
    tone.connect(loud).connect(audio.destination);
    tone.start(audio.currentTime + at);
    tone.stop(audio.currentTime + at + 0.3);
  }
  setTimeout(() => audio.close(), 1000);
}

// "20+": more than are counted. It sounds when the number comes to that, and then no more.
function show(text) {
  const number = parseInt(text, 10) + text.endsWith("+");
  document.title = number ? `(${text}) ${name}` : name;
  const grown = number > known();
  remember(number);
  if (grown && asked.dataset.signal === "sound") sound();
}

async function look() {
  try {
    const answer = await fetch(asked.content, { credentials: "same-origin", headers: { "X-Fragment": "1" } });
    const text = answer.ok && !answer.redirected ? await answer.text() : "";
    if (/^\d+\+?$/.test(text)) show(text);
  } catch { /* no answer: the page itself says so where that matters */ }
  setTimeout(look, EVERY);
}

export function start() { look(); }

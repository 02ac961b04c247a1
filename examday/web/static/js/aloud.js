// The appellant's screen: arrows go from task to task, and the browser's own voice reads one aloud.
const tasks = [...document.querySelectorAll("[data-aloud]")];

document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const here = tasks.indexOf(document.activeElement);
  if (!step || event.target.closest("audio, button, a")) return;
  const next = tasks[here + step] ?? (here < 0 ? tasks[0] : null);
  if (!next) return;
  event.preventDefault();
  next.focus();
});

function russian() {
  return (window.speechSynthesis?.getVoices() ?? []).find((voice) => voice.lang.startsWith("ru"));
}

function offer() {
  const voice = russian();
  if (!voice) return;
  document.querySelector("[data-no-voice]")?.setAttribute("hidden", "");
  for (const button of document.querySelectorAll("[data-say]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-say]");
  if (!button) return;
  window.speechSynthesis.cancel();
  const said = new SpeechSynthesisUtterance(button.closest("[data-aloud]").dataset.aloud);
  said.voice = russian();
  said.lang = "ru-RU";
  said.rate = 0.8;
  window.speechSynthesis.speak(said);
});

// A sound that does not come is said: silence must not pass for the end of the text.
document.addEventListener(
  "error",
  (event) => {
    if (event.target instanceof HTMLMediaElement)
      document.querySelector("[data-failed]")?.removeAttribute("hidden");
  },
  true,
);

// Some browsers load their voices after the page.
window.speechSynthesis?.addEventListener?.("voiceschanged", offer);
offer();

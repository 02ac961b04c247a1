// A question that has the focus is answered with Enter, as its button says. A key held down since the page before says
// nothing, nor does one meant for the field in which somebody typed when the question came, nor the Enter that a hand
// scanner sends right behind a code.
const AFTER_A_CODE = 300; // milliseconds
const JUST_COME = 400;
let letter = -Infinity;
document.addEventListener("keydown", (event) => {
  if (event.key.length === 1) letter = event.timeStamp;
}, true);

export function answerWithEnter(question) {
  question.asked ??= -Infinity; // when it came up on a page that was open already
  question.addEventListener("keydown", (event) => {
    const plain = event.key === "Enter" && !event.repeat && !event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey;
    const scanned = event.defaultPrevented || event.timeStamp - letter < AFTER_A_CODE;
    const answer = question.querySelector("[data-primary]");
    if (!plain || scanned || event.target !== question || !answer) return;
    event.preventDefault();
    if (event.timeStamp - question.asked > JUST_COME) answer.click();
  });
}

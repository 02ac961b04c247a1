// Many files at once with progress; afterwards the result page. Without this script the plain form does the same.
import { token, word } from "./words.js";

function progress(form) {
  let box = form.querySelector("[data-upload-progress]");
  if (!box) {
    box = document.createElement("div");
    box.dataset.uploadProgress = "";
    form.append(box);
  }
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.setAttribute("aria-label", word("sending"));
  const line = document.createElement("p");
  const speaker = document.createElement("p");
  speaker.className = "sr";
  speaker.setAttribute("role", "status");
  box.replaceChildren(bar, line, speaker);
  let spoken = -1;
  return (percent, text) => {
    bar.value = percent;
    line.textContent = text;
    const quarter = Math.floor(percent / 25) * 25;
    if (quarter !== spoken) { spoken = quarter; speaker.textContent = `${quarter} %`; }
  };
}

function send(form, event) {
  event.preventDefault();
  const show = progress(form);
  // The large button of the page may be another one: what waits comes before more files.
  const button = form.querySelector("button");
  const request = new XMLHttpRequest();
  button.disabled = true;
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", token());
  request.upload.addEventListener("progress", (now) => {
    const percent = now.lengthComputable ? Math.round((now.loaded / now.total) * 100) : 0;
    show(percent, percent < 100 ? `${word("sending")} ${percent} %` : word("takingIn"));
  });
  const failed = (text) => { button.disabled = false; show(0, text); };
  request.addEventListener("error", () => failed(word("sendLost")));
  request.addEventListener("load", () => {
    if (request.status < 400) return location.assign(request.responseURL);
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    failed([...page.querySelectorAll("main h1, main p")].map((node) => node.textContent.trim()).slice(0, 2).join(" ") || word("sendLost"));
  });
  request.send(new FormData(form));
}

function drop(form) {
  const area = form.querySelector("[data-drop]");
  const input = form.querySelector('input[type="file"]');
  if (!area || !input) return;
  const over = (on) => (event) => { event.preventDefault(); area.classList.toggle("over", on); };
  area.addEventListener("dragover", over(true));
  area.addEventListener("dragleave", over(false));
  area.addEventListener("drop", (event) => {
    over(false)(event);
    input.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

export function start() {
  for (const form of document.querySelectorAll("form[data-upload]")) {
    form.addEventListener("submit", (event) => { if (form.querySelector('input[type="file"]').files.length) send(form, event); });
    drop(form);
  }
}

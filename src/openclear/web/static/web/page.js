// What pages do beyond HTML: every page works without this file.
"use strict";

// "/" goes to the search box from anywhere; Escape leaves it.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("q");
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
  if (event.key === "/" && box && !typing) {
    event.preventDefault();
    box.focus();
    box.select();
  }
});

// After an answer is swapped in, the reader and the screen reader stand at its beginning.
document.addEventListener("htmx:afterSwap", (event) => {
  const start = document.querySelector("[data-start]") || document.getElementById("answer");
  if (event.target.id === "answer" && start) start.focus();
});

// A page that nobody uses is covered and left before the server ends its session (CJIS Security Policy AC-11).
const idleSeconds = Number(document.body.dataset.idleSeconds || 0);
if (idleSeconds) {
  let timer;
  const leave = () => {
    document.body.hidden = true;
    window.location.replace(document.body.dataset.idleGoes);
  };
  const again = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, idleSeconds * 1000);
  };
  ["keydown", "pointerdown", "scroll"].forEach((name) => addEventListener(name, again, { passive: true }));
  again();
}

// A token is shown once: one press copies it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
  button.textContent = button.dataset.done;
});

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

// On a phone what narrows a list folds away, so that the list is in sight.
if (matchMedia("(max-width: 48rem)").matches) {
  document.querySelectorAll("details[data-fold]").forEach((part) => { part.open = false; });
}

// A session that nobody uses is ended here before the server ends it (CJIS Security Policy AC-11). Pages of one
// browser tell each other when they were used last; only the time is kept.
const idleSeconds = Number(document.body.dataset.idleSeconds || 0);
if (idleSeconds) {
  const used = () => localStorage.setItem("used", String(Date.now()));
  const look = () => {
    if (Date.now() - Number(localStorage.getItem("used")) < idleSeconds * 1000) return;
    document.body.hidden = true;
    const form = document.getElementById("sign-out");
    const way = Object.assign(document.createElement("input"), { type: "hidden", name: "next", value: location.pathname + location.search });
    form.append(way);
    form.submit();
  };
  ["keydown", "pointerdown", "scroll"].forEach((name) => addEventListener(name, used, { passive: true }));
  used();
  setInterval(look, 5000);
}

// A token is shown once: one press copies it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent.trim());
  button.textContent = button.dataset.done;
});

// A large export is fetched range by range, each a decision of its own, and put together here.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-parts]");
  if (!button || button.disabled) return;
  const { file, name, size, parts } = button.dataset;
  const label = button.textContent;
  const pieces = [];
  button.disabled = true;
  for (let part = 0; part < Number(parts); part += 1) {
    button.textContent = `${part + 1} / ${parts}`;
    const last = Math.min((part + 1) * 1048576, Number(size)) - 1;
    const answer = await fetch(file, { headers: { Range: `bytes=${part * 1048576}-${last}` } });
    if (!answer.ok) { location.reload(); return; }
    pieces.push(await answer.blob());
  }
  const way = document.createElement("a");
  way.href = URL.createObjectURL(new Blob(pieces));
  way.download = name;
  way.click();
  URL.revokeObjectURL(way.href);
  button.textContent = label;
  button.disabled = false;
});

// A stop or call is started in one tap: where the place is left empty, it is where this device is.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-place]");
  const place = form && form.elements.place;
  if (!place || place.value.trim() || form.dataset.asked || !navigator.geolocation) return;
  event.preventDefault();
  const button = event.submitter;
  const send = () => { form.dataset.asked = "1"; form.requestSubmit(button); };
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    place.value = `${coords.latitude.toFixed(5)}, ${coords.longitude.toFixed(5)}`;
    send();
  }, send, { timeout: 8000, maximumAge: 60000, enableHighAccuracy: true });
});

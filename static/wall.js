// Keeps the wall of a session up to date: every few seconds it asks for the page again, and says so while it gets no answer.
"use strict";

const EVERY = 5000;
let seen = new Date();

async function refresh() {
  const shown = document.querySelector("[data-wall]");
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    shown.replaceWith(page.querySelector("[data-wall]"));
    seen = new Date();
  } catch {
    let lost = shown.querySelector(".lost");
    if (!lost) {
      lost = document.createElement("p");
      lost.className = "lost";
      lost.setAttribute("role", "status");
      shown.prepend(lost);
    }
    lost.textContent = `${shown.dataset.lost} ${seen.toLocaleTimeString(document.documentElement.lang)}`;
  }
  setTimeout(refresh, EVERY);
}

setTimeout(refresh, EVERY);

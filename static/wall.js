// Keeps the wall of a session up to date: every few seconds it asks for the page again, and says so while it gets no answer.
"use strict";

const EVERY = 5000;
let seen = new Date();

async function refresh() {
  const shown = document.querySelector("[data-wall]");
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const wall = page.querySelector("[data-wall]");
    if (!answer.ok || !wall) throw new Error("another page, such as a network's own sign-in");
    shown.replaceWith(wall);
    seen = new Date();
  } catch {
    const lost = shown.querySelector(".lost") ?? shown.insertBefore(document.createElement("p"), shown.firstChild);
    lost.className = "lost";
    lost.setAttribute("role", "status");
    lost.textContent = `${shown.dataset.lost} ${seen.toLocaleTimeString(document.documentElement.lang)}`;
  } finally {
    setTimeout(refresh, EVERY);
  }
}

setTimeout(refresh, EVERY);

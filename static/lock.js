// Locks a shared phone: hides the page at once, and ends the sign-in on the server as soon as there is a network.
"use strict";
(() => {
  const flag = "raymi-locked";
  if (document.querySelector("form[data-unlock]")) localStorage.removeItem(flag); // signed out: the next person may come
  const form = document.querySelector("form[data-lock]");
  if (!form) return;
  let last = Date.now(), locked = Boolean(localStorage.getItem(flag));
  const leave = () => { if (navigator.onLine) form.submit(); };
  function lock() {
    locked = true;
    localStorage.setItem(flag, "yes");
    for (const part of document.querySelectorAll("header, main, footer")) part.hidden = true;
    if (!document.getElementById("locked")) {
      const notice = document.createElement("p");
      notice.id = "locked"; notice.className = "notice"; notice.textContent = form.dataset.text;
      document.body.append(notice);
    }
    dispatchEvent(new Event("raymi-lock")); // what was typed goes out first, where it can; otherwise it waits in this browser
    setTimeout(leave, 1000);
  }
  const look = () => {
    if (locked || localStorage.getItem(flag) || Date.now() - last > form.dataset.idle * 1000) lock();
  };
  for (const sign of ["pointerdown", "keydown", "input"]) addEventListener(sign, () => { look(); last = Date.now(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); lock(); });
  addEventListener("visibilitychange", look);
  addEventListener("online", look);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // gone back to after signing out
  setInterval(look, 5000);
  look();
})();

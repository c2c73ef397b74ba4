// Locks a shared phone: hides every page at once, and ends the sign-in on the server as soon as there is a network.
// It locks by itself where a juror without an office is signed in, and wherever a sheet was opened since the sign-in.
"use strict";
(() => {
  const flag = "raymi-locked", shared = "raymi-shared", active = "raymi-active";
  if (document.querySelector("form[data-unlock]")) { // nobody is signed in: the next person may come
    for (const each of [flag, shared, active]) localStorage.removeItem(each);
  }
  const form = document.querySelector("form[data-lock]");
  if (!form) return;
  if (form.dataset.shared || document.querySelector("form[data-draft], form[data-draft-done]")) localStorage.setItem(shared, "yes");
  let locked = Boolean(localStorage.getItem(flag));
  const touch = () => localStorage.setItem(active, Date.now()); // in any tab
  const idle = () => localStorage.getItem(shared) && Date.now() - localStorage.getItem(active) > form.dataset.idle * 1000;
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
    if (locked || localStorage.getItem(flag) || idle()) lock();
  };
  for (const sign of ["pointerdown", "keydown", "input"]) addEventListener(sign, () => { look(); touch(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); lock(); });
  addEventListener("visibilitychange", look);
  addEventListener("online", look);
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // gone back to after signing out
  setInterval(look, 5000);
  touch();
  look();
})();

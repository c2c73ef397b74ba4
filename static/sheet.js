// Keeps what a juror types: in this browser at once, on the server while there is a network. The page works without it.
// What waits is {sending, latest}: a draft under way with its key, and what was typed since; each with the version it was typed on.
"use strict";
(() => {
  const form = document.querySelector("form[data-draft], form[data-draft-done]");
  if (!form) return;
  const place = form.dataset.draft || form.dataset.draftDone;
  const name = `raymi-draft:${form.dataset.person}:${place}`;
  const two = Boolean(form.dataset.older); // the page shows a newer draft beside what was typed: both are kept until one is chosen
  if (form.dataset.typed && !two) localStorage.removeItem(name); // the page shows what was typed
  if (!form.dataset.draft) return showHeld();
  const status = document.getElementById("draft-status");
  const version = form.querySelector("input[name=_version]");
  const waits = JSON.parse(localStorage.getItem(name) || "null") || { sending: null, latest: null };
  let busy = false, refused = false, chosen = !two, timer = 0;

  const say = (text) => { status.textContent = text; };
  const scores = () => Object.fromEntries([...new FormData(form)].filter(([field]) => !field.startsWith("_")));
  const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const keep = () => {
    if (waits.sending || waits.latest) localStorage.setItem(name, JSON.stringify(waits));
    else localStorage.removeItem(name);
  };
  const note = () => { refused = false; chosen = true; waits.latest = { version: version.value, scores: scores() }; keep(); };

  const isFinal = (status, refusal) => status >= 400 && status < 500 && ![401, 408, 429].includes(status) &&
    refusal !== "StillRunning" && !(status === 409 && !refusal);

  function giveUp() { // refused for good: what was typed waits for the next input, and goes out under a new key
    if (!waits.latest) waits.latest = { version: waits.sending.version, scores: waits.sending.scores };
    waits.sending = null;
    keep();
  }

  function showBoth() { // the server holds a newer draft: its page shows this one and that one
    if (!waits.latest) waits.latest = { version: waits.sending.version, scores: waits.sending.scores };
    version.value = waits.sending.version;
    waits.sending = null;
    keep();
    form.submit();
  }

  async function send() {
    if (busy || refused || !chosen || !(waits.sending || waits.latest)) return;
    busy = true;
    let again = false;
    try {
      if (!waits.sending) { waits.sending = { key: newKey(), ...waits.latest }; waits.latest = null; keep(); }
      say(status.dataset.sending);
      const fields = { _key: waits.sending.key, _version: waits.sending.version, ...waits.sending.scores };
      const headers = { "X-Form-Token": form.elements._token.value };
      const answer = await fetch(`${place}/draft`, { method: "POST", keepalive: true, headers, body: new URLSearchParams(fields) });
      const said = await answer.json().catch(() => ({}));
      if (answer.status === 201) {
        version.value = said.version;
        waits.sending = null;
        if (waits.latest) waits.latest.version = version.value;
        keep();
        say(status.dataset.kept);
        again = Boolean(waits.latest);
      } else if (said.refusal === "DraftIsOlder") showBoth();
      else if (said.refusal === "AlreadyLocked") { giveUp(); location.assign(place); } // that page shows what never reached the sheet
      else {
        if (isFinal(answer.status, said.refusal)) { again = Boolean(waits.latest); refused = !again; giveUp(); }
        say(said.text || status.dataset.waiting);
      }
    } catch { say(status.dataset.waiting); }
    busy = false;
    if (again) send();
  }

  function showHeld() { // the sheet is locked: what was typed here and is not on it stays until the juror decides
    const held = JSON.parse(localStorage.getItem(name) || "null");
    const typed = held && (held.latest || held.sending);
    const box = document.getElementById("draft-held");
    const locked = JSON.parse(box.dataset.locked), labels = JSON.parse(box.dataset.labels);
    const differing = Object.entries(typed ? typed.scores : {}).filter(([code, value]) => value && value !== locked[code]);
    const drop = () => { localStorage.removeItem(name); box.hidden = true; };
    if (!differing.length) return drop();
    for (const [code, value] of differing) {
      box.querySelector("ul").append(Object.assign(document.createElement("li"), { textContent: `${labels[code] || code}: ${value}` }));
    }
    box.hidden = false;
    document.getElementById("draft-drop").addEventListener("click", drop);
    const use = document.getElementById("draft-use");
    if (use) use.addEventListener("click", () => {
      const correction = document.getElementById("correction");
      correction.open = true;
      for (const [code, value] of differing) {
        const input = correction.querySelector("form").elements.namedItem(code);
        if (input) input.value = value;
      }
      correction.scrollIntoView();
    });
  }

  const kept = document.getElementById("draft-kept");
  if (kept) kept.addEventListener("click", () => localStorage.removeItem(name)); // the other draft is chosen
  if (!two && (waits.sending || waits.latest)) { // typed before, and never sent as far as this browser knows
    for (const [field, value] of Object.entries((waits.latest || waits.sending).scores)) {
      const input = form.elements.namedItem(field);
      if (input) input.value = value;
    }
    send();
  }
  form.addEventListener("input", () => { note(); clearTimeout(timer); timer = setTimeout(send, 800); });
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "draft") { event.preventDefault(); note(); send(); }
  });
  addEventListener("online", send);
  addEventListener("raymi-lock", () => { clearTimeout(timer); send(); });
  setInterval(send, 15000);
})();

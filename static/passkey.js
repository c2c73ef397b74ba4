// Asks the device for a passkey and sends its answer with the form that asked. Without scripts the form stays hidden: codes work.
"use strict";
(() => {
  if (!window.PublicKeyCredential || !navigator.credentials) return;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  function question(options) {
    const asked = { ...options, challenge: bytes(options.challenge) };
    if (options.user) asked.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["allowCredentials", "excludeCredentials"]) {
      if (options[list]) asked[list] = options[list].map((each) => ({ ...each, id: bytes(each.id) }));
    }
    return asked;
  }
  function answer(found) {
    const response = { clientDataJSON: text(found.response.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (found.response[part]) response[part] = text(found.response[part]);
    }
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response, clientExtensionResults: {} });
  }
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (form.dataset.ready) continue;
    form.dataset.ready = "yes";
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const publicKey = question(JSON.parse(form.dataset.options));
      try {
        const found = await navigator.credentials[form.dataset.passkey]({ publicKey });
        form.elements.credential.value = answer(found);
      } catch {
        form.querySelector("[role=alert]").hidden = false;
        return;
      }
      form.submit();
    });
  }
})();

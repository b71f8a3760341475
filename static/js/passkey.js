// Passkeys: the browser answers a question of the server. <form data-passkey="create|get" data-options="…"> (or
// data-options-url, asked when the button is pressed) with <button data-ask> and a hidden field `credential`.

const TEXT = { headers: { Accept: "application/json" }, credentials: "same-origin" };

function bytes(text) {
  const base64 = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

// The question as the server writes it, with the bytes that the browser wants.
function question(options) {
  const asked = { ...options, challenge: bytes(options.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  for (const name of ["excludeCredentials", "allowCredentials"]) {
    if (asked[name]) asked[name] = asked[name].map((one) => ({ ...one, id: bytes(one.id) }));
  }
  return asked;
}

function answer(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) said.attestationObject = text(response.attestationObject);
  if (response.authenticatorData) said.authenticatorData = text(response.authenticatorData);
  if (response.signature) said.signature = text(response.signature);
  if (response.userHandle) said.userHandle = text(response.userHandle);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: said,
    clientExtensionResults: credential.getClientExtensionResults(),
  };
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const asked = await fetch(form.dataset.optionsUrl, TEXT);
  if (!asked.ok) throw new Error(asked.status);
  return (await asked.json()).request_options;
}

async function ask(form) {
  const { publicKey } = await options(form);
  const make = form.dataset.passkey === "create" ? "create" : "get";
  const credential = await navigator.credentials[make]({ publicKey: question(publicKey) });
  form.elements.credential.value = JSON.stringify(answer(credential));
  form.requestSubmit();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-ask]");
  const trouble = form.querySelector("[data-trouble]");
  if (!window.PublicKeyCredential) {
    if (form.hidden) continue;
    button.disabled = true;
    trouble.textContent = trouble.dataset.unknown;
    trouble.hidden = false;
    continue;
  }
  form.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    trouble.hidden = true;
    try {
      await ask(form);
    } catch {
      trouble.textContent = trouble.dataset.trouble;
      trouble.hidden = false;
    } finally {
      button.disabled = false;
    }
  });
}

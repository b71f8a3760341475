// htmx: what to say when a request does not come through. What was typed is never touched.
import { text } from "./texts.js";
import { toast } from "./toasts.js";

// Reloads that nobody asked for fail in silence: the connection state already tells it.
function asked(event) {
  const cause = event.detail.requestConfig?.triggeringEvent?.type;
  return cause !== "ring" && cause !== "load" && cause !== "revealed";
}

document.addEventListener("htmx:sendError", (event) => {
  if (asked(event)) toast(text("noConnection"), "error");
});
document.addEventListener("htmx:timeout", (event) => {
  if (asked(event)) toast(text("noAnswer"), "error");
});
document.addEventListener("htmx:responseError", (event) => {
  const status = event.detail.xhr.status;
  // 409 and 422 bring their own words into the page
  if (!asked(event) || status === 409 || status === 422) return;
  if (status === 403) toast(text("notAllowed"), "error");
  else if (status === 404) toast(text("notFound"), "error");
  else if (status === 429) toast(text("tooMany"), "warning");
  else toast([text("failed"), event.detail.xhr.getResponseHeader("X-Trouble")].filter(Boolean).join(" "), "error");
});

// The log-in page would otherwise be put into a corner of the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const answered = new URL(event.detail.xhr.responseURL || location.href, location.href);
  const login = document.querySelector("[data-login]")?.dataset.login;
  if (login && answered.pathname === login && location.pathname !== login) {
    event.detail.shouldSwap = false;
    toast(text("signedOut"), "error");
  }
});

// Whoever logged in again in another tab goes on here: the token against forged requests is the newest one, not the page's.
document.addEventListener("htmx:configRequest", (event) => {
  const token = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  if (!token || event.detail.verb === "get") return;
  event.detail.headers["X-CSRFToken"] = token;
  event.detail.parameters.csrfmiddlewaretoken = token;
});

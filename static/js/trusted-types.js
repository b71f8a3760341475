// Loaded first, as a classic script: the page's one policy for Trusted Types. htmx and the admin's jQuery write HTML that
// this server made and escaped; strings that would become scripts or addresses of scripts have no way through.
if (window.trustedTypes) {
  window.trustedTypes.createPolicy("default", { createHTML: (html) => html });
}

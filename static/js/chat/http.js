// Calls under /chat/api/: with a visitor's token, or with the session of a member of staff.
const PATIENCE = 20_000;

/** Refused by the house (`code`, `detail`, `status`, and `fields` or `after` where it says so), or no answer at all (status 0). */
export class Refusal extends Error {
  constructor(status, answer) {
    super(answer.detail ?? "");
    Object.assign(this, { status, code: answer.code ?? "", detail: answer.detail ?? "", fields: answer.fields ?? {}, after: answer.after ?? 0 });
  }
}

/** call(method, path, data?, options for fetch?) -> what was answered (null for nothing). Throws Refusal. */
export function caller({ api, token = null, csrf = null }) {
  return async (method, path, data, options = {}) => {
    const headers = { "Accept-Language": document.documentElement.lang };
    if (data !== undefined) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    else if (csrf) headers["X-CSRFToken"] = csrf;
    let response, answer;
    try {
      response = await fetch(api + path, {
        method,
        headers,
        body: data === undefined ? undefined : JSON.stringify(data),
        credentials: token ? "omit" : "same-origin",
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
        ...options,
      });
      answer = response.status === 204 ? null : await response.json();
    } catch {
      throw new Refusal(response?.status ?? 0, {});
    }
    if (response.ok) return answer;
    throw new Refusal(response.status, { ...answer, after: Number(response.headers.get("Retry-After")) });
  };
}

"""
`make attack`: a demo house on loopback is scanned by wapiti, as nobody, as Vera and as Ada, and its HTTP interface gets
thousands of generated calls (hypothesis). Prints every finding, writes var/attack.json, and fails on what
docs/security.md ("What the scanners say") does not explain.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.process.houses import ROOT, Server, demo_house

REPORT = ROOT / "var" / "attack.json"
PASSWORD = "a calm word for many hands"
WHO = ("", "vera", "ada")
# Those that find something in a house like this one and ask nobody outside this machine.
MODULES = "backup,cookieflags,crlf,csp,csrf,exec,file,htaccess,http_headers,methods,permanentxss,redirect,sql,xss"
# Seconds for looking around, and for each module.
CRAWL, MODULE = int(os.environ.get("ATTACK_SECONDS", 300)), int(os.environ.get("ATTACK_SECONDS", 300)) // 2
CALLS = int(os.environ.get("ATTACK_CALLS", 3000))
# What would end the session that is scanned, and what exists in the demo alone.
AWAY = ("accounts/logout/", "accounts/sessions/", "accounts/leave/", "simulator/")
# Kind of finding → what it says, and why it is none; docs/security.md tells it in full.
EXPLAINED = {
    "HttpOnly Flag cookie": (
        "csrftoken",
        "pages read it, so that a form sent after a log-in in another tab still counts",
    ),
    "Secure Flag cookie": ("", "the demo speaks plain HTTP; production's cookies are Secure"),
    "HTTP Methods": ("", "OPTIONS and HEAD tell and change nothing"),
}


def say(line: str) -> None:
    """One line for whoever watches."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def cookies(house: Server, who: str) -> str:
    """The header with which a browser in which `who` is logged in asks."""
    with httpx.Client(base_url=house.url, trust_env=False, follow_redirects=True) as client:
        page = client.get("/accounts/login/").text
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        form = {"csrfmiddlewaretoken": token, "username": who, "password": PASSWORD}
        answer = client.post("/accounts/login/", data=form, headers={"Referer": house.url})
        if answer.url.path == "/accounts/login/":
            raise SystemExit(f"{who} could not log in.")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def scan(wapiti: str, house: Server, who: str) -> list[dict]:
    """What wapiti finds as `who` ("" for nobody): [{"kind", "path", "says"}]."""
    with tempfile.TemporaryDirectory(prefix="wapiti-") as folder:
        report = Path(folder) / "report.json"
        command = [wapiti, "-u", f"{house.url}/", "-m", MODULES, "--flush-session", "--no-bugreport", "--tasks", "4"]
        command += ["--max-scan-time", str(CRAWL), "--max-attack-time", str(MODULE), "-d", "8", "-v", "0"]
        command += ["--store-session", folder, "--store-config", folder, "-f", "json", "-o", str(report)]
        for path in ("chat/youth/", "chat/family/frame/", "o/guess/", "desk/requests/", "desk/chat/", "admin/"):
            command += ["-s", f"{house.url}/{path}"]
        for path in AWAY:
            command += ["-x", f"{house.url}/{path}*"]
        if who:
            command += ["-H", f"Cookie: {cookies(house, who)}"]
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        told = json.loads(report.read_text())
    say(f"  {told['infos']['crawled_pages_nbr']} pages and forms")
    return [
        {"kind": kind, "path": one["path"], "says": one["info"]}
        for group in ("vulnerabilities", "anomalies", "additionals")
        for kind, found in told[group].items()
        for one in found
    ]


words = st.text(st.characters(codec="utf-8"), max_size=60)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
FIELDS = ("id", "alias", "answers", "language", "challenge", "code", "body", "question", "age")
PATHS = (
    "lines/{}/",
    "lines/{}/conversations/",
    "lines/{}/resume/",
    "rooms/{}/events/",
    "rooms/{}/end/",
    "conversations/{}/survey/",
    "conversations/{}/",
    "conversations/",
)
codes = st.sampled_from(["youth", "family", "nobody"]) | words
bodies = st.dictionaries(st.sampled_from(FIELDS), anything, max_size=6).map(json.dumps) | words


def call(house: Server) -> list[dict]:
    """What generated calls find: an answer that is no answer, or an error without its words."""
    found, made = [], 0
    client = httpx.Client(base_url=house.url, trust_env=False, timeout=60)

    @settings(max_examples=CALLS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
        st.sampled_from(PATHS),
        codes,
        bodies,
        st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60),
        st.dictionaries(st.sampled_from(["after", "before"]), st.integers() | words, max_size=2),
    )
    def one(method, path, code, body, token, query):
        nonlocal made
        made += 1
        address = "/chat/api/" + path.format(quote(code, safe=""))
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        answer = client.request(method, address, content=body.encode(), params=query, headers=headers)
        told = answer.json() if answer.headers.get("content-type") == "application/json" else {}
        if answer.status_code >= 500 or (answer.is_client_error and told and not {"code", "detail"} <= told.keys()):
            found.append(
                {"kind": "HTTP interface", "path": f"{method} {address}", "says": f"{answer.status_code} {body}"}
            )

    one()
    say(f"  {made} calls")
    return found


def main(wapiti: str) -> int:
    """Attack, print and write. The exit code: 0 when everything that was found is explained."""
    found = []
    with demo_house(PASSWORD) as house:
        for who in WHO:
            say(f"wapiti as {who or 'nobody'}")
            found += [{"who": who, **one} for one in scan(wapiti, house, who)]
        say("generated calls of the HTTP interface")
        found += [{"who": "", **one} for one in call(house)]
        if not house.is_well():
            found.append({"who": "", "kind": "the house", "path": "/healthz", "says": "is not well afterwards"})
    for one in found:
        word, why = EXPLAINED.get(one["kind"], (None, ""))
        one["explained"] = why if word is not None and word in one["says"] else ""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(found, ensure_ascii=False, indent=1))
    for kind in sorted({one["kind"] for one in found}):
        these = [one for one in found if one["kind"] == kind]
        open_ones = [one for one in these if not one["explained"]]
        say(
            f"{kind}: {len(these)}, {'explained: ' + these[0]['explained'] if not open_ones else f'{len(open_ones)} OPEN'}"
        )
        for one in open_ones[:20]:
            say(f"    as {one['who'] or 'nobody'}: {one['path']} {one['says'][:160]}")
    say(
        f"{len(found)} findings, {sum(not one['explained'] for one in found)} of them open; all in {REPORT.relative_to(ROOT)}"
    )
    return int(any(not one["explained"] for one in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

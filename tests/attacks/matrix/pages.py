"""The entries, by hand: what may be opened outside the admin, by whom, and what it says. The admin's are in admin.py."""

from tests.attacks.matrix.doors import (
    ACCOUNTS,
    EVERYBODY,
    KEEPERS,
    STAFF,
    SUPERVISORS,
    TAKERS,
    VISITORS,
    both,
    both_ways,
    door,
    entry,
)

NOBODY_IN = f"nobody {VISITORS}"
TAKING = "vera viktor cora alice"
MINE = {"phone": "vera", "crawl": "viktor"}
ANYBODY = both(EVERYBODY)
# Those who guide a line, where there is a conversation to write about; and the two between whom feedback is.
GUIDES = {"phone": "cora alice"}
OF_TWO = {"phone": "vera cora", "crawl": "viktor"}
# Those with an authenticator app.
WITH_APP = "vera viktor"
TWICE = {"password": "a river under seven moons", "again": "a river under seven moons"}
ANOTHER = door(both(ACCOUNTS), 409, "The link is for somebody else.")
IN_TALK = {"phone": "visitor vera", "crawl": "stranger viktor"}
OFFER = "question"
UNKNOWN = "No request has these words."


def seen(side):
    """What a card sends along: since when the request stands as it was seen."""
    return {"seen": side.request.state_since.isoformat()}


HOME = door(ACCOUNTS, says="Hello")
ACCOUNT = {
    "": entry(get=HOME, post=HOME),
    "healthz": entry(get=door(EVERYBODY, 503, '"worker"'), post=door(EVERYBODY, 503, '"worker"')),
    # Only Telegram knows the secret.
    "telegram/webhook/": entry(post=door("telegram", says="Content-Length: 0", data={"update_id": 7})),
    "accounts/login/": entry(
        get=(door(NOBODY_IN, says='name="password"'), door(ACCOUNTS, 302, "/")),
        post=(door(NOBODY_IN, says='name="password"'), door(ACCOUNTS, 302, "/")),
    ),
    "accounts/logout/": entry(post=door(ACCOUNTS, 302, "/accounts/login/")),
    "accounts/again/": entry(get=door(ACCOUNTS, says='name="password"'), post=door(ACCOUNTS, says='name="password"')),
    # For those who have an app.
    "accounts/again/code/": entry(
        get=(door(WITH_APP, says='name="code"'), door(ACCOUNTS, 302, "/accounts/again/")),
        post=(door(WITH_APP, says='name="code"'), door(ACCOUNTS, 302, "/accounts/again/")),
    ),
    "accounts/again/passkey/": entry(
        get=door(ACCOUNTS, 302, "/accounts/again/"), post=door(ACCOUNTS, 302, "/accounts/again/")
    ),
    "accounts/second-step/": entry(get=door(ACCOUNTS, 302, "/"), post=door(ACCOUNTS, 302, "/")),
    "accounts/passkey/": entry(get=door(ACCOUNTS, 302, "/"), post=door(ACCOUNTS, 302, "/")),
    "accounts/set-up/": entry(get=door(ACCOUNTS, 302, "/accounts/")),
    "accounts/set-up/app/": both_ways(door(ACCOUNTS, says='class="secret"')),
    "accounts/set-up/passkey/": both_ways(door(ACCOUNTS, says="<h1>Passkey</h1>")),
    "accounts/set-up/codes/": both_ways(door(ACCOUNTS, 302, "/accounts/")),
    "accounts/": entry(get=door(ACCOUNTS, says="/accounts/password/")),
    "accounts/password/": entry(
        get=door(ACCOUNTS, says='type="password"'), post=door(ACCOUNTS, says='type="password"')
    ),
    "accounts/device/": entry(post=door(ACCOUNTS, 302, "/accounts/")),
    # It ends one's own and nobody else's, and says the same of both; see the test of its own.
    "accounts/sessions/<uuid:session_id>/end/": entry(post=door(both(ACCOUNTS), 302, "/accounts/")),
    "accounts/sessions/end/": entry(post=door(ACCOUNTS, 302, "/accounts/")),
    "accounts/factors/<int:pk>/remove/": entry(post=door(MINE, 302, "/accounts/")),
    "accounts/rights/": entry(get=door(ACCOUNTS, says="<h1>What you may do</h1>")),
    "accounts/kept/": entry(get=door(ACCOUNTS, says="/accounts/kept/file/")),
    "accounts/kept/file/": entry(get=door(ACCOUNTS, says="attachment")),
    "accounts/leave/": both_ways(door(ACCOUNTS, says="<title>Leave · ")),
    "accounts/reached/": entry(get=door(STAFF, says="/accounts/reached/code/")),
    "accounts/reached/code/": entry(post=door(STAFF, says="/start ")),
    "accounts/reached/try/": entry(post=door(STAFF, 302, "/accounts/reached/")),
    "accounts/reached/unlink/": entry(post=door(STAFF, 302, "/accounts/reached/")),
    "accounts/reached/first/": entry(post=door(STAFF, 302, "/accounts/reached/")),
    "i18n/setlang/": entry(post=door(EVERYBODY, 302, "/")),
    "alarms/": entry(get=door(f"cora {KEEPERS}", says='id="alarms"')),
    "alarms/<uuid:alarm_id>/see-to/": entry(post=door(SUPERVISORS, 302, "/")),
    # Whoever has the link of the letter is whoever was rung.
    "alarms/call/<str:token>/": entry(
        get=door({"phone": EVERYBODY}, says="{side.request.code}"),
        post=door({"phone": EVERYBODY}, says="You see to it. Thank you."),
    ),
    "demo/host/": entry(),
    "accounts/forgotten/": both_ways(door(EVERYBODY, says="<title>Forgotten password · ")),
    # Whoever has the link or the code; an account that is logged in is told whose it is not.
    "accounts/new-password/<str:code>/": entry(
        get=(door(both(NOBODY_IN), says='value="{side.forgetful.username}"'), ANOTHER),
        post=(door(both(NOBODY_IN), 302, "/accounts/login/", TWICE), ANOTHER),
    ),
    "invitation/": both_ways(door(EVERYBODY, says='name="code"')),
    "invitation/<str:code>/": entry(
        get=(door(both(NOBODY_IN), says="Welcome, {side.invited.alias}"), ANOTHER),
        post=(door(both(NOBODY_IN), 302, "/", TWICE), ANOTHER),
    ),
    "accounts/help/": entry(get=door(f"cora {KEEPERS}", says="<h1>Help with the log-in</h1>")),
    "accounts/help/<uuid:person_id>/code/": entry(
        post=door({"phone": f"cora {KEEPERS}", "crawl": KEEPERS}, says="{side.volunteer.alias}")
    ),
    # The rest, in a house that is stopped, is in test_emergency.py.
    "emergency/": entry(get=door(KEEPERS, says="/emergency/stop/")),
    "emergency/stop/": entry(post=door(KEEPERS, 302, "/emergency/", {"freeze-word": "stop"})),
    "emergency/go-on/": entry(post=door(KEEPERS, 422, "<title>Emergency · ", {"thaw-reason": "A drill."})),
    "emergency/destroy/": entry(
        post=door(KEEPERS, 422, "<title>Emergency · ", {"passphrase-word": "destroy", "passphrase-passphrase": "Guess"})
    ),
    "emergency/destroy/ask/": entry(post=door(KEEPERS, 422, "<title>Emergency · ", {"destroy-word": "destroy"})),
    "emergency/destroy/<uuid:asked_id>/confirm/": entry(),
    "emergency/destroy/<uuid:asked_id>/withdraw/": entry(),
    # Only who knows the secret signs.
    "freeze/": entry(post=door("signer", says='"frozen"', data={"action": "freeze"})),
    # Signed with a secret that nobody here has.
    "webhook/offers/<str:reference>/": entry(),
    # Whoever has the letter has the page.
    "mailbox/<str:code>/": entry(
        get=door(ANYBODY, says="was told that an organisation reads requests"),
        post=door(ANYBODY, says="come to this address from now on"),
    ),
}

REQUESTS = {
    "desk/requests/": entry(get=door(TAKING, says="/desk/requests/send/")),
    "desk/requests/no-request/": entry(post=door(TAKING, 422, 'class="toast warning"')),
    "desk/requests/directory/": entry(get=door(TAKING, says="Where else to turn")),
    "desk/requests/send/": entry(post=door(TAKING, 422, 'id="intake"')),
    "desk/requests/draft/": entry(post=door(TAKING, says='id="intake"')),
    "desk/requests/kind/": entry(post=door(TAKING, says="kind")),
    "desk/requests/another/": entry(get=door(TAKING, says="Another need")),
    "desk/requests/coverage/": entry(post=door(TAKING, says='<circle cx="9" cy="8.5" r="3.5"/>')),
    # Only the other team reads other channels.
    "desk/requests/read-post/": entry(post=door("viktor", says="data-post")),
    # Nothing is said of an empty box.
    "desk/requests/phone/": entry(post=door(TAKING, says="Content-Length: 0")),
    "desk/requests/twins/": entry(post=door(TAKING, says="Content-Length: 0")),
    "desk/requests/moment/": entry(post=door(TAKING, says="Content-Length: 0")),
    "desk/requests/categories/": entry(get=door(TAKING, says='"results"')),
    "desk/requests/places/": entry(get=door(TAKING, says='"results"')),
    "desk/requests/cards/": entry(get=door(TAKING, says="request-")),
    "desk/requests/find/": entry(post=door(TAKING, says="Requests · ")),
    # Whoever has the words learns the state, of whatever team; tests/dispatch/test_status.py has the rest.
    "desk/requests/no-longer-needed/": entry(post=door(TAKING, says="No request has these words.")),
    "desk/requests/<str:code>/pass-words/": entry(post=door(TAKERS, 409, "{side.request.code}")),
    "desk/requests/<str:code>/cancel/": entry(
        post=door(TAKERS, says="{side.request.code}", data=lambda side: seen(side) | {"text": "Rang again."})
    ),
    "desk/requests/<str:code>/again/": entry(post=door(TAKERS, 409, "{side.request.code}")),
    "desk/requests/<str:code>/keep/": entry(post=door(TAKERS, says="{side.request.code}")),
    "desk/requests/<str:code>/still-needed/": entry(post=door(TAKERS, 409, "{side.request.code}")),
    "desk/requests/<str:code>/rung-back/": entry(post=door(TAKERS, 409, "{side.request.code}")),
    # Whoever took it is not the second person; the others have not opened it.
    "desk/requests/<str:code>/looked-at/": entry(post=door(TAKERS, 409, "{side.request.code}")),
    "desk/requests/<str:code>/note/": entry(
        post=door(TAKERS, says="The note is sealed with the request.", data={"text": "Rang back."})
    ),
    "desk/requests/<str:code>/ring-back/": entry(post=door(TAKERS, 409, "{side.request.code}", {"text": "To ask."})),
    "desk/requests/<str:code>/correct/": entry(
        get=door(TAKERS, says="{side.request.code}"), post=door(TAKERS, says="{side.request.code}")
    ),
    "desk/requests/<str:code>/correct/questions/": entry(
        post=door(TAKERS, says="/{side.request.code}/correct/questions/")
    ),
    "desk/requests/<str:code>/questions/<int:question>/": entry(
        post=door(TAKERS, says="{side.request.code}", data={"text": "Yes, they can."})
    ),
}

# Whoever has the link has the page: it is the key. The contact opens on the device that opened it first.
OFFERS = {
    "o/<str:token>/": entry(get=door(ANYBODY, says="Food", shows=OFFER)),
    "o/<str:token>/accept/": entry(post=door(ANYBODY, 302, "/o/")),
    "o/<str:token>/decline/": entry(post=door(ANYBODY, 302, "/o/")),
    # Nobody has declined as not theirs here.
    "o/<str:token>/coverage/": entry(post=door(ANYBODY, 409, "Food", {"gives_up": "no"}, shows=OFFER)),
    "o/<str:token>/ask/": entry(post=door(ANYBODY, 409, "Food", {"ready": "how_many", "text": ""}, shows=OFFER)),
    "o/<str:token>/going-on/": entry(post=door(ANYBODY, 302, "?said=going-on")),
    "o/<str:token>/finish/": entry(post=door(ANYBODY, 302, "/o/", {"outcome": "helped"})),
    "o/<str:token>/hand-back/": entry(post=door(ANYBODY, says="Handed back. Thank you for saying so.", shows=OFFER)),
    # The same words whatever the link: what is sent goes to the coordinator alone.
    "o/<str:token>/new-link/": entry(post=door(ANYBODY, says="Look where the request came")),
    "o/<str:token>/contact/": entry(
        post=door(ANYBODY, says="{side.marks[number]}", shows=f"{OFFER} caller number note")
    ),
}

# An organisation that joins has no account; whoever holds its code is who registered.
JOINING = {
    "guides/operator/": entry(get=door(EVERYBODY, says="Guide for operators")),
    "guides/crawler/": entry(get=door(EVERYBODY, says="Guide for crawling teams")),
    "guides/coordinator/": entry(get=door(EVERYBODY, says="Guide for local coordinators")),
    "join/": entry(get=door(EVERYBODY, says='name="submission"'), post=door(EVERYBODY, 422, 'name="submission"')),
    "join/places/": entry(get=door(EVERYBODY, says='"results"')),
    "join/state/": entry(get=door(EVERYBODY, says='name="code"'), post=door(EVERYBODY, 422, 'name="code"')),
    "join/state/withdraw/": entry(post=door(EVERYBODY, 422, 'name="code"', {"code": "0000-0000-0000"})),
    "join/state/link/": entry(post=door(EVERYBODY, 422, 'name="code"', {"code": "0000-0000-0000"})),
}

TALKING = {
    "desk/chat/": entry(get=door(TAKING, says="Conversations · ")),
    "desk/chat/side/": entry(get=door(TAKING, says='id="mine-title"')),
    "desk/chat/shift/": entry(post=door(TAKING, 302, "/desk/chat/", {"do": "breath"})),
    "desk/chat/goodbye/": entry(get=door(TAKING, says="<title>Goodbye · ")),
    # Whoever it is offered to, and nobody else: not even who guides the line learns that there is one.
    "desk/chat/debriefs/<str:code>/": entry(post=door(MINE, 302, "/desk/chat/", {"answer": "yes"})),
    "desk/chat/lines/<slug:slug>/mode/": entry(post=door(TAKERS, 302, "/desk/chat/", {"mode": "paused"})),
    "desk/chat/lines/<slug:slug>/number/": entry(post=door(TAKERS, 302, "/desk/chat/", {"number": "2"})),
    "desk/chat/lines/<slug:slug>/away/": entry(post=door(TAKERS, 302, "/desk/chat/", {"away": "1"})),
    "desk/chat/lines/<slug:slug>/next/": entry(post=door(TAKERS, 302, "/desk/chat/")),
    "desk/chat/lines/<slug:slug>/practice/": entry(post=door(TAKERS, says="{side.line.slug}")),
    "desk/chat/lines/<slug:slug>/standard-messages/": entry(get=door(TAKERS, says="{side.marks[standard]}")),
    "desk/chat/lines/<slug:slug>/standard-messages/<str:code>/used/": entry(post=door(TAKERS, 204, says="")),
    "desk/chat/standard-messages/": entry(get=door(TAKING, says="<h1>My standard messages</h1>")),
    "desk/chat/standard-messages/new/": entry(
        get=door(TAKING, says='name="short_code"'), post=door(TAKING, 422, 'name="short_code"')
    ),
    # One's own is nobody else's, whatever they may.
    "desk/chat/standard-messages/<str:code>/": entry(
        get=door(MINE, says="{side.marks[own]}"), post=door(MINE, 422, 'name="short_code"')
    ),
    "desk/chat/standard-messages/<str:code>/remove/": entry(post=door(MINE, 302, "/desk/chat/standard-messages/")),
    "desk/chat/standard-messages/<str:code>/suggest/": entry(
        post=door(MINE, 302, "/desk/chat/standard-messages/", lambda side: {"line": side.line.slug})
    ),
    "desk/chat/history/": entry(get=door("cora alice", says="<h1>Past conversations</h1>")),
    "desk/chat/history/<str:code>/": entry(get=door(GUIDES, says="{side.ended.code}")),
    "desk/chat/history/<str:code>/read/": entry(post=door(GUIDES, says="{side.marks[said]}")),
    "desk/chat/history/<str:code>/print/": entry(post=door(GUIDES, says="{side.marks[said]}")),
    "desk/chat/history/<str:code>/hold/": entry(
        post=door(GUIDES, 302, "/desk/chat/history/", {"days": "20", "reason": "A complaint."})
    ),
    "desk/chat/history/<str:code>/release/": entry(post=door(GUIDES, 302, "/desk/chat/history/")),
    "desk/chat/feedback/": entry(get=door(TAKING, says="<h1>Feedback</h1>")),
    "desk/chat/feedback/write/<str:code>/": entry(
        get=door(GUIDES, says="{side.talk.code}"), post=door(GUIDES, says="{side.marks[said]}", data={"read": "yes"})
    ),
    # Between whoever wrote it and whom it is for: not even another coordinator of the line.
    "desk/chat/feedback/<str:code>/": entry(get=door(OF_TWO, says="{side.marks[feedback]}")),
    "desk/chat/feedback/<str:code>/answer/": entry(
        post=door(OF_TWO, 302, "/desk/chat/feedback/", {"body": "Thanks.", "seen": "1"})
    ),
    "desk/chat/team/": entry(get=door(TAKING, says="data-team-room")),
    "desk/chat/team/announced/": entry(get=door(TAKING, says='class="announced-list"')),
    "desk/chat/team/announcements/": entry(get=door(TAKING, says='class="who-has-read"')),
    # The room stands in the form; without one it is nobody's: see tests/chat/test_team_announcements.py.
    "desk/chat/team/announce/": entry(),
    "desk/chat/team/<str:code>/seen/<int:seq>/": entry(post=door(TAKERS, 302, "/desk/chat/")),
    "desk/chat/<str:code>/take/": entry(post=door(TAKERS, 302, "/desk/chat/")),
    # A conversation is its volunteer's alone.
    "desk/chat/<str:code>/end/": entry(post=door(MINE, says="{side.talk.code}")),
    "desk/chat/<str:code>/pass-on/": entry(get=door(MINE, says='class="stack" data-about="{side.talk.code}"')),
    "desk/chat/<str:code>/offer/": entry(post=door(MINE, 409, "{side.talk.code}", {"to": "person:nobody"})),
    "desk/chat/groups/": entry(get=door(TAKING, says="<h1>Group chats</h1>")),
    "desk/chat/groups/<str:code>/": entry(get=door(TAKERS, says="{side.marks[group]}")),
    "desk/chat/groups/<str:code>/panel/": entry(get=door(TAKERS, says="{side.marks[group]}")),
    "desk/chat/groups/<str:code>/act/": entry(
        post=door(TAKERS, 302, "/desk/chat/groups/", {"act": "holding", "value": "yes"})
    ),
    "desk/chat/groups/<str:code>/visitors/<str:visitor>/": entry(
        post=door(TAKERS, 302, "/desk/chat/groups/", {"act": "mute"})
    ),
    "desk/chat/groups/<str:code>/held/<str:held>/": entry(
        post=door(TAKERS, 302, "/desk/chat/groups/", {"act": "decline"})
    ),
    "desk/chat/live/": entry(get=door("cora alice", says="Nothing of what is written shows here")),
    # Nobody supervises Viktor's team.
    "desk/chat/live/<str:code>/open/": entry(post=door(SUPERVISORS, says='data-one="{side.talk.code}"')),
    "desk/chat/live/<str:code>/": entry(get=door(SUPERVISORS, says='data-one="{side.talk.code}"')),
    "desk/chat/live/<str:code>/close/": entry(post=door(SUPERVISORS, says='data-one="{side.talk.code}"')),
    "desk/chat/live/<str:code>/guide/": entry(post=door(SUPERVISORS, says='data-one="{side.talk.code}"')),
    "desk/chat/live/<str:code>/step-in/": entry(post=door(SUPERVISORS, says='data-one="{side.talk.code}"')),
    "desk/chat/live/<str:code>/take-over/": entry(
        post=door(
            SUPERVISORS,
            302,
            "/desk/chat/",
            data=lambda side: {"volunteer": side.talk.room.participants.get(user=side.volunteer).code},
        )
    ),
    "desk/chat/live/calls/": entry(get=door("cora alice", says="I am coming")),
    "desk/chat/live/calls/<str:code>/answer/": entry(post=door(SUPERVISORS, 302, "/desk/chat/live/")),
    "desk/chat/<str:code>/danger/": entry(post=door(MINE, says="The danger is over")),
    "desk/chat/<str:code>/danger/step/": entry(post=door(MINE, 409, "{side.talk.code}")),
    "desk/chat/<str:code>/danger/place/": entry(post=door(MINE, says="Whoever comes is told")),
    "desk/chat/<str:code>/danger/over/": entry(post=door(MINE, says="Imminent danger</button>")),
    "desk/chat/live/<str:code>/danger/": entry(get=door(SUPERVISORS, says="Declared at")),
    "desk/chat/<str:code>/help/": entry(post=door(MINE, says="You have called for help.")),
    "desk/chat/<str:code>/help/back/": entry(post=door(MINE, says="{side.talk.code}")),
    # Held out by Vera to Alice, and by Viktor to Ada, who may not talk there.
    "desk/chat/transfers/<str:code>/accept/": entry(post=door({"phone": "alice"}, 302, "/desk/chat/")),
    "desk/chat/transfers/<str:code>/decline/": entry(post=door({"phone": "alice"}, 302, "/desk/chat/")),
    "desk/chat/transfers/<str:code>/withdraw/": entry(post=door(MINE, 302, "/desk/chat/")),
    "desk/chat/<str:code>/ask/": entry(post=door(MINE, 302, "/desk/chat/")),
    "desk/chat/<str:code>/flag/": entry(post=door(MINE, says="FlaggedNow", data={"reason": "FlaggedNow"})),
    "desk/chat/<str:code>/put-away/": entry(post=door(MINE, says="data-about data-away")),
    "desk/chat/<str:code>/": entry(get=door(MINE, says="{side.talk.code}")),
}

# Whoever has the words has the answer, and nobody else any other.
STATUS = {
    "status/": entry(get=door(EVERYBODY, says='name="words"'), post=door(EVERYBODY, 404, UNKNOWN, {"words": "a b c"})),
    "status/no-longer-needed/": entry(post=door(EVERYBODY, 404, UNKNOWN, {"words": "a b c"})),
}

# A line's page and its state are for everybody; the rest is for whoever has the token of that one conversation.
CHAT = {
    "chat/api/lines/<slug:slug>/": entry(get=door(ANYBODY, says="{side.marks[line]}", shows="line")),
    "chat/api/lines/<slug:slug>/conversations/": entry(
        post=door(ANYBODY, 201, '"token"', {"id": "0123456789abcdef0123456789abcdef", "language": "en"})
    ),
    "chat/api/lines/<slug:slug>/resume/": entry(post=door(ANYBODY, 404, '"unknown"', {"code": "0000-0000-0000"})),
    "chat/api/rooms/<str:code>/end/": entry(
        post=(door(IN_TALK, says='"ended"'), door({"phone": "cora alice"}, 409, "no longer yours"))
    ),
    "chat/api/conversations/": entry(get=door(VISITORS, says='"conversation"')),
    # Whose conversation it was is told that this line asks nothing.
    "chat/api/conversations/<str:code>/complaint/": entry(
        post=door({"phone": "ended"}, 204, data={"reason": "It hurt."})
    ),
    "chat/api/conversations/<str:code>/survey/": entry(post=door({"phone": "ended"}, 404, "asks nothing")),
    # Only DELETE does something there; see the test of its own.
    "chat/api/conversations/<str:code>/": entry(),
    "chat/api/groups/mine/": entry(get=door("member", says='"group"')),
    "chat/api/groups/leave/": entry(post=door("member", 204, says="")),
    "chat/api/groups/aside/": entry(post=door("member", 409, '"not_asked"')),
    "chat/api/groups/<str:code>/": entry(get=door(ANYBODY, says="{side.marks[group]}", shows="group")),
    "chat/api/groups/<str:code>/members/": entry(post=door(ANYBODY, 400, '"invalid"', {"id": "short"})),
    "chat/<slug:slug>/groups/<str:code>/": entry(get=door(ANYBODY, says="{side.marks[group]}", shows="group line")),
    "chat/<slug:slug>/groups/<str:code>/frame/": entry(
        get=door(ANYBODY, says="{side.marks[group]}", shows="group line")
    ),
    "chat/<slug:slug>/": entry(get=door(ANYBODY, says="{side.marks[line]}", shows="line")),
    "chat/<slug:slug>/frame/": entry(get=door(ANYBODY, says="{side.marks[line]}", shows="line")),
    "chat/<slug:slug>/colour/<str:colour>.css": entry(get=door(ANYBODY, says="--accent: light-dark(#0b6b66")),
}

PAGES = ACCOUNT | REQUESTS | OFFERS | STATUS | JOINING | TALKING | CHAT

"""Two worlds side by side that must not know of each other, and everybody who comes to their doors.

`phone` is the team of Vera, Cora and Alice, its line, its calls and its local coordinator, for whom Rita acts; `crawl` is
Viktor's, with Fred. Ada keeps the house. Whatever either world holds bears a mark of its own, so that a leak shows.
"""

import secrets
import time
import uuid
from datetime import timedelta

from django.test import Client
from django.utils import timezone
from guardian.shortcuts import remove_perm

from chat.actions import (
    beside,
    conversations,
    danger,
    duties,
    feedback,
    flags,
    group_staff,
    group_visitors,
    groups,
    guidance,
    messages,
    queue,
    team_announcements,
    team_rooms,
)
from chat.actions.messages import Post
from chat.actions.team_rooms import Mine
from chat.models import Conversation, Debrief, Group, GroupMember, HeldMessage, Line, StandardMessage, Transfer
from coordinators.models import Announcement, DirectoryEntry, Endpoint, LinkCode
from hotline.dispatch.actions import links, offers, questions
from hotline.dispatch.models import OfferQuestion, Tally
from hotline.lib.codes import hash_token
from hotline.outbox.models import Message
from hotline.questionnaires.models import Questionnaire
from hotline.staff.actions import invitations
from hotline.staff.actions.alarms import raise_alarm, settle_alarm
from hotline.staff.actions.signed_calls import sign
from hotline.staff.models import AlarmCall, AuditEntry, CallPlan
from hotline.staff.permissions import Rights, holders
from tests.attacks.matrix.knocking import knock
from tests.cast import Cast, make_person
from tests.coordinators.joining import register
from tests.support.factors import give_app
from tests.support.registry import CONTACT, Registry, offer_of, voice_of


class Side:
    """One of the two worlds: its objects by name, and its `marks` ({what: text}) that lie in them."""

    def __init__(self, name, team, volunteer, asked, guide, registry, place):
        self.name, self.team, self.volunteer = name, team, volunteer
        self.marks = {what: f"{what.capitalize()}{name.capitalize()}Mark" for what in MARKED}
        team.name = self.marks["team"]
        team.save()
        self._registry_of(registry, place)
        self._requests_of(registry, place)
        self._chat_of(asked, guide)
        self._group_of()
        self.alarm = raise_alarm(team, "unanswered", self.request.code)
        # The link in the letter of whoever was rung; nobody supervises Viktor's team.
        self.ring = AlarmCall.objects.filter(alarm=self.alarm).first()
        self.tally = Tally.objects.create(team=team, kind=Tally.Kind.values[0], hour=self.request.created_at, count=3)
        self.plan = CallPlan.objects.create(team=team, name=self.marks["plan"])

    def _registry_of(self, registry, place):
        self.coordinator = registry.coordinator((registry.food, place), name=self.marks["coordinator"])
        self.coordinator.notes = self.marks["notes"]
        self.coordinator.save()
        self.mailbox_code = f"mailbox-of-{self.name}"
        self.mailbox = Endpoint.objects.create(
            local_coordinator=self.coordinator,
            channel=Endpoint.Channel.EMAIL,
            address=f"{self.name}@example.org",
            state=Endpoint.State.UNCONFIRMED,
            position=1,
        )
        LinkCode.objects.create(
            local_coordinator=self.coordinator,
            endpoint=self.mailbox,
            token_hash=hash_token(self.mailbox_code, "mailbox"),
            expires_at=timezone.now() + timedelta(days=1),
        )
        self.agent = make_person({"phone": "rita", "crawl": "fred"}[self.name], represents=[self.coordinator])

    def _requests_of(self, registry, place):
        def take(**more):
            contact = CONTACT | {"name": self.marks["caller"], "phone": self.marks["number"]}
            return registry.take(
                self.volunteer, self.team, registry.food, place, contact=contact, note=self.marks["note"], **more
            )

        # One that is offered and asked about, one that is accepted.
        self.request, self.accepted = take(), take()
        self.offer, self.won = (offer_of(one, self.coordinator) for one in (self.request, self.accepted))
        voice = voice_of(self.coordinator)
        self.question = questions.ask(voice, self.offer, OfferQuestion.Ready.OTHER, self.marks["question"])
        self.token = links.issue(self.offer, voice).split("/o/")[1].strip("/")
        self.won_token = offers.accept(voice, self.won).split("/o/")[1].strip("/")
        self.won.refresh_from_db()

    def _chat_of(self, asked, guide):
        self.line = Line.objects.create(
            slug=f"line-{self.name}",
            team=self.team,
            mode=Line.Mode.OPEN,
            titles={"en": self.marks["line"]},
            # In the common room the two worlds would know of each other.
            in_common_room=False,
        )
        self.standard = self._standard_message("standard", owner="line", line=self.line)
        self.own = self._standard_message("own", owner="person", person=self.volunteer)
        self._team_room_of()
        self.duty = duties.set_maximum(self.volunteer, self.line, self.line.most_conversations)
        type(self.duty).objects.filter(pk=self.duty.pk).update(seen_at=timezone.now())
        self.waiting, self.waiting_token = self._visitor()
        self.ended, self.ended_token = self._visitor(taken=True)
        conversations.end_as_volunteer(self.volunteer, self.ended)
        self.ended.refresh_from_db()
        self.talk, self.talk_token = self._visitor(taken=True)
        self.room = self.talk.room.code
        now = timezone.now()
        self.flag = flags.flag(self.volunteer, self.talk, self.marks["flagged"])
        wish = {"line": self.line, "by": self.volunteer, "at": now}
        self.offered = Debrief.objects.create(conversation=self.talk, **wish)
        self.debrief = Debrief.objects.create(conversation=self.ended, state="asked", **wish)
        self.transfer = Transfer(
            conversation=self.talk,
            by=self.volunteer,
            from_line=self.line,
            to_user=asked,
            offered_at=now,
            expires_at=now + timedelta(hours=1),
        )
        mine = self.talk.room.participants.get(user=self.volunteer)
        # Nobody guides Viktor's team any more.
        former = None if guide else make_person(f"guide-{self.name}", roles=["coordinator"], supervises=[self.team])
        words = {"good": self.marks["feedback"]}
        self.feedback = feedback.write(guide or former, self.talk, mine.code, words, form_id=uuid.uuid4())
        if former:
            remove_perm("supervise_team", former, self.team)
        self.transfer.seal_note(mine.keys.get(), self.marks["handed"])
        self.transfer.save()
        self.call = guidance.call(self.volunteer, self.talk)
        danger.declare(self.volunteer, self.talk)
        # its code would stand on every page of whoever supervises
        settle_alarm(beside.ALARM, self.talk.code)
        settle_alarm(beside.DANGER, self.talk.code)
        guided = self.talk.guidances.get().room.participants.get()
        messages.post(Post(guided.pk, uuid.uuid4(), self.marks["guided"]))

    def _team_room_of(self):
        """The internal chat of the side's line, where its volunteer has said something; announced by a coordinator."""
        now = timezone.now()
        (mine,) = team_rooms.of(self.volunteer, Rights.of(self.volunteer), now)
        messages.post(Post(mine.me.pk, uuid.uuid4(), self.marks["internal"]))
        leading = Mine(mine.team_room, mine.me, may_announce=True)
        for person in holders("chat.talk", self.line):
            team_rooms.of(person, Rights.of(person), now)
        self.announced = team_announcements.announce(self.volunteer, leading, uuid.uuid4(), self.marks["announced"])
        self.team_room = mine.room

    def _group_of(self):
        titles = {"en": self.marks["group"]}
        made = Group.objects.create(line=self.line, titles=titles, has_waiting_room=False)
        made.moderators.add(self.volunteer)
        groups.open_group(self.volunteer, made)
        self.group = Group.objects.select_related("line", "room", "backroom").get(pk=made.pk)
        group_staff.come_in(self.volunteer, self.group)
        alias = self.marks["member"]
        entered = group_visitors.enter(self.group, secrets.token_bytes(16), alias=alias, language="en")
        self.member, self.member_token = entered.member, entered.token
        GroupMember.objects.update(held=True)
        messages.post(Post(self.member.participant_id, uuid.uuid4(), self.marks["held"]))
        behind = self.group.backroom.participants.get(user=self.volunteer)
        messages.post(Post(behind.pk, uuid.uuid4(), self.marks["behind"]))
        self.held = HeldMessage.objects.get(author=self.member.participant)

    def _standard_message(self, what, **owner):
        return StandardMessage.objects.create(short_code=what, texts={"en": self.marks[what]}, **owner)

    def accounts_of(self, keeper):
        """What hangs on accounts: the volunteer's second factor, somebody who is invited, somebody who forgot a password."""
        self.app = give_app(self.volunteer)
        self.invited, self.forgetful = (make_person(f"{who}-{self.name}", email="") for who in ("invited", "forgetful"))
        self.invited.set_unusable_password()
        self.invited.save()
        self.invitation = invitations.invite(keeper, self.invited).code
        self.way_back = invitations.offer_new_password(keeper, self.forgetful).code

    def _visitor(self, taken=False):
        started = conversations.start(self.line, secrets.token_bytes(16), language="en", alias=self.marks["visitor"])
        conversation = Conversation.objects.get(code=started.conversation)
        if taken:
            queue.take(self.volunteer, conversation, uuid.uuid4())
            said = (conversations.visitor(started.token), conversation.room.participants.get(user=self.volunteer))
            for who in said:
                messages.post(Post(who.pk, uuid.uuid4(), self.marks["said"]))
            conversation.refresh_from_db()
        return conversation, started.token


# What machines know that come to one address each.
SECRET = "a-secret-that-the-whole-matrix-knows-and-nobody-in-it"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MACHINES = {"telegram": "telegram/webhook/", "signer": "freeze/"}


class Signer(Client):
    """Somebody far away who knows the house's FREEZE_SECRET and signs each call."""

    def generic(self, method, path, data="", *arguments, **more):
        body = data if isinstance(data, bytes) else data.encode()
        stamp, nonce = str(int(time.time())), secrets.token_hex(16)
        signed = {"Time": stamp, "Nonce": nonce, "Signature": sign(SECRET, stamp, nonce, body)}
        headers = {f"X-Hotline-{name}": value for name, value in signed.items()}
        return super().generic(method, path, data, *arguments, **more | {"headers": headers})


# What of a side bears a mark. The first few are sealed content; the rest are names.
SEALED = (
    "caller",
    "number",
    "note",
    "question",
    "said",
    "visitor",
    "handed",
    "flagged",
    "guided",
    "feedback",
    "internal",
    "announced",
    "member",
    "held",
    "behind",
)
MARKED = (*SEALED, "team", "line", "coordinator", "notes", "plan", "standard", "own", "group")


class World:
    """Everybody and everything. `people`: {name: Client}, logged in or with the token of a visitor's device."""

    def __init__(self):
        cast = Cast()
        # before anything rings
        assert cast.cora and cast.alice and cast.ada
        registry = Registry()
        self.cast = cast
        self._nothing = {}
        self.phone = Side("phone", cast.phone, cast.vera, cast.alice, cast.cora, registry, registry.kharkiv)
        self.crawl = Side("crawl", cast.crawl, cast.viktor, cast.ada, None, registry, registry.lviv)
        self.sides = {"phone": self.phone, "crawl": self.crawl}
        for side in self.sides.values():
            side.accounts_of(cast.ada)
        self.outsider = make_person("outsider")
        self.house = {
            "coordinators.category": registry.food,
            "coordinators.place": registry.kharkiv,
            "coordinators.directoryentry": DirectoryEntry.objects.create(
                slug="police", title={"en": "Police"}, place=registry.kharkiv, category=registry.food
            ),
            "coordinators.announcement": Announcement.objects.create(sealed_texts='{"en": "drafted"}'),
            "questionnaires.questionnaire": Questionnaire.objects.create(slug="asked"),
            "coordinators.registration": register(registry)[0],
            "outbox.message": Message.objects.filter(purpose="offer").first(),
            "staff.auditentry": AuditEntry.objects.first(),
        }
        staff = (
            cast.vera,
            cast.viktor,
            cast.cora,
            cast.ada,
            cast.alice,
            self.phone.agent,
            self.crawl.agent,
            self.outsider,
        )
        self.staff = {one.username: one for one in staff}
        self.people = {"nobody": Client()} | {one.username: self._browser(one) for one in staff}
        # What a visitor's device holds.
        self.tokens = {
            "visitor": self.phone.talk_token,
            "ended": self.phone.ended_token,
            "stranger": self.crawl.talk_token,
            "member": self.phone.member_token,
        }
        for name, token in self.tokens.items():
            self.people[name] = Client(headers={"authorization": f"Bearer {token}"})
        for side in self.sides.values():
            side.session = side.volunteer.sessions.first()
        self.machines = {"telegram": Client(headers={SECRET_HEADER: SECRET}), "signer": Signer()}
        self.browsers = self.people | self.machines
        for one in self.browsers.values():
            one.raise_request_exception = False

    @staticmethod
    def _browser(person):
        client = Client()
        client.force_login(person)
        return client

    def at(self, route):
        """Names of those who come to this address: beyond /chat/ and /o/, all tokens of visitors are the same nothing."""
        without = set() if route.startswith(("chat/", "o/")) else {"ended", "stranger", "member"}
        machines = [name for name, address in MACHINES.items() if route == address]
        return [name for name in self.people if name not in without] + machines

    def nothing(self, who, method, path, data):
        """The Answer to this person at the address of something that does not exist; asked once."""
        asked = (who, method, path, str(data))
        if asked not in self._nothing:
            self._nothing[asked] = knock(self.browsers[who], method, path, data)
        return self._nothing[asked]

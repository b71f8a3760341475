"""Telegram at its worst: of many messages a fifth meets 429, a tenth 5xx, a tenth is refused, some arrive and time out."""

from collections import Counter

from hotline.outbox.actions.messages import edit, enqueue, recognise_twin
from hotline.outbox.models import Message, State

# Of twenty messages.
FAULTS = {"too_many": 4, "server_error": 2, "blocked": 2, "drop_after": 1}
OF = 20
BUTTONS = [[{"text": "Accept", "data": "a.token"}]]
# A round sends what Telegram lets pass in a second, at the most.
FEWEST_ROUNDS, IN_A_ROUND = 50, 10


class Storm:
    """So many messages, each to a chat of its own. deliver: function that sends what may be sent, without pauses."""

    def __init__(self, simulator, number, deliver):
        self.simulator, self.deliver = simulator, deliver
        simulator.settings(enabled=False)
        kinds = [kind for kind, share in FAULTS.items() for _one in range(share)]
        kinds += [""] * (OF - len(kinds))
        self.kinds, self.messages = {}, {}
        for index in range(number):
            person, kind = simulator.person(f"Phone {index}"), kinds[index % OF]
            self.kinds[person] = kind
            if kind:
                simulator.fault(kind, method="sendMessage", chat=person, count=1)
            self.messages[person] = enqueue(
                channel="telegram",
                recipient=str(person),
                content={"text": f"Offer {index}", "buttons": BUTTONS},
                key=f"storm:{index}",
                purpose="storm",
            )

    def run(self):
        """Send until nothing waits any more; what should not have happened, list of str."""
        for _round in range(FEWEST_ROUNDS + len(self.messages) // IN_A_ROUND):
            self.deliver()
            if not Message.objects.filter(state__in=[State.QUEUED, State.LEASED]).exists():
                break
        wrong = [problem for person in self.messages for problem in self._look_at(person)]
        return wrong + self._press_twins()

    def twins(self):
        """Chats in which a message stands twice."""
        return [person for person in self.messages if len(self.simulator.seen(person)) > 1]

    def _look_at(self, person):
        row, kind = Message.objects.get(pk=self.messages[person].pk), self.kinds[person]
        seen, outcome = Counter(self.simulator.seen(person)), (row.state, row.error)
        if kind == "blocked":
            return [] if outcome == (State.DEAD, "blocked") and not seen else [f"refused, and {outcome} {seen}"]
        most = 2 if row.doubts else 1
        if row.state != State.SENT or not 1 <= seen.total() <= most or len(seen) != 1:
            return [f"{kind or 'no fault'}: {outcome}, seen {seen}"]
        return []

    def _press_twins(self):
        """Press the copy that the house does not know; it is known then, and changes with the other."""
        twins = self.twins()
        for person in twins:
            first = self.simulator.messages(person)[0]
            self.simulator.press(person, "Accept", message=first["id"])
            recognise_twin(self.messages[person], str(first["id"]))
            edit(self.messages[person], {"text": "taken"}, key=f"storm-taken:{person}")
        for _round in range(4 + len(twins) // IN_A_ROUND):
            self.deliver()
        seen = {person: self.simulator.seen(person) for person in twins}
        return [f"a twin says {texts}" for texts in seen.values() if texts != ["taken", "taken"]]

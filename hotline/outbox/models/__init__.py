"""Messages on their way out, the pace they go at, and the worker's beat."""

from hotline.outbox.models.beat import WorkerBeat
from hotline.outbox.models.message import Channel, Message, Priority, State
from hotline.outbox.models.pace import Pace, Slot

__all__ = ["Channel", "Message", "Pace", "Priority", "Slot", "State", "WorkerBeat"]

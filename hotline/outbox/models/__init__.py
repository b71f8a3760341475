"""Messages on their way out, the pace they go at, and the worker's beat."""

from hotline.outbox.models.beat import WorkerBeat
from hotline.outbox.models.message import UNCHANGEABLE, Channel, Message, Priority, State
from hotline.outbox.models.pace import Pace, Slot

__all__ = ["UNCHANGEABLE", "Channel", "Message", "Pace", "Priority", "Slot", "State", "WorkerBeat"]

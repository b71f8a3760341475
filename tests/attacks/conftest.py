"""What attacks share: the house on a port of this machine, and what tests of other rooms make theirs of."""

from tests.chat.conftest import line, printed, talk, waiting
from tests.dispatch.conftest import registry, telegram, vera_takes
from tests.support.live import house, live
from tests.support.simulator import simulator, simulator_server

__all__ = [
    "house",
    "line",
    "live",
    "printed",
    "registry",
    "simulator",
    "simulator_server",
    "talk",
    "telegram",
    "vera_takes",
    "waiting",
]

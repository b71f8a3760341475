"""What the bot keeps: updates until they are handled, and who fetches them."""

from hotline.telegram.models.lease import Lease
from hotline.telegram.models.update import TelegramUpdate

__all__ = ["Lease", "TelegramUpdate"]

from .duplicate import DuplicateMark
from .help_request import HelpRequest
from .note import RequestNote
from .offer import Offer
from .offer_link import OfferLink
from .question import OfferQuestion
from .tally import Tally
from .wave import Wave
from .webhook_answer import WebhookAnswer

__all__ = [
    "DuplicateMark",
    "HelpRequest",
    "Offer",
    "OfferLink",
    "OfferQuestion",
    "RequestNote",
    "Tally",
    "Wave",
    "WebhookAnswer",
]

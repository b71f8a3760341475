from . import help_requests, offers, tallies

__all__ = ["help_requests", "offers", "tallies"]

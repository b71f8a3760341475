"""One driver a channel: `await deliver(letter) -> Outcome`, which never raises, and `await close()`."""

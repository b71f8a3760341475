"""What the registry tells the rooms above it, which it may not import."""

from django.dispatch import Signal

# Sent inside the transaction that suspends a local coordinator. Argument: local_coordinator.
suspended = Signal()
# Sent inside the transaction that ends the use of chats on purpose, before their rows are changed. Argument: endpoints, a list.
# Whoever hears it empties what was sent there, a bounded part of it, and answers whether more is left.
chats_ended = Signal()
# Sent inside the transaction that takes trust from a local coordinator. Argument: local_coordinator.
distrusted = Signal()
# Sent inside the transaction that follows a chat to its new id. Arguments: endpoint, before (the old id as text).
endpoint_moved = Signal()

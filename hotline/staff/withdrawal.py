"""What the rooms above are told when somebody loses rights; they may not be imported here."""

from django.dispatch import Signal

# Sent inside the transaction that takes rights from somebody or closes their account. Argument: person (User).
withdrawn = Signal()

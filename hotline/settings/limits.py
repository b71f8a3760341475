"""Times and bounds that an organisation may choose; every maximum is the data-protection promise of docs/security.md."""

from hotline.lib import environment as env
from hotline.settings.house import DEBUG

PLACE_POPULATION_FLOOR = env.number("PLACE_POPULATION_FLOOR", default=5000)
CONTACT_HOURS_AFTER_OUTCOME = env.number("CONTACT_HOURS_AFTER_OUTCOME", default=24, maximum=72)
CONTACT_DAYS = env.number("CONTACT_DAYS", default=7, maximum=14)
REQUEST_DAYS = env.number("REQUEST_DAYS", default=90, maximum=180)
ACCOUNT_DAYS = env.number("ACCOUNT_DAYS", default=30, maximum=30)
AUDIT_DAYS = env.number("AUDIT_DAYS", default=180, maximum=365)
ANSWER_TEXT_DAYS = env.number("ANSWER_TEXT_DAYS", default=30, maximum=90)
FIGURE_DAYS = env.number("FIGURE_DAYS", default=730, maximum=1830)
# How long after its end a conversation may be held at the longest; one that runs, from now.
CONVERSATION_HOLD_DAYS = env.number("CONVERSATION_HOLD_DAYS", default=30, minimum=1, maximum=60)
# Visitors who begin a chat from one network (/24, /48) in ten minutes: a school, a carrier's many phones.
CHAT_STARTS_PER_NETWORK = env.number("CHAT_STARTS_PER_NETWORK", default=100_000 if DEBUG else 200)
OUTBOX_DAYS = env.number("OUTBOX_DAYS", default=30, maximum=90)

"""Times and bounds that an organisation may choose; every maximum is the data-protection promise of docs/security.md."""

from hotline.lib import environment as env
from hotline.settings.house import DEBUG

PLACE_POPULATION_FLOOR = env.number("PLACE_POPULATION_FLOOR", default=5000)
CONTACT_HOURS_AFTER_OUTCOME = env.number("CONTACT_HOURS_AFTER_OUTCOME", default=24, maximum=72)
CONTACT_DAYS = env.number("CONTACT_DAYS", default=7, maximum=14)
# How long a request that comes twice is known again.
DUPLICATE_DAYS = env.number("DUPLICATE_DAYS", default=3, minimum=1, maximum=7)
REQUEST_DAYS = env.number("REQUEST_DAYS", default=90, maximum=180)
ACCOUNT_DAYS = env.number("ACCOUNT_DAYS", default=30, maximum=30)
# How long an alarm stays after somebody saw to it.
ALARM_DAYS = env.number("ALARM_DAYS", default=90, maximum=180)
AUDIT_DAYS = env.number("AUDIT_DAYS", default=180, maximum=365)
ANSWER_TEXT_DAYS = env.number("ANSWER_TEXT_DAYS", default=30, maximum=90)
FIGURE_DAYS = env.number("FIGURE_DAYS", default=730, maximum=1830)
# How long after its end a conversation may be held at the longest; one that runs, from now.
CONVERSATION_HOLD_DAYS = env.number("CONVERSATION_HOLD_DAYS", default=30, minimum=1, maximum=60)
# How long after its end a conversation is kept at the longest because a flag in it is not followed up yet.
FLAG_DAYS = env.number("FLAG_DAYS", default=30, minimum=1, maximum=60)
# How long feedback to a volunteer is kept, with the messages it quotes.
FEEDBACK_DAYS = env.number("FEEDBACK_DAYS", default=90, minimum=1, maximum=365)
# How long a volunteer's wish to talk about a hard conversation stays after its last move.
DEBRIEF_DAYS = env.number("DEBRIEF_DAYS", default=14, minimum=1, maximum=30)
# How long what is written in an internal chat stays.
TEAM_ROOM_DAYS = env.number("TEAM_ROOM_DAYS", default=7, minimum=1, maximum=30)
# How long a group is open at the longest; what was written in it is erased the line's time after that.
GROUP_HOURS = env.number("GROUP_HOURS", default=24, minimum=1, maximum=168)
OUTBOX_DAYS = env.number("OUTBOX_DAYS", default=30, maximum=90)
# How long a registration stays that was refused, withdrawn, never answered, or went on; and how many may wait at once.
REGISTRATION_DAYS = env.number("REGISTRATION_DAYS", default=30, minimum=1, maximum=30)
REGISTRATIONS_WAITING = env.number("REGISTRATIONS_WAITING", default=300, minimum=1, maximum=5000)
# How old a backup may be that is restored; the ledger of erasures reaches back as far.
BACKUP_DAYS = env.number("BACKUP_DAYS", default=14, minimum=1, maximum=14)

# How often: each name is counted by hotline.lib.throttle for whoever stands behind it, at most so many tries in so many
# seconds; where there are several pairs, all of them hold. A network is a /24 or /48: a school, an office, a carrier's phones.
_crowd = 100_000 if DEBUG else 1  # a demo is measured from one machine
LIMITS = env.limits(
    "LIMITS",
    {
        # For one user name from one network, and for all names together from one. Nothing is counted for a name alone, so
        # that nobody can keep out an owner who comes from elsewhere.
        "log-in": [(5, 60), (30, 900)],
        "log-in-network": [(100, 60)],
        # For one account from one network that is asked for its password again.
        "log-in-again": [(5, 60), (30, 900)],
        # Codes of the second step, for one account: from one network, and from everywhere, since whoever comes there knows
        # the password, and six digits are not to be guessed from a thousand places.
        "second-step": [(5, 60), (30, 900)],
        "second-step-anywhere": [(30, 3600)],
        # The owner of an account where so many were tried is told, once in this time.
        "second-step-letter": [(1, 3600)],
        # Letters with a way to a new password, asked for from one network, and sent to one account.
        "password-letter": [(10, 600)],
        "password-letter-account": [(3, 3600)],
        # Links and one-time codes of invitations and new passwords that are tried from one network.
        "one-time-code": [(100, 300)],
        # Guesses at the passphrase that destroys the keys, in all; and calls from afar, from one network.
        "destroy-passphrase": [(5, 3600)],
        "freeze-call": [(20, 60)],
        # Trials of an alarm, by one person.
        "alarm-trial": [(6, 3600)],
        # Registrations sent from one network, places looked for there while it is filled in, and codes tried to come back.
        "join": [(5, 600), (20, 86_400)],
        "join-places": [(120, 60)],
        "join-code": [(30, 300)],
        # Letters and calls that ask one address whether it is a coordinator's, whoever named it.
        "way-asked": [(4, 3600), (8, 86_400)],
        # Names of systems that one person lets the house look up.
        "way-looked-up": [(6, 60), (30, 3600)],
        # Announcements to coordinators that one person sends, and all together.
        "announcement": [(4, 3600)],
        "announcements": [(10, 3600)],
        # Calls about offers that nobody signed rightly, from one network.
        "webhook-unsigned": [(60, 300)],
        # Guesses at a coordinator's link, from one network.
        "offer-link": [(30, 300)],
        # New links to an offer: asked for from one network, and sent to one person; more are silently not sent.
        "offer-new-link-asked": [(10, 600)],
        "offer-new-link": [(3, 3600)],
        # Spoken codes that are tried: from one network, and by one account at a desk. Wrong ones alone: from everywhere
        # together, then the page waits for all; those after which an alarm rings, and how often it does. The sum behind them
        # is in docs/security.md.
        "status": [(20, 300), (60, 3600)],
        "status-desk": [(60, 3600)],
        "status-anywhere": [(300, 3600)],
        "status-wrong": [(40, 3600)],
        "status-alarm": [(1, 3600)],
        # The chat's calls, from one network. Every page that waits for an open door asks for its line twice a minute.
        "chat-line": [(1200, 60)],
        "chat-start": [(max(200, _crowd), 600)],
        "chat-resume": [(10, 600)],
        "chat-mine": [(600, 60)],
        # A group of 200 behind one network that asks every few seconds how it stands.
        "chat-member": [(6000, 60)],
        "chat-end": [(600, 60)],
        "chat-survey": [(60, 60)],
        "chat-complaint": [(30, 60)],
        "chat-erase": [(60, 60)],
        # Messages of one participant without a socket.
        "chat-post": [(600, 60)],
        # Announcements in internal chats that one person makes.
        "chat-announce": [(6, 600), (30, 86_400)],
        # Sockets opened from one network, and what one socket says: above the first it is told, above the second closed.
        # Nobody types so fast; a program that measures the house may.
        "sockets": [(max(3000, _crowd), 60)],
        "frames": [(600, 10)],
        "frames-flood": [(1800, 10)],
        "frames-unread": [(9, 600)],
    },
)

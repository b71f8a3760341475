"""What leaves the house: e-mail, webhooks and Telegram."""

from django.core.exceptions import ImproperlyConfigured

from hotline.lib import environment as env
from hotline.settings.house import DEBUG, PORT, VAR_DIR

_console = "console://" if DEBUG else env.REQUIRED
EMAIL_URL = env.text("EMAIL_URL", default=_console, holds="smtp://user:password@host:587 or smtps://…:465")
_nobody = "hotline@localhost" if DEBUG else env.REQUIRED
EMAIL_FROM = env.text("EMAIL_FROM", default=_nobody, holds="the sender's e-mail address")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = EMAIL_FROM
EMAIL_BOUNCES = env.text(
    "EMAIL_BOUNCES", default="", holds="the address to which mail comes back, as bounces@example.org"
)
# A sealed name of the message stands between the two parts of that address; 64 signs are the most before the @.
if EMAIL_BOUNCES and not (0 < EMAIL_BOUNCES.find("@") <= 20 and "+" not in EMAIL_BOUNCES):
    raise ImproperlyConfigured("EMAIL_BOUNCES must hold an address with at most 20 signs before the @, and no + in it.")
EMAIL_TIMEOUT = 20
globals().update(env.email(EMAIL_URL))

# Coordinators' own systems are called at addresses of the open internet alone. A developer may have one on this machine.
WEBHOOK_THIS_MACHINE = env.flag("WEBHOOK_THIS_MACHINE", default=False)
if WEBHOOK_THIS_MACHINE and not DEBUG:
    raise ImproperlyConfigured(
        "WEBHOOK_THIS_MACHINE opens this machine to whoever names it: it works with DEBUG alone."
    )

_token = env.text("TELEGRAM_BOT_TOKEN", default="", holds="the token that BotFather gave")
# Without a token the demo talks to its own simulator of the Bot API; production never does.
SIMULATOR = DEBUG and not _token
TELEGRAM_BOT_TOKEN = "1:simulator" if SIMULATOR else _token
TELEGRAM_API_URL = env.text(
    "TELEGRAM_API_URL",
    default=f"http://127.0.0.1:{PORT}/simulator" if SIMULATOR else "https://api.telegram.org",
    holds="where the Bot API answers, without the trailing /bot",
).rstrip("/")
if not DEBUG and "/simulator" in TELEGRAM_API_URL:
    raise ImproperlyConfigured("TELEGRAM_API_URL names the simulator, which runs in the demo only.")
TELEGRAM_WEBHOOK_SECRET = env.text("TELEGRAM_WEBHOOK_SECRET", default="", holds="a random text, for updates by webhook")
SIMULATOR_STATE = VAR_DIR / "simulator.json"

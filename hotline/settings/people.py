"""Accounts, log-in and sessions of the staff."""

from hotline.lib import environment as env
from hotline.settings.house import BASE_URL, DEBUG

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["hotline.staff.backends.HouseBackend"]
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # its own backend takes an object permission alone for enough
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_LENGTH = env.number("PASSWORD_LENGTH", default=12, minimum=10, maximum=64)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "alias")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "account_login"
# Minutes after which a dangerous step asks once more who sits there.
REAUTHENTICATION_MINUTES = env.number("REAUTHENTICATION_MINUTES", default=5, minimum=1, maximum=60)

# django-allauth: log-in by user name alone. It never sees an e-mail address (ours are sealed), counts no tries (our forms
# do, by hashed networks) and sends nothing.
ACCOUNT_ADAPTER = "hotline.staff.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_RATE_LIMITS = False
# How long an invitation is open, and a way to a new password.
INVITATION_HOURS = env.number("INVITATION_HOURS", default=72, minimum=1, maximum=168)
PASSWORD_LETTER_MINUTES = env.number("PASSWORD_LETTER_MINUTES", default=30, minimum=5, maximum=120)
# Whoever has no second factor is nobody until they have set one up.
STAFF_MFA_REQUIRED = env.flag("STAFF_MFA_REQUIRED", default=not DEBUG)
MFA_ADAPTER = "hotline.staff.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
# A phone's clock may be half a minute off; each code still works once.
MFA_TOTP_TOLERANCE = 1
# For a whole office behind one address; nothing can be guessed there.
MFA_RATE_LIMITS = {"webauthn_login": "100/m/ip"}
MFA_FORMS = {
    "authenticate": "hotline.staff.forms.factors.SecondStepForm",
    "reauthenticate": "hotline.staff.forms.factors.CodeAgainForm",
}

# How long a log-in lasts at the longest, counted from the next full hour, and how long it may be left alone.
SESSION_HOURS = env.number("SESSION_HOURS", default=12, minimum=1, maximum=24)
SESSION_IDLE_MINUTES = env.number("SESSION_IDLE_MINUTES", default=120, minimum=5, maximum=1440)
SESSION_ENGINE = "hotline.staff.sessions"
# The cookie stays a little longer than what it opens, so that the log-in page can say why one is out.
SESSION_COOKIE_AGE = (SESSION_HOURS + 2) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "hotline.lib.troubles.csrf_failed"
CSRF_TRUSTED_ORIGINS = [BASE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG

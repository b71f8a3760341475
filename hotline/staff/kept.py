"""What the house keeps of its staff, their rights and what they did, for the table of what is kept."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from hotline.lib.kept import (
    ADMINISTRATORS,
    HASHED,
    NOBODY,
    PLAIN,
    STAYS,
    UNDER_THE_SITE_KEY,
    WITH_THE_ACCOUNT,
    Figure,
    Place,
    Row,
    counted,
)
from hotline.staff.models import AuditEntry, LinkedChat, Session, User

ROWS = [
    Row(
        datum=_("staff account: e-mail"),
        fields=("staff.User: email email_hash",),
        kept=UNDER_THE_SITE_KEY,
        seen=ADMINISTRATORS,
        gone=_("%(ACCOUNT_DAYS)s after leaving, or at once when its owner says so"),
    ),
    Row(
        datum=_("account name, alias, password, languages, day of the last log-in"),
        fields=("staff.User: all", "staff.User_groups: all", "staff.User_user_permissions: all"),
        kept=_("password by Argon2; the day, not the time"),
        seen=_("administrators; others the alias"),
        gone=WITH_THE_ACCOUNT,
    ),
    Row(
        datum=_("who works in which team or supervises it, who acts for which local coordinator"),
        fields=("guardian.UserObjectPermission: all",),
        kept=PLAIN,
        seen=ADMINISTRATORS,
        gone=WITH_THE_ACCOUNT,
    ),
    Row(
        datum=_("who is logged in"),
        fields=("staff.Session: all",),
        kept=_("keyed hash of a random key; hour of the log-in, last use to five minutes; no address, no program"),
        seen=_("the person: their own"),
        gone=_(
            "%(SESSION_HOURS)s after the log-in, or on logging out; unused for %(SESSION_IDLE_MINUTES)s it opens nothing"
        ),
    ),
    Row(
        datum=_("what a log-in holds meanwhile: its steps, the name of the device, the key of the desk's drafts"),
        fields=("staff.Session: sealed_data",),
        kept=_("under the site key"),
        seen=NOBODY,
        gone=_("with the log-in"),
    ),
    Row(
        datum=_("second factors: authenticator app, passkeys"),
        fields=("mfa.Authenticator: all",),
        kept=_(
            "the app's secret under the site key, bound to its account; public keys and the names of passkeys plain"
        ),
        seen=_("the person: their own names"),
        gone=_("when its owner removes it; with the account"),
    ),
    Row(
        datum=_("invitations, ways to a new password, recovery and rescue codes"),
        fields=("staff.OneTimeCode: all",),
        kept=HASHED,
        seen=_("nobody; administrators see that somebody is invited, and until when"),
        gone=_("when used, replaced or withdrawn; 14 days after its time is over"),
    ),
    Row(
        datum=_("who says that they forgot a password: the name or address that was typed, whosever it is"),
        fields=("staff.ForgottenPassword: id name asked_at",),
        kept=UNDER_THE_SITE_KEY,
        seen=NOBODY,
        gone=_("within seconds, when the worker has looked for the account"),
    ),
    Row(
        datum=_("teams"),
        fields=("staff.Team: all",),
        kept=PLAIN,
        seen=_("the team's supervisors; administrators"),
        gone=STAYS,
    ),
    Row(
        datum=_("alarms"),
        fields=("staff.Alarm: all",),
        kept=_("plain; an alarm names codes"),
        seen=_("the team's supervisors; administrators"),
        gone=_("%(ALARM_DAYS)s after somebody saw to it, or it settled itself"),
    ),
    Row(
        datum=_("a person's own Telegram chat, for alarms, and the code that links it"),
        fields=("staff.LinkedChat: address address_hash", "staff.ChatCode: token_hash"),
        kept=_("the chat under the site key, found by keyed hash; the code as keyed hash"),
        seen=_("the person"),
        gone=_("when they unlink it, and with the account; the code when used, or after 30 minutes"),
    ),
    Row(
        datum=_("which way rings first, whether the chat can be reached"),
        fields=("staff.LinkedChat: all", "staff.ChatCode: all"),
        kept=PLAIN,
        seen=_("the person"),
        gone=_("with the chat"),
    ),
    Row(
        datum=_("who is rung for alarms, in which order and hours; who was rung for one"),
        fields=("staff.CallPlan: all", "staff.CallStep: all", "staff.AlarmCall: all"),
        kept=_("plain, without an address"),
        seen=_("the team's supervisors; administrators"),
        gone=_("on removal; a ring with its message, after %(OUTBOX_DAYS)s, or with its alarm"),
    ),
    Row(
        datum=_("when, why and by whom the house was frozen and its keys were destroyed"),
        fields=("staff.Freeze: all", "staff.KeyDestruction: all", "staff.SignedCall: all"),
        kept=PLAIN,
        seen=ADMINISTRATORS,
        gone=_("stays; marks of calls from afar after 30 minutes"),
    ),
    Row(
        datum=_("the passphrase that destroys the keys"),
        fields=("staff.DestroyPassphrase: all",),
        kept=_("slow hash (Argon2)"),
        seen=NOBODY,
        gone=_("when another is set"),
    ),
    Row(
        datum=_("audit"),
        fields=("staff.AuditEntry: all", "staff.AuditLink: all", "staff.AuditAnchor: all", "staff.AuditCheck: all"),
        kept=_("who did what to which code, never content; chained by keyed hashes"),
        seen=ADMINISTRATORS,
        gone=_("after %(AUDIT_DAYS)s"),
    ),
    Row(
        datum=_("names of roles and rights"),
        fields=(
            "auth.Group: all",
            "auth.Permission: all",
            "auth.Group_permissions: all",
            "contenttypes.ContentType: all",
        ),
        kept=PLAIN,
        seen=ADMINISTRATORS,
        gone=STAYS,
    ),
    Row(
        datum=_("tables that libraries bring and the house does not use"),
        fields=(
            "admin.LogEntry: all",
            "guardian.GroupObjectPermission: all",
            "account.EmailAddress: all",
            "account.EmailConfirmation: all",
        ),
        kept=_("empty"),
        seen=NOBODY,
        gone=_("never filled"),
    ),
]


def figures():
    """What would be found of the staff right now, list of Figure. Six queries."""
    accounts = User.objects.all()
    apps = Authenticator.objects.filter(type=Authenticator.Type.TOTP)
    return [
        Figure(Place.DISK, _("e-mail addresses of accounts"), counted(accounts.filter(email_hash__isnull=False))),
        Figure(Place.DISK, _("secrets of authenticator apps"), counted(apps)),
        Figure(Place.DISK, _("Telegram chats of staff"), counted(LinkedChat.objects.all())),
        Figure(Place.DUMP, _("accounts with user name, alias and rights"), counted(accounts)),
        Figure(Place.DUMP, _("log-ins, with which nobody gets in"), counted(Session.objects.all())),
        Figure(Place.DUMP, _("lines of the audit"), counted(AuditEntry.objects.all())),
    ]

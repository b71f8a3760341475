"""The store of sessions (settings.SESSION_ENGINE): in the database, where a thief of it finds nothing to use.

The key that the browser holds is kept as a keyed hash; what is in the session is sealed under the site key, bound to that
hash. A log-in ends after SESSION_HOURS, or when it was left alone for SESSION_IDLE_MINUTES. What belongs to unfinished
work stays in it for a while, for the very person who comes back.
"""

import json

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import cached_property

from hotline.lib import crypto
from hotline.lib.codes import hash_token
from hotline.lib.keyring import keyring

# Says on the log-in page why one is out: too old, or left alone.
ENDED, OLD, IDLE = "ended", "old", "idle"
# What outlives that: the key of the desk's drafts, with the account it belongs to.
DRAFT_KEY, UNFINISHED_OF = "draft_key", "unfinished_of"
DEVICE = "device"


class SessionStore(SessionBase):
    """Django's interface; asked for by its middleware, by Channels and by the test client."""

    @cached_property
    def model(self):
        from hotline.staff.models import Session

        return Session

    # What the rooms above ask beyond Django's

    @classmethod
    def open_among(cls, keys):
        """Those of `keys` (set of session keys) whose session is open, set. Used for sockets, many at once."""
        by_hash = {_hash(key): key for key in keys if key}
        rows = cls().model.objects.open(timezone.now()).filter(key_hash__in=by_hash)
        return {by_hash[bytes(digest)] for digest in rows.values_list("key_hash", flat=True)}

    @classmethod
    def note_use(cls, keys):
        """Whoever works by socket alone is not idle: `keys` were used just now."""
        from hotline.staff.models.session import step

        now = timezone.now()
        rows = cls().model.objects.open(now).filter(key_hash__in=[_hash(key) for key in keys if key])
        rows.filter(used_at__lt=step(now)).update(used_at=step(now))

    def device_of(self, row):
        """What its person calls the browser of `row` (Session), str."""
        return self._opened(row).get(DEVICE, "")

    def is_row(self, row):
        """Whether `row` (Session) is this very session, bool."""
        return bool(self.session_key) and bytes(row.key_hash) == _hash(self.session_key)

    # Django's

    def load(self):
        now = timezone.now()
        row = self._rows().kept(now).first() if self.session_key else None
        if row is None:
            self._session_key = None
            return {}
        data = self._opened(row)
        if SESSION_KEY not in data:
            return data
        return self._in_use(row, data, now)

    def _in_use(self, row, data, now):
        from hotline.staff.models.session import STEP, idle_since, over_since, step

        why = OLD if row.begun_at <= over_since(now) else IDLE if row.used_at <= idle_since(now) else None
        if why:
            unfinished = {DRAFT_KEY: data[DRAFT_KEY], UNFINISHED_OF: data[SESSION_KEY]} if DRAFT_KEY in data else {}
            return {ENDED: why, **unfinished}
        if now - row.used_at >= 2 * STEP:
            self._rows().filter(used_at=row.used_at).update(used_at=step(now))
        return data

    def exists(self, session_key):
        return self.model.objects.filter(key_hash=_hash(session_key)).exists()

    def create(self):
        self._session_key = self._get_new_session_key()
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create=False):
        if self.session_key is None:
            return self.create()
        data = self._get_session(no_load=must_create)
        digest, user_id = _hash(self.session_key), data.get(SESSION_KEY)
        sealed = crypto.seal(_key(), json.dumps(data).encode(), _context(digest))
        if must_create:
            try:
                with transaction.atomic():
                    self.model.new(digest, sealed, user_id).save(force_insert=True)
            except IntegrityError as error:
                raise CreateError from error
        elif not self._rows().update(sealed_data=sealed, user_id=user_id):
            raise UpdateError

    def delete(self, session_key=None):
        key = session_key or self.session_key
        if key:
            self.model.objects.filter(key_hash=_hash(key)).delete()

    def _rows(self):
        return self.model.objects.filter(key_hash=_hash(self.session_key))

    def _opened(self, row):
        try:
            return json.loads(crypto.unseal(_key(), row.sealed_data, _context(bytes(row.key_hash))))
        except crypto.Unreadable:  # another site key: nobody is logged in by it
            return {}


def _hash(key):
    return hash_token(key, "session")


def _key():
    return keyring().subkey("sessions")


def _context(digest):
    return f"staff_session:{digest.hex()}"

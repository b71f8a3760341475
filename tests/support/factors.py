"""Second factors in the hands of tests: an authenticator app that knows its secret."""

import re
import time

from allauth.mfa.totp.internal import auth as totp

from hotline.staff.actions import factors

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_of(secret=SECRET, periods=0):
    """What the app with this secret shows now, or so many periods of 30 seconds from now. str of six digits."""
    return totp.format_hotp_value(totp.hotp_value(secret, int(time.time()) // 30 + periods))


def give_app(person, secret=SECRET):
    """`person` has an authenticator app with this secret, set up some time ago."""
    app = factors.add_app(person, secret, code_of(secret))
    app.data["used"] -= 10
    app.save()
    return app


def secret_on(page):
    """The secret that the set-up page (HttpResponse) shows as text."""
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")

"""What a browser may do on our pages."""

from csp.constants import NONE, SELF

from hotline.lib import environment as env
from hotline.lib.headers import for_static
from hotline.settings.house import DEBUG

SECURE_SSL_REDIRECT = not DEBUG and env.flag("SECURE_SSL_REDIRECT", default=True)
# A load balancer asks for it by plain HTTP.
SECURE_REDIRECT_EXEMPT = ["^healthz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEBUG
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

# What else every answer says unless a view says otherwise. Nothing here may be kept by anybody: what is personal by far
# outnumbers what is not, and the style sheets and scripts have their own rule (WhiteNoise).
_off = """accelerometer ambient-light-sensor autoplay bluetooth browsing-topics camera clipboard-read clipboard-write
    display-capture encrypted-media fullscreen gamepad geolocation gyroscope hid identity-credentials-get idle-detection
    keyboard-map local-fonts magnetometer microphone midi otp-credentials payment picture-in-picture screen-wake-lock
    serial storage-access sync-xhr usb web-share window-management xr-spatial-tracking"""
# Passkeys, on the pages of the house alone.
_own = "publickey-credentials-create publickey-credentials-get"
HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _off.split()), *(f"{name}=(self)" for name in _own.split())]
    ),
}
WHITENOISE_ADD_HEADERS_FUNCTION = for_static

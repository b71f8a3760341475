"""The roof as a Django app: it brings the commands `serve`, `worker` and `demo`, and has no models."""

from django.apps import AppConfig


class HotlineConfig(AppConfig):
    """Registered first, so that its commands are found."""

    name = "hotline"
    label = "hotline"

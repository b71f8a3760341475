from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "hotline.live"
    label = "live"

"""The bot's one address."""

from django.urls import path

from hotline.telegram.views.webhook import webhook

app_name = "telegram"
urlpatterns = [path("webhook/", webhook, name="webhook")]

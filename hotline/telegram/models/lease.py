"""Who does a thing that only one process may do at a time: fetching updates, handling them."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Lease(models.Model):
    """A task that one process holds for a short time and renews; whoever finds it run out takes over."""

    SCOPE = None

    name = models.CharField(_("task"), max_length=32, unique=True)
    holder = models.CharField(max_length=64, blank=True)
    until = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        default_permissions = ()

    def __str__(self):
        return self.name

    @classmethod
    def take(cls, name: str, holder: str, seconds: float) -> bool:
        """Take or renew the task for so many seconds; False when another process holds it."""
        now = timezone.now()
        free = cls.objects.filter(Q(holder=holder) | Q(until__lte=now), name=name)
        until = now + timedelta(seconds=seconds)
        if free.update(holder=holder, until=until) == 1:
            return True
        if cls.objects.filter(name=name).exists():
            return False
        cls.objects.bulk_create([cls(name=name, until=now)], ignore_conflicts=True)
        return free.update(holder=holder, until=until) == 1

    @classmethod
    def give_back(cls, name: str, holder: str) -> None:
        """Let another process take the task at once."""
        cls.objects.filter(name=name, holder=holder).update(holder="", until=timezone.now())

"""The worker's sign of life, read by /healthz."""

from django.db import models
from django.utils import timezone


class WorkerBeat(models.Model):
    """One row: when any worker last went its round. It says that somebody works, not how many."""

    SCOPE = None
    THE_ROW = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ROW, editable=False)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="outbox_one_worker_beat")]

    def __str__(self) -> str:
        return self.at.isoformat()

    @classmethod
    def beat(cls) -> None:
        """Note that a worker is alive now."""
        cls.objects.update_or_create(pk=cls.THE_ROW, defaults={"at": timezone.now()})

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoordinatorsConfig(AppConfig):
    name = "coordinators"
    verbose_name = _("Coordinators")

    def ready(self):
        from coordinators.listeners import rights_withdrawn
        from hotline.staff.withdrawal import withdrawn

        withdrawn.connect(rights_withdrawn, dispatch_uid="coordinators.rights_withdrawn")

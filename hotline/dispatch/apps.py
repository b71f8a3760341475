from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DispatchConfig(AppConfig):
    name = "hotline.dispatch"
    label = "dispatch"
    verbose_name = _("Dispatch")

    def ready(self):
        from coordinators.signals import chats_ended, distrusted, endpoint_moved, suspended
        from hotline.dispatch.listeners import empty_ended_chats, follow_move, withdraw_offered, withdraw_suspended

        suspended.connect(withdraw_suspended, dispatch_uid="dispatch.withdraw_suspended")
        distrusted.connect(withdraw_offered, dispatch_uid="dispatch.withdraw_offered")
        endpoint_moved.connect(follow_move, dispatch_uid="dispatch.follow_move")
        chats_ended.connect(empty_ended_chats, dispatch_uid="dispatch.empty_ended_chats")

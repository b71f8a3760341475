"""Addresses of the chat: the visitor's interface and page. They are part of the contract."""

from django.urls import include, path

from chat.views import api, demo_host, group_api, group_page, page

app_name = "chat"

urlpatterns = [
    path("desk/chat/", include("chat.views.desk_urls")),
    path("chat/api/lines/<slug:slug>/", api.line, name="line"),
    path("chat/api/lines/<slug:slug>/conversations/", api.start, name="start"),
    path("chat/api/lines/<slug:slug>/resume/", api.resume, name="resume"),
    path("chat/api/rooms/<str:code>/end/", api.end, name="end"),
    path("chat/api/conversations/", api.mine, name="mine"),
    path("chat/api/conversations/<str:code>/survey/", api.survey, name="survey"),
    path("chat/api/conversations/<str:code>/complaint/", api.complain, name="complaint"),
    path("chat/api/conversations/<str:code>/", api.erase, name="erase"),
    path("chat/api/groups/mine/", group_api.mine, name="group-mine"),
    path("chat/api/groups/leave/", group_api.leave, name="group-leave"),
    path("chat/api/groups/aside/", group_api.aside, name="group-aside"),
    path("chat/api/groups/<str:code>/", group_api.group, name="group-state"),
    path("chat/api/groups/<str:code>/members/", group_api.enter, name="group-enter"),
    path("chat/<slug:slug>/groups/<str:code>/", group_page.group, name="group"),
    path("chat/<slug:slug>/groups/<str:code>/frame/", group_page.group_frame, name="group-frame"),
    path("chat/<slug:slug>/", page.page, name="page"),
    path("chat/<slug:slug>/frame/", page.frame, name="frame"),
    path("chat/<slug:slug>/colour/<str:colour>.css", page.colour, name="colour"),
    path("demo/host/", demo_host.host, name="demo-host"),
]

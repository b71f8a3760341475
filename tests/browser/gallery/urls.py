"""The house's addresses and the gallery's, as ROOT_URLCONF of the tests that need it."""

from django.urls import path

from hotline.urls import handler400, handler403, handler404, handler500
from hotline.urls import urlpatterns as house
from tests.browser.gallery import views
from tests.browser.gallery.admin import site

__all__ = ["handler400", "handler403", "handler404", "handler500"]

urlpatterns = [
    *house,
    path("gallery/admin/", site.urls),
    path("gallery/", views.show, name="gallery"),
    path("gallery/breaks/", views.breaks),
    path("gallery/cards/", views.cards),
    path("gallery/search/", views.search),
    path("gallery/part/", views.part),
    path("gallery/post/", views.post),
    path("gallery/answer/<int:status>/", views.answer),
    path("gallery/trouble/<str:name>/", views.trouble),
]

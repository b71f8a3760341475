"""Addresses of dispatch: the operator's desk and a coordinator's own page for one offer."""

from django.urls import path

from hotline.dispatch.views import cards, correct, desk, intake, offers, status, webhook

app_name = "dispatch"

urlpatterns = [
    path("desk/requests/", desk.desk, name="desk"),
    path("desk/requests/no-request/", desk.tally, name="tally"),
    path("desk/requests/directory/", desk.directory, name="directory"),
    path("desk/requests/send/", intake.send, name="send"),
    path("desk/requests/draft/", intake.draft, name="draft"),
    path("desk/requests/kind/", intake.kind, name="kind"),
    path("desk/requests/another/", intake.another, name="another"),
    path("desk/requests/coverage/", intake.coverage, name="coverage"),
    path("desk/requests/read-post/", intake.read_post, name="read-post"),
    path("desk/requests/phone/", intake.phone, name="phone"),
    path("desk/requests/twins/", intake.twins, name="twins"),
    path("desk/requests/moment/", intake.moment, name="moment"),
    path("desk/requests/categories/", intake.categories, name="categories"),
    path("desk/requests/places/", intake.places, name="places"),
    path("desk/requests/cards/", cards.card_list, name="cards"),
    path("desk/requests/find/", cards.find, name="find"),
    path("desk/requests/no-longer-needed/", status.desk_withdraw, name="not-needed"),
    path("desk/requests/<str:code>/cancel/", cards.cancel, name="cancel"),
    path("desk/requests/<str:code>/again/", cards.offer_again, name="again"),
    path("desk/requests/<str:code>/keep/", cards.keep, name="keep"),
    path("desk/requests/<str:code>/still-needed/", cards.still_needed, name="still-needed"),
    path("desk/requests/<str:code>/rung-back/", cards.rung_back, name="rung-back"),
    path("desk/requests/<str:code>/looked-at/", cards.looked_at, name="looked-at"),
    path("desk/requests/<str:code>/note/", cards.note, name="note"),
    path("desk/requests/<str:code>/pass-words/", cards.tell_pass_words, name="pass-words"),
    path("desk/requests/<str:code>/ring-back/", cards.ring_back, name="ring-back"),
    path("desk/requests/<str:code>/correct/", correct.correct, name="correct"),
    path("desk/requests/<str:code>/correct/questions/", correct.questions, name="correct-questions"),
    path("desk/requests/<str:code>/questions/<int:question>/", cards.answer, name="answer"),
    path("status/", status.status, name="status"),
    path("status/no-longer-needed/", status.withdraw, name="status-withdraw"),
    path("webhook/offers/<str:reference>/", webhook.answer, name="webhook-answer"),
    path("o/<str:token>/", offers.offer, name="offer"),
    path("o/<str:token>/accept/", offers.accept, name="offer-accept"),
    path("o/<str:token>/decline/", offers.decline, name="offer-decline"),
    path("o/<str:token>/coverage/", offers.answer_about_coverage, name="offer-coverage"),
    path("o/<str:token>/ask/", offers.ask, name="offer-ask"),
    path("o/<str:token>/going-on/", offers.sign, name="offer-sign"),
    path("o/<str:token>/finish/", offers.finish, name="offer-finish"),
    path("o/<str:token>/hand-back/", offers.hand_back, name="offer-hand-back"),
    path("o/<str:token>/new-link/", offers.new_link, name="offer-new-link"),
    path("o/<str:token>/contact/", offers.open_contact, name="offer-contact"),
]

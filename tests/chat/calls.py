"""A visitor's device without a browser: calls under /chat/api/, and what a start needs."""

import json
import secrets

from django.test import Client

from hotline.questionnaires.models import Question, Questionnaire


class Device:
    """One device: get, post, delete; each takes a path below /chat/api/ and returns Django's response."""

    def __init__(self, token=None, language="en", client=None):
        self.client = client or Client(enforce_csrf_checks=True)
        self.token = token
        self.language = language

    def call(self, method, path, data=None, **headers):
        headers = {"Accept-Language": self.language, **headers}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        body = data if isinstance(data, (bytes, str)) else json.dumps(data) if data is not None else ""
        response = self.client.generic(
            method, f"/chat/api/{path}", body, content_type="application/json", headers=headers
        )
        assert not response.cookies, "a visitor got a cookie"
        return response

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, data=None):
        return self.call("POST", path, data)

    def delete(self, path):
        return self.call("DELETE", path)


def wish(**given):
    """What a start sends: a fresh id and English, changed by what is given (None leaves a field out)."""
    data = {"id": secrets.token_hex(16), "language": "en", **given}
    return {name: value for name, value in data.items() if value is not None}


def ask(slug, *questions):
    """A saved Questionnaire; each question is (key, kind, fields of Question)."""
    asked = Questionnaire.objects.create(slug=slug)
    for position, (key, kind, fields) in enumerate(questions):
        fields = {"label": {"en": key.capitalize(), "de": f"{key} auf Deutsch"}, **fields}
        Question.objects.create(questionnaire=asked, key=key, kind=kind, position=position, **fields)
    return asked

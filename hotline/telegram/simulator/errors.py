"""What the simulator answers when it refuses: to the bot in Telegram's words, to the control interface plainly."""


class ApiError(Exception):
    """A refusal of the Bot API: `code` is the HTTP status, `description` the sentence, `parameters` what it adds."""

    def __init__(self, code: int, description: str, **parameters):
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def answer(self) -> dict:
        """The JSON body that Telegram sends."""
        body = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return body


def bad_request(sentence: str, **parameters) -> ApiError:
    """400, with the prefix that Telegram puts before its reason."""
    return ApiError(400, f"Bad Request: {sentence}", **parameters)


def forbidden(sentence: str) -> ApiError:
    """403, likewise."""
    return ApiError(403, f"Forbidden: {sentence}")


def too_many(retry_after: int) -> ApiError:
    """429 with the seconds to wait."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", retry_after=retry_after)


class ControlError(Exception):
    """A refusal of the control interface: `status` for HTTP and a sentence that says what to do."""

    def __init__(self, sentence: str, status: int = 400):
        super().__init__(sentence)
        self.status = status

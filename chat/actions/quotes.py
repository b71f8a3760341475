"""Taking messages that were copied into feedback along, when their visitor erases the conversation."""

from hotline.live import topics
from hotline.live.doorbell import ring


def drop(conversation):
    """What was copied out of this conversation is gone, whatever was said about it. In the caller's transaction."""
    if conversation.feedback.update(sealed_quotes=None):
        ring(topics.queue(conversation.line_id))

"""What the chat keeps of visitors and conversations, for the table of what is kept."""

from django.utils.translation import gettext_lazy as _

from chat.models import AnswerText, Conversation, ConversationFact, Event
from hotline.lib.kept import HASHED, NOBODY, PLAIN, Figure, Place, Row, counted
from hotline.lib.keyring import keyring

WITH_THE_CONVERSATION = _("with the conversation")
NOBODY_YET = _("nobody yet (statistics come later)")

ROWS = [
    Row(
        datum=_("what is written in a conversation, the visitor's alias and answers before it"),
        fields=("chat.Event: sealed_body", "chat.Participant: sealed_alias", "chat.Conversation: sealed_answers"),
        kept=_("under the key of its author in that room"),
        seen=_(
            "its volunteer while it is theirs, and until it is put away; the visitor by their token; whoever supervises the "
            "line, the part that a flag is about, what they read along while it runs, or all of it for feedback and history, "
            "each look audited"
        ),
        gone=_(
            "the line's time after the end (usually 7 days, at most 30, or minutes); held with a reason at most "
            "%(CONVERSATION_HOLD_DAYS)s after it; the visitor's “delete everything now” wins over every hold"
        ),
    ),
    Row(
        datum=_("the authors' keys"),
        fields=("chat.AuthorKey: all", "chat.Room: key_due"),
        kept=_("wrapped by the key of the day they are due, moved forward while the conversation runs or is held"),
        seen=NOBODY,
        gone=WITH_THE_CONVERSATION,
    ),
    Row(
        datum=_("what a visitor's device holds: token, code to come back"),
        fields=("chat.Participant: token_hash", "chat.Conversation: resume_hash"),
        kept=HASHED,
        seen=NOBODY,
        gone=_("the token 30 minutes after the end, at once on leaving or erasing; the code with the conversation"),
    ),
    Row(
        datum=_(
            "order and course of a conversation: who, when, how it ended, language, place in the queue, the question that "
            "raised it; that a survey was answered, never what; until when it is held and why"
        ),
        fields=("chat.Room: all", "chat.Participant: all", "chat.Event: all", "chat.Conversation: all"),
        kept=_("plain, under random codes"),
        seen=_(
            "the line's volunteers; codes, states, times, who spoke last and the hold also who supervises the line; until when "
            "it is held, the visitor"
        ),
        gone=WITH_THE_CONVERSATION,
    ),
    Row(
        datum=_("who passed a conversation on to whom, and the note for whoever takes over"),
        fields=("chat.Transfer: all", "chat.Transfer: sealed_note"),
        kept=_("the note under its writer's key in that room, the rest plain"),
        seen=_("whoever passes it on and whoever is asked; the visitor never the note"),
        gone=WITH_THE_CONVERSATION,
    ),
    Row(
        datum=_("guidance beside a conversation, who called for help and who answered"),
        fields=("chat.Guidance: all", "chat.HelpCall: all"),
        kept=_("what is written under its author's key in that room, the rest plain"),
        seen=_("the volunteer and whoever guides them; the visitor never anything of it"),
        gone=WITH_THE_CONVERSATION,
    ),
    Row(
        datum=_(
            "imminent danger: who declared it, which steps were done when, who asked for the place and who was told"
        ),
        fields=("chat.Danger: all", "chat.DangerStep: all"),
        kept=_("plain, in the words of the line's checklist; never what the visitor answered"),
        seen=_("the volunteer and whoever supervises the line"),
        gone=WITH_THE_CONVERSATION,
    ),
    Row(
        datum=_("flags: what has to be followed up in a conversation, a visitor's complaint, and what became of it"),
        fields=("chat.Flag: all", "chat.Flag: sealed_reason", "chat.Flag: sealed_outcome"),
        kept=_("under the key that whoever set it has in that room; who set it and who takes care, plain"),
        seen=_("whoever set it while it is theirs (a complaint: not its volunteer); whoever supervises the line"),
        gone=_("with the conversation, which an open flag keeps at most %(FLAG_DAYS)s after its end"),
    ),
    Row(
        datum=_("what a visitor writes in a group and a moderator has not read yet"),
        fields=("chat.HeldMessage: sealed_body",),
        kept=_("under the key of its author in that room"),
        seen=_("moderators of the group; its author"),
        gone=_("declined: at once; approved: with the group; at the end of the group at the latest"),
    ),
    Row(
        datum=_("what the name of a visitor in a group looks like, so that nobody takes one like it"),
        fields=("chat.GroupMember: alias_mark",),
        kept=HASHED,
        seen=NOBODY,
        gone=_("with the group, or when the visitor erases what they wrote"),
    ),
    Row(
        datum=_("visitors in groups: who waits, is in, has left or was removed; what moderators decided about them"),
        fields=("chat.GroupMember: all", "chat.HeldMessage: all"),
        kept=_("plain, under random codes"),
        seen=_("volunteers and moderators of the group"),
        gone=_("with the group: the line's time after its end"),
    ),
    Row(
        datum=_("groups: title, rules, times, who moderates"),
        fields=("chat.Group: all", "chat.Group_moderators: all"),
        kept=PLAIN,
        seen=_("title, rules and times: visitors; the rest the line's team"),
        gone=_("the rooms with all that was written the line's time after the end; the plan after %(FIGURE_DAYS)s"),
    ),
    Row(
        datum=_("feedback to a volunteer about a conversation, the messages it quotes, and the answers"),
        fields=(
            "chat.Feedback: all",
            "chat.Feedback: sealed_words sealed_quotes wrapped_key key_due",
            "chat.FeedbackAnswer: all",
            "chat.FeedbackAnswer: sealed_body",
        ),
        kept=_("under a key of its own, wrapped by the key of the day it is due; who to whom, and when, plain"),
        seen=_("whoever wrote it while they supervise the line, and its volunteer while they work there; nobody else"),
        gone=_(
            "after %(FEEDBACK_DAYS)s, also where the conversation has long gone; the quotes at once when the visitor deletes "
            "the conversation; all of it with the volunteer's account"
        ),
    ),
    Row(
        datum=_(
            "the internal chat: who is in which room, what is written and announced there, who has seen an announcement"
        ),
        fields=("chat.TeamRoom: all", "chat.Sighting: all"),
        kept=_("the words under a key of their author and of the day that dies with them, the rest plain"),
        seen=_("who talks at the line; in the room of all lines, who talks at any of them; never a visitor"),
        gone=_(
            "after %(TEAM_ROOM_DAYS)s, up to an hour earlier; what somebody wrote at once when their account is forgotten"
        ),
    ),
    Row(
        datum=_("volunteers who were offered, or asked, to talk after a hard conversation, and who talks with them"),
        fields=("chat.Debrief: all",),
        kept=_("plain, without a word of it; declined or over: deleted at once"),
        seen=_("its volunteer; once they asked for it, who supervises the line; nobody else"),
        gone=_("%(DEBRIEF_DAYS)s after its last move"),
    ),
    Row(
        datum=_("lines, who works there now, how many they take, breaks, and until when somebody takes it easy"),
        fields=("chat.Line: all", "chat.Line_passes_on_to: all", "chat.Duty: all"),
        kept=PLAIN,
        seen=_("the line's team; administrators"),
        gone=_("stays; a duty with its account"),
    ),
    Row(
        datum=_(
            "standard messages: a volunteer's own, the lines', the house's; how often used, who suggested one for a line"
        ),
        fields=("chat.StandardMessage: all",),
        kept=_("plain; how often as a number alone, without by whom, when or in which conversation"),
        seen=_(
            "own ones their volunteer alone; a line's, the house's whoever talks there; how often and who suggested it also "
            "who supervises the line; administrators"
        ),
        gone=_("on removal; own ones, and who suggested one, with the account"),
    ),
    Row(
        datum=_("figures of conversations"),
        fields=("chat.ConversationFact: all",),
        kept=_("rows of their own without a way back to the conversation, times rounded to the hour"),
        seen=_("today's sums: who supervises the line; more of it nobody yet (statistics come later)"),
        gone=_("after %(FIGURE_DAYS)s"),
    ),
    Row(
        datum=_("answers to the survey and the wrap-up"),
        fields=("chat.GivenAnswers: all",),
        kept=_("rows of their own without a way back to the conversation, times rounded to the hour"),
        seen=NOBODY_YET,
        gone=_("after %(FIGURE_DAYS)s"),
    ),
    Row(
        datum=_("free texts of such answers"),
        fields=("chat.AnswerText: all",),
        kept=_("apart from the figures, by day"),
        seen=NOBODY_YET,
        gone=_("after %(ANSWER_TEXT_DAYS)s"),
    ),
    Row(
        datum=_("exclusion of abusive visitors"),
        fields=(),
        kept=_("a keyed mark of their network under an hourly key, in the cache"),
        seen=NOBODY,
        gone=_("after an hour"),
    ),
]


def figures():
    """What would be found of conversations right now, list of Figure. Five queries."""
    days = keyring().days()
    bodies = Event.objects.filter(sealed_body__isnull=False)
    conversations = Conversation.objects.all()
    return [
        Figure(
            Place.DISK, _("messages that open with the keys beside them"), counted(bodies.filter(key__key_due__in=days))
        ),
        Figure(Place.DUMP, _("conversations: when, how long, how they ended"), counted(conversations)),
        Figure(Place.DUMP, _("messages that stay closed without the keys"), counted(bodies)),
        Figure(Place.DUMP, _("conversations as a row of figures"), counted(ConversationFact.objects.all())),
        Figure(Place.DUMP, _("free texts after a conversation, in plain words"), counted(AnswerText.objects.all())),
    ]

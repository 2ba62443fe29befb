"""What the Bot API and this installation allow, each with its source."""

from __future__ import annotations

from typing import Final

from telegram.constants import InlineKeyboardButtonLimit, MessageLimit

TEXT: Final = int(MessageLimit.MAX_TEXT_LENGTH)
"""Characters of a message: 4,096 (Bot API, sendMessage)."""

CALLBACK_DATA: Final = int(InlineKeyboardButtonLimit.MAX_CALLBACK_DATA)
"""Bytes of a button's data: 64 (Bot API, InlineKeyboardButton)."""

DELETED_AT_ONCE: Final = 100
"""Messages one deleteMessages call may name (Bot API, deleteMessages)."""

CHAT_EVERY_SECONDS: Final = 1.0
"""At most one message a second in one chat (Bot API FAQ, "My bot is hitting limits")."""

GROUP_A_MINUTE: Final = 20
"""Messages a minute in one group (Bot API FAQ)."""

OVERALL_A_SECOND: Final = 30
"""Messages a second over all chats (Bot API FAQ)."""

ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
"""What we ask Telegram for. Edited messages are asked for only to say that edits are not read; posts in channels,
polls, payments and the rest never reach us."""

CHATS_AT_ONCE: Final = 64
"""Chats answered at the same time."""

POLL_SECONDS: Final = 25
"""How long Telegram holds a request for updates open when there are none."""

BUTTON_HOURS: Final = 48
"""How long a button can be pressed."""

DOUBLE_TAP_SECONDS: Final = 5.0
"""A second press of the same button within this time is the same tap."""

MESSAGES_A_MINUTE: Final = 30
"""Messages of one person answered in a minute; more than a hurried person types, less than a machine sends."""

CONFIRMATION_SECONDS: Final = 15
"""How long the confirmation of a wipe stays before it is deleted too."""

LONGEST_PAUSE: Final = 60.0
"""Seconds between two tries while Telegram cannot be reached."""

GIVE_UP_HOURS: Final = 24
"""After this, a message that could not be delivered is dropped: its moment has passed."""

AUTO_WIPE_HOURS: Final = (0, 1, 12, 24)
"""Quiet hours after which a chat is wiped, as people may choose; 0 is never. More than 24 would leave messages
that may no longer be deleted."""

REMIND_HOURS: Final = (1, 4, 24)
"""Hours after which somebody may ask to be reminded: before medicine's time runs out, or to send the report."""

REORDER_SECONDS: Final = 0.5
"""How long an update waits for one with a lower number that is still on its way: webhook calls may overtake each
other (Bot API, Update: numbers increase one by one, "to restore the correct update sequence")."""

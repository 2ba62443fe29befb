"""Telegram: updates in, messages out. Transport only; what is said comes from the gateway.

An update is recorded before Telegram is told that it arrived (`inbox`), answered in the order of its chat
(`conversations`, `turns`), and the answer is committed together with the conversation's new state
(`outbox`). So a process that dies repeats nothing and loses nothing. Messages are sent at the pace the Bot
API allows (`sender`) and their ids kept, to be deleted by `wiping`.
"""

"""The groups of the command line: one module for each subject, put together in `bot.cli`."""

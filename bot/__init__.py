"""The disclosure guide."""

from bot.processor import tell_openblas

tell_openblas()  # here, because nothing of the assistant's can import numpy before this

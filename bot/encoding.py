"""Puts the sentence encoder of the settings in place; called before any model is trained or read."""

from __future__ import annotations

from functools import lru_cache

from bot.settings import EncoderSettings, Settings
from bot.understanding.encoder import choose
from bot.understanding.onnx_encoder import OnnxEncoder


def choose_encoder(settings: Settings) -> None:
    """The operator's encoder when one is set, else the packaged one.

    Raises:
        EncoderError: the operator's encoder cannot be used.
    """
    choose(_read(settings.encoder) if settings.encoder else None)


@lru_cache(maxsize=1)
def _read(own: EncoderSettings) -> OnnxEncoder:
    return OnnxEncoder(own.folder, own.sha256)

"""A sentence encoder that an operator supplies: a folder with `model.onnx` and `tokenizer.json`, nothing fetched.

The model takes `input_ids`, `attention_mask` and, where it has it, `token_type_ids`, as sentence encoders exported to
ONNX do; its first output is either one vector a text or one a token, which are averaged. The file is used only when
its SHA-256 is the one in the settings: a model decides what people are answered.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final, Sequence

import numpy as np

from bot.understanding.encoder import MOST_CHARACTERS, Vectors

MODEL: Final = "model.onnx"
TOKENIZER: Final = "tokenizer.json"
MOST_TOKENS: Final = 128
"""Tokens of a text that are read."""

READ_AT_ONCE: Final = 1 << 20


class EncoderError(ValueError):
    """The encoder cannot be used; the message says why and what to do."""


class OnnxEncoder:
    """An encoder in a folder.

    Args:
        folder: with the two files.
        sha256: of the model file, in hexadecimal digits.

    Raises:
        EncoderError: a file or a library is missing, the checksum is another, or the model is of another form.
    """

    def __init__(self, folder: Path, sha256: str) -> None:
        model, tokenizer = folder / MODEL, folder / TOKENIZER
        for path in (model, tokenizer):
            if not path.is_file():
                raise EncoderError(f"The sentence encoder lacks {path.name} in {folder}.")
        found = _digest(model)
        if found != sha256.strip().lower():
            raise EncoderError(f"{MODEL} has the SHA-256 {found[:12]}…, not the one in DISCLOSURE_GUIDE_ENCODER_SHA256.")
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError:
            raise EncoderError("A sentence encoder of your own needs the packages of the extra “encoder”.") from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session: Any = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        except Exception as error:
            raise EncoderError(f"The sentence encoder cannot be read: {type(error).__name__}.") from None
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()
        self._takes = {each.name for each in self._session.get_inputs()}
        if not {"input_ids", "attention_mask"} <= self._takes:
            raise EncoderError(f"{MODEL} must take input_ids and attention_mask.")
        self.name = f"onnx-{found[:16]}"
        self.size = int(self.encode(["."]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """The vectors of texts. Never raises on any text."""
        readable = [text[:MOST_CHARACTERS].encode("utf-8", "replace").decode("utf-8") or "." for text in texts]
        read = self._tokenizer.encode_batch(readable)
        mask = np.array([each.attention_mask for each in read], dtype=np.int64)
        given = {
            "input_ids": np.array([each.ids for each in read], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.array([each.type_ids for each in read], dtype=np.int64),
        }
        output = self._session.run(None, {name: given[name] for name in given if name in self._takes})[0]
        vectors = np.asarray(output, dtype=np.float32)
        if vectors.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            vectors = (vectors * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1)
        length: Vectors = np.linalg.norm(vectors, axis=1, keepdims=True)
        result: Vectors = vectors / np.maximum(length, np.float32(1e-9))
        return result

    def frequent_pieces(self, texts: Sequence[str]) -> Sequence[int]:
        """None: a model of an unknown form has nothing that could be prepared."""
        return ()

    def prepare(self, pieces: Sequence[int]) -> None:
        """Does nothing."""


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(READ_AT_ONCE):
            digest.update(piece)
    return digest.hexdigest()

"""A sentence encoder supplied by the operator: a tiny one, made here."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

from bot.understanding.onnx_encoder import MODEL, TOKENIZER, EncoderError, OnnxEncoder

WORDS = {"[UNK]": 0, "secret": 1, "quiet": 2, "clinic": 3, ".": 4}
VECTORS = np.array([[0, 0, 1], [1, 0, 0], [1, 0.1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    table = helper.make_tensor("table", TensorProto.FLOAT, VECTORS.shape, VECTORS.ravel())
    whole = [helper.make_tensor_value_info(n, TensorProto.INT64, [None, None]) for n in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("vectors", TensorProto.FLOAT, [None, None, 3])
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["vectors"])], "tiny", whole, [output], [table]
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(tmp_path / MODEL))
    tokenizer = Tokenizer(WordLevel(WORDS, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(tmp_path / TOKENIZER))
    return tmp_path


def digest(folder: Path) -> str:
    return hashlib.sha256((folder / MODEL).read_bytes()).hexdigest()


def test_texts_become_the_average_of_their_words(folder: Path) -> None:
    encoder = OnnxEncoder(folder, digest(folder).upper())
    vectors = encoder.encode(["secret", "quiet secret", "clinic", "", "\ud800"])
    assert encoder.size == 3
    assert vectors[0] @ vectors[1] > 0.99
    assert vectors[0] @ vectors[2] == pytest.approx(0, abs=1e-6)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)


def test_another_file_than_the_one_agreed_on_is_refused(folder: Path) -> None:
    agreed = digest(folder)
    (folder / MODEL).write_bytes((folder / MODEL).read_bytes() + b"\0")
    with pytest.raises(EncoderError, match="SHA-256"):
        OnnxEncoder(folder, agreed)


def test_what_is_missing_is_named(folder: Path) -> None:
    (folder / TOKENIZER).unlink()
    with pytest.raises(EncoderError, match=r"tokenizer\.json"):
        OnnxEncoder(folder, digest(folder))


def test_a_file_that_is_no_model_is_refused(folder: Path) -> None:
    (folder / MODEL).write_bytes(b"not a model")
    with pytest.raises(EncoderError, match="cannot be read"):
        OnnxEncoder(folder, digest(folder))

"""A sentence-embedding model as small as can be, in the form of published ones: each word has a fixed vector.

The ONNX file is written here field by field (https://onnx.ai/onnx/intro/concepts.html): one Gather from a table.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

_FLOAT, _INT64 = 1, 7


def write_model(folder: Path, vectors: dict[str, list[float]]) -> None:
    """Writes `model.onnx` and `tokenizer.json`; words without a vector have one of zeros."""
    size = len(next(iter(vectors.values())))
    table = np.array([[0.0] * size, [0.0] * size, *vectors.values()], dtype=np.float32)
    words = {"[PAD]": 0, "[UNK]": 1, **{word: at for at, word in enumerate(vectors, start=2)}}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(_model(table))


def _model(table: np.ndarray) -> bytes:
    node = _text(1, "table") + _text(1, "input_ids") + _text(2, "vectors") + _text(4, "Gather")
    dimensions = b"".join(_number(1, length) for length in table.shape)
    tensor = dimensions + _number(2, _FLOAT) + _text(8, "table") + _field(9, table.tobytes())
    graph = (
        _field(1, node)
        + _text(2, "tiny")
        + _field(5, tensor)
        + _field(11, _value("input_ids", _INT64, 2))
        + _field(11, _value("attention_mask", _INT64, 2))
        + _field(12, _value("vectors", _FLOAT, 3))
    )
    return _number(1, 8) + _field(7, graph) + _field(8, _number(2, 13))


def _value(name: str, kind: int, rank: int) -> bytes:
    shape = b"".join(_field(1, _text(2, f"{name}_{axis}")) for axis in range(rank))
    return _text(1, name) + _field(2, _field(1, _number(1, kind) + _field(2, shape)))


def _varint(number: int) -> bytes:
    out = b""
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _field(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, content: str) -> bytes:
    return _field(field, content.encode())

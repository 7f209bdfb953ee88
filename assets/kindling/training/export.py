"""Writes a trained run as GGUF:   export.py RUN OUT.gguf [--type q8_0|q4_0|f32|f16] [--last] [--drafter DRAFTER_RUN OUT.gguf]

The running average of the weights is written, or the newest ones with --last. The architecture is plain `gemma4` (and
`gemma4-assistant`); the tokenizer and a chat template travel inside. Names and keys as ggml-org/llama.cpp reads them.
"""
import argparse, os, re
import numpy as np
import torch
import gguf
from model import Config
from tokenizer import SPECIAL, Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {"f32": gguf.F32, "f16": gguf.F16, "q8_0": gguf.Q8_0, "q4_0": gguf.Q4_0}
USER_DEFINED = {48, 49, 50, 51, 52, 100, 101}
FILE_TYPE = {"f32": 0, "f16": 1, "q4_0": 2, "q8_0": 7}


def add_tokenizer(w, tok):
    kinds = []
    for i, t in enumerate(tok.tokens):
        kinds.append(4 if i in USER_DEFINED else 3 if i in SPECIAL else 6 if re.fullmatch(r"<0x[0-9A-F]{2}>", t) else 5 if t.startswith("<unused") else 1)
    w.add("tokenizer.ggml.model", "gemma4")
    w.add("tokenizer.ggml.tokens", tok.tokens)
    w.add("tokenizer.ggml.scores", [-1000.] * len(tok))
    w.add("tokenizer.ggml.token_type", kinds)
    w.add("tokenizer.ggml.merges", [a + " " + b for a, b in tok.merges])
    for k, v in dict(bos=2, eos=106, eot=106, unknown=3, padding=0, mask=4).items():
        w.add(f"tokenizer.ggml.{k}_token_id", v)
    w.add("tokenizer.ggml.add_bos_token", True)
    w.add("tokenizer.ggml.add_space_prefix", False)
    w.add("tokenizer.chat_template", open(os.path.join(HERE, "chat_template.jinja"), encoding="utf-8").read())


def rope_freqs(c):
    n = c.hd_global // 2
    f = np.full(n, 1e30, np.float32)
    f[:int(n * c.rotated)] = 1
    return f


def common(w, c, name, kind):
    for k, v in {"type": "model", "name": name, "license": "apache-2.0", "size_label": "7M", "organization": "Hearth", "description": "A small starter model, trained from open and self-made text: see assets/kindling/README.md", "quantization_version": 2, "file_type": FILE_TYPE[kind], "sampling.temp": .3, "sampling.top_k": 20, "sampling.top_p": .9}.items():
        w.add("general." + k, v)
    w.arch_add("context_length", c.context)
    w.arch_add("vocab_size", c.vocab)
    w.arch_add("attention.layer_norm_rms_epsilon", 1e-6)
    w.arch_add("attention.key_length", c.hd_global); w.arch_add("attention.value_length", c.hd_global)
    w.arch_add("attention.key_length_swa", c.hd); w.arch_add("attention.value_length_swa", c.hd)
    w.arch_add("attention.sliding_window", c.window)
    w.arch_add("rope.freq_base", float(c.theta_global)); w.arch_add("rope.freq_base_swa", float(c.theta))
    w.arch_add("rope.dimension_count", c.hd_global); w.arch_add("rope.dimension_count_swa", c.hd)


def from_gguf(tensors):
    """The state of a model (model.Gemma) out of an exported file: {name: array} -> {name: tensor}."""
    out = {}
    for name, x in tensors.items():
        if name == "rope_freqs.weight":
            continue
        name = name.removesuffix(".weight")
        plain = name.rsplit(".", 1)[-1] == "layer_output_scale"
        out[name + ("" if x.ndim == 2 or plain else ".w")] = torch.from_numpy(np.array(x, np.float32))
    return out


def model(state, c, tok, path, kind):
    w = gguf.Writer("gemma4")
    common(w, c, "Kindling", kind)
    own = c.layers - c.shared
    w.arch_add("block_count", c.layers); w.arch_add("embedding_length", c.d)
    w.arch_add("feed_forward_length", [c.ff] * own + [c.ff_shared] * c.shared)
    w.arch_add("attention.head_count", c.heads); w.arch_add("attention.head_count_kv", 1)
    w.arch_add("attention.sliding_window_pattern", [not c.is_global(i) for i in range(c.layers)])
    w.arch_add("attention.shared_kv_layers", c.shared)
    w.arch_add("embedding_length_per_layer_input", c.p)
    w.arch_add("final_logit_softcapping", c.cap)
    add_tokenizer(w, tok)
    big = TYPES[kind]
    emb = gguf.Q8_0 if kind == "q4_0" else big
    for name, x in state.items():
        x = x.float().cpu().numpy()
        name = re.sub(r"\.w$", "", name)
        t = gguf.F32 if x.ndim == 1 else emb if "token_embd" in name else (gguf.F32 if kind == "f32" else gguf.BF16) if name == "per_layer_model_proj" else big
        w.tensor(name + ".weight", x, t)
    w.tensor("rope_freqs.weight", rope_freqs(c), gguf.F32)
    w.save(path)


def drafter(state, dc, c, tok, path, kind):
    w = gguf.Writer("gemma4-assistant")
    common(w, c, "Kindling drafter", kind)
    n = dc["layers"]
    w.arch_add("block_count", n); w.arch_add("nextn_predict_layers", n)
    w.arch_add("embedding_length", dc["h"]); w.arch_add("embedding_length_out", c.d); w.arch_add("feed_forward_length", dc["ff"])
    w.arch_add("attention.head_count", dc["heads"]); w.arch_add("attention.head_count_kv", [1] * n)
    w.arch_add("attention.sliding_window_pattern", [i < n - 1 for i in range(n)]); w.arch_add("attention.shared_kv_layers", n)
    w.arch_add("embedding_length_per_layer_input", 0)
    add_tokenizer(w, tok)
    names = {"pre": "nextn.pre_projection", "post": "nextn.post_projection"}
    for name, x in state.items():
        x = x.float().cpu().numpy()
        name = re.sub(r"\.w$", "", name)
        w.tensor(names.get(name, name) + ".weight", x, gguf.F32 if x.ndim == 1 else TYPES[kind])
    w.tensor("rope_freqs.weight", rope_freqs(c), gguf.F32)
    w.save(path)


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("run"); a.add_argument("out"); a.add_argument("--type", default="q8_0", choices=TYPES); a.add_argument("--last", action="store_true"); a.add_argument("--drafter", nargs=2)
    o = a.parse_args()
    c, tok = Config.load(os.path.join(o.run, "config.json")), Tokenizer.load(os.path.join(o.run, "tokenizer.json"))
    state = torch.load(os.path.join(o.run, "state.pt"), map_location="cpu")
    model(state["model"] if o.last else {**state["model"], **state["average"]}, c, tok, o.out, o.type)
    print(o.out, os.path.getsize(o.out), "bytes")
    if o.drafter:
        s = torch.load(os.path.join(o.drafter[0], "drafter.pt"), map_location="cpu")
        drafter(s["model"], s["config"], c, tok, o.drafter[1], o.type)
        print(o.drafter[1], os.path.getsize(o.drafter[1]), "bytes")

"""Writes small synthetic models of other families with seeded random weights, and small vocabularies of their kinds.

    python3 make_families.py OUT OUT_F32

Matrices are F16, and a copy with the same values in F32 goes to the second folder: record.cc asks llama.cpp what it
computes with that one, since its F16 products would round activations. Needs numpy only.
"""
import os
import struct
import sys

import numpy as np

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import gguf_io as G  # noqa: E402
from make_models import CHARS, CORPUS, bpe_train  # noqa: E402

STRINGS, INTS, FLOATS = (G.ARR, G.STR), (G.ARR, G.I32), (G.ARR, G.F32)


# ---------------------------------------------------------------- vocabularies
def spm_vocabulary(size, seed, specials, space_prefix, chars=CHARS):
    """Pieces with scores, as SentencePiece files carry them; some scores are equal, so that ties are met."""
    g = np.random.default_rng(seed)
    tokens, types = [t for t, _ in specials], [k for _, k in specials]
    scores = [0.0] * len(tokens)
    for i in range(256):
        tokens.append("<0x%02X>" % i), types.append(6), scores.append(0.0)
    for c in dict.fromkeys(chars):
        tokens.append(c), types.append(1), scores.append(-1000.0)
    rank, seen = 0, set(tokens)
    learned = [l + r for l, r in bpe_train(CORPUS, 170)]
    for piece in ["▁▁", "▁▁▁▁", "▁t", *learned]:
        if len(tokens) == size:
            break
        if piece in seen or not set(piece) <= set(chars):
            continue
        seen.add(piece)
        if g.random() >= 0.3:                                      # else the score of the piece before
            rank += 1
        tokens.append(piece), types.append(1), scores.append(-float(rank))
    assert len(tokens) == size
    q = "tokenizer.ggml."
    return [(q + "model", G.STR, "llama"), (q + "pre", G.STR, "default"), (q + "tokens", STRINGS, tokens),
            (q + "scores", FLOATS, scores), (q + "token_type", INTS, types),
            (q + "bos_token_id", G.U32, tokens.index("<bos>")), (q + "eos_token_id", G.U32, tokens.index("<eos>")),
            (q + "unknown_token_id", G.U32, tokens.index("<unk>")), (q + "add_bos_token", G.BOOL, True),
            (q + "add_space_prefix", G.BOOL, space_prefix)]


def byte_alphabet():
    """GPT-2's printable stand-ins for the 256 bytes."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    out, n = {b: chr(b) for b in shown}, 0
    for b in range(256):
        if b not in out:
            out[b] = chr(256 + n)
            n += 1
    return out


def byte_vocabulary(size, pre, specials, bos):
    """Byte-level pairs: words of bytes, the most frequent pair first."""
    import re
    alphabet = byte_alphabet()
    counts = {}
    for w in re.findall(r" ?[^\W\d_]+| ?\d| ?[^\s\w]+|\s+", CORPUS):
        word = "".join(alphabet[b] for b in w.encode())
        counts[word] = counts.get(word, 0) + 1
    words = [(list(w), c) for w, c in counts.items()]
    tokens, types, merges = [alphabet[b] for b in range(256)], [1] * 256, []
    # A word that its merges do not reach: files of this kind take it whole where it stands alone (ignore_merges).
    whole = "".join(alphabet[b] for b in " umbrellas".encode())
    room = size - 256 - len(specials) - 1
    for left, right in [("1", "2"), ("12", "3"), ("4", "5"), ("0", "0")]:  # so that the number of digits in a word shows
        merges.append(left + " " + right)
        tokens.append(left + right), types.append(1)
    while len(merges) < room:
        pairs = {}
        for s, c in words:
            for p in zip(s, s[1:]):
                pairs[p] = pairs.get(p, 0) + c
        pairs = {p: c for p, c in pairs.items() if p[0] + p[1] not in tokens}
        best = max(pairs, key=lambda p: (pairs[p], p))
        merges.append(best[0] + " " + best[1])
        tokens.append(best[0] + best[1]), types.append(1)
        for s, _ in words:
            i = 0
            while i + 1 < len(s):
                if (s[i], s[i + 1]) == best:
                    s[i:i + 2] = [best[0] + best[1]]
                i += 1
    assert whole not in tokens
    tokens.append(whole), types.append(1)
    for t, k in specials:
        tokens.append(t), types.append(k)
    q = "tokenizer.ggml."
    kv = [(q + "model", G.STR, "gpt2"), (q + "pre", G.STR, pre), (q + "tokens", STRINGS, tokens),
          (q + "token_type", INTS, types), (q + "merges", STRINGS, merges)]
    if bos:
        kv.append((q + "bos_token_id", G.U32, tokens.index(bos)))
    return kv + [(q + "eos_token_id", G.U32, tokens.index(specials[1][0]))]


GEMMA = [("<pad>", 3), ("<eos>", 3), ("<bos>", 3), ("<unk>", 2), ("<start_of_turn>", 3), ("<end_of_turn>", 3), ("<b>", 4),
         ("\n", 4), ("\n\n", 4), ("\n\n\n", 4), ("\t", 4), ("<unused0>", 3)]
LLAMA2 = [("<unk>", 2), ("<bos>", 3), ("<eos>", 3), ("<|user|>", 4)]
LLAMA3 = [("<|begin_of_text|>", 3), ("<|end_of_text|>", 3), ("<|eot_id|>", 3), ("<|start_header_id|>", 3)]
QWEN = [("<|endoftext|>", 3), ("<|im_end|>", 3), ("<|im_start|>", 3), ("<think>", 4), ("</think>", 4)]
VOCABULARY = {
    "gemma": lambda n: spm_vocabulary(n, 1, GEMMA, False),
    "few": lambda n: spm_vocabulary(n, 3, GEMMA[:6], False, "▁etaoinshrdlu"), "llama2": lambda n: spm_vocabulary(n, 2, LLAMA2, True),
    "llama3": lambda n: byte_vocabulary(n, "llama-bpe", LLAMA3, "<|begin_of_text|>"),
    "qwen": lambda n: byte_vocabulary(n, "qwen2", QWEN, None)}

# ---------------------------------------------------------------- models
SPECS = {
    # 5 sliding layers and a global one; linear scaling of the global one; a head dimension that is not dim / heads
    "gemma3": dict(seed=31, arch="gemma3", d=48, layers=7, heads=2, kv=1, hd=32, ff=64, window=12, period=6, post=True,
                   qk_norm=True, base=1e6, stretch=8.0, vocab="gemma"),
    # llama.cpp fixes rank 64, 256 values a layer and 20 owners of keys and values; layer 20 shares a sliding layer's,
    # layer 21 a global one's
    "gemma3n": dict(seed=32, arch="gemma3n", d=32, layers=22, heads=2, kv=1, hd=16, ff=128, window=10, period=5, post=True,
                    qk_norm=True, base=1e6, streams=4, rank=64, ple=256, owners=20, vocab="few", size=296),
    # Llama 2: adjacent pairs, a head of its own, biases on the outputs of attention and feed-forward
    "llama2": dict(seed=33, arch="llama", d=48, layers=4, heads=3, kv=3, hd=16, ff=80, base=1e4, own_head=True,
                   bias=("attn_output", "ffn_gate", "ffn_up", "ffn_down"), vocab="llama2"),
    # Llama 3.1: divisors on all layers, shared key heads, tied head; biases on q, k, v
    "llama3": dict(seed=34, arch="llama", d=64, layers=3, heads=4, kv=2, hd=16, ff=80, base=5e5, divisors=True,
                   bias=("attn_q", "attn_k", "attn_v"), vocab="llama3"),
    "qwen3": dict(seed=35, arch="qwen3", d=48, layers=3, heads=4, kv=2, hd=32, ff=96, base=1e6, qk_norm=True,
                  vocab="qwen"),
}


def build(name, s):
    g = np.random.default_rng(s["seed"])
    d, L, hd, t, V = s["d"], s["layers"], s["hd"], [], s.get("size", 420)
    gemma = s["arch"].startswith("gemma")

    def mat(n, rows, cols, gain=1.0, lead=()):
        t.append((n, (g.standard_normal((*lead, rows, cols)) * (gain / np.sqrt(cols))).astype(np.float32)))

    def vec(n, size, mean=1.0, spread=0.3):
        t.append((n, (mean * (1 + spread * g.uniform(-1, 1, size))).astype(np.float32)))

    def bias(n, size):
        t.append((n, (0.3 * g.standard_normal(size)).astype(np.float32)))

    mat("token_embd.weight", V, d, 1.0 if gemma else np.sqrt(d))
    vec("output_norm.weight", d, 2.2)
    t[-1][1][...] *= g.choice([-1, 1], d).astype(np.float32)       # else the tied head repeats the input token
    if s.get("own_head"):
        mat("output.weight", V, d, 1.0)
    elif not gemma:
        t[-1][1][...] /= np.sqrt(d)
    if s.get("divisors"):
        t.append(("rope_freqs.weight", np.array([1, 1, 1, 1.5, 3, 6, 8, 8], np.float32)))
    P, n, own = s.get("ple", 0), s.get("streams", 0), s.get("owners", L)
    if P:
        blocks = g.integers(0, 256, (V * P * L // 32, 18), dtype=np.uint8)
        blocks[:, :2] = (0.25 / np.sqrt(P) * (1 + g.random((len(blocks), 1)))).astype("<f2").view(np.uint8)
        t.append(("per_layer_token_embd.weight", (2, (V, P * L), blocks.tobytes())))
        mat("per_layer_model_proj.weight", P * L, d, np.sqrt(d))
        vec("per_layer_proj_norm.weight", P, 0.9, 0.4)
    if n:
        mat("altup_proj.weight", d, d, 1.0, (n - 1,))
        mat("altup_unembd_proj.weight", d, d, 1.0, (n - 1,))
    for il in range(L):
        b = "blk.%d." % il
        vec(b + "attn_norm.weight", d)
        widths = {"attn_q": (s["heads"] * hd, d), "attn_k": (s["kv"] * hd, d), "attn_v": (s["kv"] * hd, d),
                  "attn_output": (d, s["heads"] * hd), "ffn_gate": (s["ff"], d), "ffn_up": (s["ff"], d),
                  "ffn_down": (d, s["ff"])}
        for part, (rows, cols) in widths.items():
            gain = 1.5 if part in ("ffn_gate", "ffn_up", "attn_q", "attn_k") else 1.0
            mat(b + part + ".weight", rows, cols, gain)
            if part in s.get("bias", ()):
                bias(b + part + ".bias", rows)
        if s.get("qk_norm"):
            vec(b + "attn_q_norm.weight", hd, 1.5 if s["arch"] != "gemma3n" else 1.0)
            vec(b + "attn_k_norm.weight", hd, 1.5 if s["arch"] != "gemma3n" else 1.5 / np.sqrt(hd))
        vec(b + "ffn_norm.weight", d)
        if s.get("post"):
            vec(b + "post_attention_norm.weight", d, 0.6, 0.4)
            vec(b + "post_ffw_norm.weight", d, 0.6, 0.4)
        if P:
            mat(b + "inp_gate.weight", P, d)
            mat(b + "proj.weight", d, P)
            vec(b + "post_norm.weight", d, 0.4, 0.4)
        if n:
            mat(b + "altup_router.weight", n, d, 0.7 * np.sqrt(d))
            t[-1][1][...] *= np.sqrt(d)                            # the router's input is divided by d
            vec(b + "altup_router_norm.weight", d)
            mat(b + "altup_predict_coef.weight", n * n, n, 0.3)
            mat(b + "altup_correct_coef.weight", n, n, 0.5)
            vec(b + "altup_correct_scale.weight", d)
            mat(b + "laurel_l.weight", s["rank"], d)
            mat(b + "laurel_r.weight", d, s["rank"])
            vec(b + "laurel_post_norm.weight", d, 0.4, 0.4)
    p = s["arch"] + "."
    kv = [("general.architecture", G.STR, s["arch"]), ("general.type", G.STR, "model"), ("general.name", G.STR, name),
          ("general.file_type", G.U32, 0), (p + "block_count", G.U32, L), (p + "context_length", G.U32, 1024),
          (p + "embedding_length", G.U32, d), (p + "feed_forward_length", G.U32, s["ff"]),
          (p + "attention.head_count", G.U32, s["heads"]), (p + "attention.head_count_kv", G.U32, s["kv"]),
          (p + "attention.layer_norm_rms_epsilon", G.F32, 1e-6), (p + "rope.freq_base", G.F32, s["base"])]
    if s["arch"] == "llama":
        kv += [(p + "rope.dimension_count", G.U32, hd)]            # no key_length: it is dim / heads
    else:
        kv += [(p + "attention.key_length", G.U32, hd), (p + "attention.value_length", G.U32, hd)]
    if s.get("window"):
        kv.append((p + "attention.sliding_window", G.U32, s["window"]))
    if s.get("stretch"):
        kv += [(p + "rope.scaling.type", G.STR, "linear"), (p + "rope.scaling.factor", G.F32, s["stretch"])]
    if n:
        scale = [1.6448533535003662] * 10 + [float("-inf")] * (L - 10)
        kv += [(p + "embedding_length_per_layer_input", G.U32, P), (p + "altup.num_inputs", G.U32, n),
               (p + "altup.active_idx", G.U32, 0), (p + "attention.shared_kv_layers", G.U32, L - own),
               (p + "attention.sliding_window_pattern", (G.ARR, G.BOOL), [il % 5 != 4 and il != 21 for il in range(L)]),
               (p + "activation_sparsity_scale", FLOATS, scale), (p + "final_logit_softcapping", G.F32, 30.0)]
    return kv + VOCABULARY[s["vocab"]](V), t


def write(path, kv, tensors, wide):
    """As gguf_io.write, but matrices are F16 unless `wide`, and a tensor may come as (type, shape, raw blocks)."""
    out, data, offset = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(kv))], [], 0
    for k, t, v in kv:
        out += [G._s(k), struct.pack("<I", G.ARR if isinstance(t, tuple) else t), G._value(t, v)]
    for name, a in tensors:
        if isinstance(a, tuple):
            kind, shape, raw = a if not wide else (0, a[1], G.dequant(*a).astype("<f4").tobytes())
        elif a.ndim == 1:
            kind, shape, raw = 0, a.shape, a.astype("<f4").tobytes()
        else:
            half = a.astype("<f2")
            kind, shape, raw = (0, a.shape, half.astype("<f4").tobytes()) if wide else (1, a.shape, half.tobytes())
        out += [G._s(name), struct.pack("<I", len(shape)), struct.pack("<%dQ" % len(shape), *shape[::-1]),
                struct.pack("<IQ", kind, offset)]
        raw += b"\0" * (-len(raw) % 32)
        data.append(raw)
        offset += len(raw)
    head = b"".join(out)
    with open(path, "wb") as f:
        f.write(head + b"\0" * (-len(head) % 32) + b"".join(data))


def main(out, out_f32):
    for name, s in SPECS.items():
        kv, tensors = build(name, s)
        write("%s/%s.gguf" % (out, name), kv, tensors, False)
        write("%s/%s.gguf" % (out_f32, name), kv, tensors, True)
        print(name, os.path.getsize("%s/%s.gguf" % (out, name)), "bytes")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])

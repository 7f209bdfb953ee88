"""Rounding-aware training: the weights go through the model as their file will hold them, the optimiser keeps the full ones.

The gradient of the rounded weights is used for the full ones (a "straight-through" estimate, Bengio et al., 2013). Rounding
is GGUF's Q8_0 or Q4_0: blocks of 32 along a row with one half-precision scale. Embeddings are Q8_0 in either file.
"""
import contextlib
import torch

BLOCK = 32


def q8_0(x):
    """x: rows, columns (a multiple of 32) float32 -> the values that a Q8_0 file holds."""
    b = x.view(*x.shape[:-1], -1, BLOCK)
    d = b.abs().amax(-1, keepdim=True) / 127
    q = torch.where(d > 0, b / d, 0.).round()
    return (q * d.half().float()).view_as(x)


def q4_0(x):
    """The same for Q4_0: the value of the largest size, with its sign, becomes -8."""
    b = x.view(*x.shape[:-1], -1, BLOCK)
    top = b.gather(-1, b.abs().argmax(-1, keepdim=True))
    d = top / -8
    q = torch.where(d != 0, b / d, 0.).add(8.5).trunc().clamp(0, 15) - 8
    return (q * d.half().float()).view_as(x)


KINDS = {"q8_0": q8_0, "q4_0": q4_0}


def rounded(named_parameters, kind):
    """[(parameter, function)] for all that a file of this kind rounds."""
    return [(p, q8_0 if "token_embd" in n else KINDS[kind]) for n, p in named_parameters if p.ndim == 2 and n != "per_layer_model_proj"]


@contextlib.contextmanager
def as_in_the_file(parts):
    """Inside, the parameters hold rounded values; afterwards the full ones again (their gradients stay)."""
    with torch.no_grad():
        full = [p.clone() for p, _ in parts]
        for p, f in parts:
            p.copy_(f(p))
    try:
        yield
    finally:
        with torch.no_grad():
            for (p, _), x in zip(parts, full):
                p.copy_(x)

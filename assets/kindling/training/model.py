"""Gemma 4 E2B in small: per-layer embeddings, sliding and global layers, KV shared by the upper layers, QK-norm, GeGLU, tied head.

Shapes in comments: B rows, T positions, d hidden, H query heads, K KV heads (1), hd head size, P per-layer embedding size.
Matrix products run in bfloat16 (oneDNN on CPU, tensor cores on GPU), everything else in float32.
"""
import dataclasses, json, math
import torch
import torch.nn.functional as F
from torch import nn

HALF = torch.bfloat16             # type of the matrix products; a comparison with another engine sets float32


@dataclasses.dataclass
class Config:
    vocab: int = 4096
    d: int = 256
    layers: int = 6
    period: int = 3                # every period-th layer is global; the last layer must be
    heads: int = 4
    hd: int = 32                   # head size, sliding
    hd_global: int = 64
    ff: int = 512                  # layers that own KV
    ff_shared: int = 1024          # layers that borrow KV (Gemma 4 E2B doubles it there)
    shared: int = 3                # the upper `shared` layers borrow KV
    p: int = 32                    # 0 switches per-layer embeddings off
    window: int = 128
    theta: float = 1e4
    theta_global: float = 1e6
    rotated: float = .25           # part of the pairs that rotate in global layers
    cap: float = 30.
    context: int = 2048

    def is_global(self, i):
        return (i + 1) % self.period == 0

    def kv_from(self, i):
        """The layer whose K and V layer i attends to: itself, or the last owning layer of its kind."""
        own = self.layers - self.shared
        return i if i < own else max(j for j in range(own) if self.is_global(j) == self.is_global(i))

    def dump(self, path):
        with open(path, "w") as f:
            json.dump(dataclasses.asdict(self), f, indent=1)

    @classmethod
    def load(cls, path):
        with open(path) as f:
            return cls(**json.load(f))


SHAPES = {
    "spark": Config(d=128, layers=6, ff=384, ff_shared=768, p=32, hd=32, hd_global=64),            # about 1.8 M active
    "kindling": Config(),                                                                          # about 5 M active
    "kindling64": Config(hd=64, hd_global=128, window=256),                                                    # the same with wide heads: sharper copying
    "blaze": Config(d=256, layers=8, period=4, shared=4, ff=768, ff_shared=1536, p=64, hd=64, hd_global=128, window=256),   # about 10 M active
    "bonfire": Config(d=384, layers=10, period=5, shared=5, ff=1024, ff_shared=2048, p=64, hd=64, hd_global=128, heads=6, window=256),
}


def rms(x, w=None):
    """x / rms(x) * w over the last axis, in float32 (plain torch: the compiler fuses it with its neighbours)."""
    x = x.float()
    n = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6)
    return n if w is None else n * w


def mm(x, w):
    return F.linear(x.to(HALF), w.to(HALF))


def gelu(x):
    """The tanh form of GELU, written with a sigmoid: the same function, and cheaper where tanh is slow."""
    y = x.float()
    return (y * torch.sigmoid(1.5957691216 * (y + 0.044715 * y * y * y))).to(x.dtype)


class Norm(nn.Module):
    def __init__(self, n, init=1.):
        super().__init__()
        self.w = nn.Parameter(torch.full((n,), float(init)))

    def forward(self, x):
        return rms(x, self.w)


def matrix(out, inp):
    return nn.Parameter(torch.randn(out, inp) * inp ** -.5)


def rope_table(c, glob, length):
    hd, base = (c.hd_global, c.theta_global) if glob else (c.hd, c.theta)
    f = base ** (-torch.arange(0, hd, 2).float() / hd)
    if glob:
        f[int(len(f) * c.rotated):] = 0.
    a = torch.arange(length).float()[:, None] * f                     # T, hd/2
    return torch.cat([a.cos(), a.cos()], -1), torch.cat([-a.sin(), a.sin()], -1)


def rotate(x, cos, sin):
    """Pairs are (i, i + hd/2). x: B, heads, T, hd."""
    h = x.shape[-1] // 2
    return x * cos + torch.cat([x[..., h:], x[..., :h]], -1) * sin


class Layer(nn.Module):
    def __init__(self, c, i):
        super().__init__()
        self.c, self.i, self.glob = c, i, c.is_global(i)
        self.owns = c.kv_from(i) == i
        hd = self.hd = c.hd_global if self.glob else c.hd
        ff = c.ff if self.owns else c.ff_shared
        post = (2 * c.layers) ** -.5
        self.attn_norm, self.post_attention_norm = Norm(c.d), Norm(c.d, post)
        self.attn_q, self.attn_output = matrix(c.heads * hd, c.d), matrix(c.d, c.heads * hd)
        self.attn_q_norm = Norm(hd)
        if self.owns:
            self.attn_k, self.attn_v, self.attn_k_norm = matrix(hd, c.d), matrix(hd, c.d), Norm(hd, 1.5 * hd ** -.5)
        self.ffn_norm, self.post_ffw_norm = Norm(c.d), Norm(c.d, post)
        self.ffn_gate, self.ffn_up, self.ffn_down = matrix(ff, c.d), matrix(ff, c.d), matrix(c.d, ff)
        if c.p:
            self.inp_gate, self.proj, self.post_norm = matrix(c.p, c.d), matrix(c.d, c.p), Norm(c.d, post)
        self.layer_output_scale = nn.Parameter(torch.ones(1))

    def forward(self, x, ple, kv, mask, rope):
        c, (B, T, _) = self.c, x.shape
        n = self.attn_norm(x)
        q = mm(n, self.attn_q).view(B, T, c.heads, self.hd).transpose(1, 2)
        q = rotate(self.attn_q_norm(q), *rope)                                       # B, H, T, hd
        if self.owns:
            k = mm(n, self.attn_k).view(B, T, 1, self.hd).transpose(1, 2)
            v = mm(n, self.attn_v).view(B, T, 1, self.hd).transpose(1, 2)
            kv[self.i] = rotate(self.attn_k_norm(k), *rope).to(HALF), rms(v).to(HALF)
        k, v = kv[c.kv_from(self.i)]                                                # B, 1, T, hd
        q = q.to(HALF)
        s = torch.bmm(q.reshape(B, c.heads * T, self.hd), k[:, 0].transpose(1, 2)).view(B, c.heads, T, T)
        p = torch.softmax(s.float() + mask, -1).to(HALF)
        o = torch.bmm(p.view(B, c.heads * T, T), v[:, 0]).view(B, c.heads, T, self.hd).transpose(1, 2).reshape(B, T, -1)
        x = x + self.post_attention_norm(mm(o, self.attn_output))
        n = self.ffn_norm(x)
        f = mm(gelu(mm(n, self.ffn_gate)) * mm(n, self.ffn_up), self.ffn_down)
        x = x + self.post_ffw_norm(f)
        if c.p:
            g = gelu(mm(x, self.inp_gate)) * ple.to(HALF)
            x = x + self.post_norm(mm(g, self.proj))
        return x * self.layer_output_scale


@torch.no_grad()
def start_with_previous_token_heads(m, layers=(0, 1), pairs=6, gain=2.4):
    """Let half of the query heads of the first layers start by looking one position back, whatever the tokens are.

    All embeddings get a shared direction u; W_k maps u to a fixed key and W_q to the same key turned by one RoPE step, in the
    `pairs` fastest pairs, so their product peaks at distance one. Copying ("induction") heads need such heads below them;
    found from a random start they take far more steps than a CPU budget has. Training may change all of it.
    """
    c = m.c
    u = F.normalize(torch.randn(c.d), dim=0)
    m.token_embd += u * m.token_embd.norm(dim=1).mean()
    for i in layers:
        a = m.blk[i]
        f = (c.theta_global if a.glob else c.theta) ** (-torch.arange(0, a.hd, 2).float() / a.hd)
        amp = (torch.arange(a.hd // 2) < pairs).float()
        key, query = torch.cat([amp, 0 * amp]), torch.cat([amp * f.cos(), -amp * f.sin()])
        a.attn_k.mul_(.3).add_(gain * torch.outer(key, u))
        for h in range(c.heads // 2):
            a.attn_q[h * a.hd:(h + 1) * a.hd].mul_(.3).add_(gain * torch.outer(query, u))


class Gemma(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.token_embd = nn.Parameter(torch.randn(c.vocab, c.d) * c.d ** -.5)
        self.output_norm = Norm(c.d)
        if c.p:
            self.per_layer_token_embd = nn.Parameter(torch.randn(c.vocab, c.p * c.layers) * c.p ** -.5)
            self.per_layer_model_proj, self.per_layer_proj_norm = matrix(c.p * c.layers, c.d), Norm(c.p)
        self.blk = nn.ModuleList(Layer(c, i) for i in range(c.layers))
        for glob in (False, True):
            cos, sin = rope_table(c, glob, c.context)
            self.register_buffer(f"cos{int(glob)}", cos, persistent=False)
            self.register_buffer(f"sin{int(glob)}", sin, persistent=False)

    def masks(self, doc):
        """doc: B, T document numbers. Additive masks (sliding, global): same document, causal, window."""
        T = doc.shape[1]
        i = torch.arange(T, device=doc.device)
        causal = i[:, None] >= i[None]
        near = causal & (i[:, None] - i[None] < self.c.window)
        same = doc[:, :, None] == doc[:, None]
        minus = torch.tensor(-1e9, device=doc.device)
        zero = torch.tensor(0., device=doc.device)
        return [torch.where(same & m, zero, minus)[:, None] for m in (near, causal)]

    def forward(self, ids, doc=None, kv=None):
        """ids: B, T -> hidden states after output_norm: B, T, d. `kv` (a dict) receives K and V of the owning layers."""
        c, (B, T) = self.c, ids.shape
        kv = {} if kv is None else kv
        mask = self.masks(torch.zeros_like(ids) if doc is None else doc)
        x = F.embedding(ids, self.token_embd) * c.d ** .5
        ple = [None] * c.layers
        if c.p:
            t = F.embedding(ids, self.per_layer_token_embd).view(B, T, c.layers, c.p) * c.p ** .5
            ctx = self.per_layer_proj_norm((mm(x, self.per_layer_model_proj).float() * c.d ** -.5).view(B, T, c.layers, c.p))
            ple = ((t + ctx) * 2 ** -.5).unbind(2)
        for i, layer in enumerate(self.blk):
            g = int(layer.glob)
            rope = getattr(self, f"cos{g}")[:T], getattr(self, f"sin{g}")[:T]
            x = layer(x, ple[i], kv, mask[g], rope)
        return self.output_norm(x)

    def logits(self, h):
        z = mm(h, self.token_embd).float()
        return self.c.cap * torch.tanh(z / self.c.cap)

    def counts(self):
        total = sum(p.numel() for p in self.parameters())
        table = self.per_layer_token_embd.numel() if self.c.p else 0
        return {"total": total, "ple_table": table, "active": total - table, "active_without_head": total - table - self.token_embd.numel()}

    @torch.no_grad()
    def greedy(self, ids, stop, limit=120):
        """Greedy continuation of one prompt (no cache: the model is small)."""
        ids = list(ids)
        start = len(ids)
        while len(ids) - start < limit and len(ids) < self.c.context:
            nxt = int(self.logits(self(torch.tensor([ids], device=self.token_embd.device))[:, -1]).argmax())
            ids.append(nxt)
            if nxt in stop:
                break
        return ids[start:]

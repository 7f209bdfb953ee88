"""Muon for the matrices, Adam for everything else (embeddings, norms, scalars).

Muon: momentum, then the nearest orthogonal matrix by five Newton-Schulz steps (K. Jordan et al., 2024,
https://kellerjordan.github.io/posts/muon/). Measured against Adam alone by compare_optimizers.py.
"""
import torch


def orthogonalize(g, steps=5):
    """The nearest (semi-)orthogonal matrices, roughly. g: n, rows, columns float32 -> the same shape."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.to(torch.bfloat16)
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.float().square().sum((1, 2), keepdim=True).sqrt() + 1e-7).to(x.dtype)
    for _ in range(steps):
        s = torch.bmm(x, x.transpose(1, 2))
        x = a * x + torch.bmm(b * s + c * torch.bmm(s, s), x)
    return (x.transpose(1, 2) if tall else x).float()


def muon_update(p, g, m, momentum, lr):
    """One step for a stack of equal matrices, all n x rows x columns: the new weights and the new momentum."""
    m = m + (g - m) * (1 - momentum)
    scale = max(1, p.shape[1] / p.shape[2]) ** .5
    return p - lr * scale * orthogonalize(g + (m - g) * momentum), m


class Muon(torch.optim.Optimizer):
    """Equal shapes are stepped together: a few batched products instead of many small ones."""

    update = staticmethod(muon_update)                 # train.py puts the compiled form here

    def __init__(self, params, lr=.02, momentum=.95):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            kinds = {}
            for p in group["params"]:
                if p.grad is not None:
                    kinds.setdefault(tuple(p.shape), []).append(p)
            for ps in kinds.values():
                for p in ps:
                    if not self.state[p]:
                        self.state[p]["m"] = torch.zeros_like(p)
                ms = [self.state[p]["m"] for p in ps]
                new, m = self.update(torch.stack(ps), torch.stack([p.grad for p in ps]), torch.stack(ms), group["momentum"], torch.tensor(group["lr"]))
                torch._foreach_copy_(ps, list(new))
                torch._foreach_copy_(ms, list(m))


def make_optimizers(m, lr=.02, lr_adam=3e-3, kind="muon"):
    """[optimiser for the matrices, optimiser for the rest]; each group remembers its full rate as `base`."""
    matrices = [p for n, p in m.named_parameters() if p.ndim == 2 and "token_embd" not in n]
    rest = [p for n, p in m.named_parameters() if p.ndim == 1 or "token_embd" in n]
    adam = dict(betas=(.9, .97), eps=1e-8, weight_decay=0., foreach=True)
    first = Muon(matrices, lr=lr) if kind == "muon" else torch.optim.AdamW(matrices, lr=lr, **adam)
    opts = [first, torch.optim.AdamW(rest, lr=lr_adam, **adam)]
    for o in opts:
        for g in o.param_groups:
            g["base"] = g["lr"]
    return opts

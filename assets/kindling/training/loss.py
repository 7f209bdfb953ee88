"""Cross-entropy through the tied head, a chunk of positions at a time, with the gradient made on the way forward.

The scores of one chunk (positions x vocabulary) stay in the cache and are never kept: on a CPU the head is the most
expensive elementwise part of a small model. Same idea as the "cut" or "fused linear" cross-entropies of larger trainers.
"""
import torch

CHUNK = 256


def _chunk(h, e, target, cap):
    """Loss (a sum) of one chunk, and the gradients of it with respect to h and e. h: n, d; e: vocabulary, d (bf16)."""
    z = torch.tanh((h @ e.T).float() * (1. / cap))
    y = z * cap
    top = y.amax(-1, keepdim=True)
    p = torch.exp(y - top)
    total = p.sum(-1, keepdim=True)
    want = (target >= 0).float()[:, None]
    at = target.clamp(min=0)[:, None]
    loss = ((torch.log(total) + top - y.gather(1, at)) * want).sum()
    g = p / total
    hot = torch.arange(e.shape[0], device=e.device)[None] == at
    g = ((g - hot.float()) * (1. - z * z) * want).to(h.dtype)
    return loss, g @ e, g.T @ h


class HeadLoss(torch.autograd.Function):
    chunk = staticmethod(_chunk)

    @staticmethod
    def forward(ctx, h, embedding, target, cap):
        """h: n, d float32 with n a multiple of CHUNK; target: n, -1 where there is none -> the sum of the losses."""
        half, e = h.to(torch.bfloat16), embedding.to(torch.bfloat16)
        loss, gh, ge = 0., [], torch.zeros_like(embedding)
        for i in range(0, len(h), CHUNK):
            part, a, b = HeadLoss.chunk(half[i:i + CHUNK], e, target[i:i + CHUNK], cap)
            loss, ge = loss + part, ge.add_(b)
            gh.append(a)
        ctx.save_for_backward(torch.cat(gh).float(), ge)
        return loss

    @staticmethod
    def backward(ctx, g):
        gh, ge = ctx.saved_tensors
        return gh * g, ge * g, None, None


def head_loss(h, embedding, target, cap):
    """Mean cross-entropy over the wanted positions. h: B, T, d; target: B, T (the token after each position, -1: not learned)."""
    at = (target.flatten() >= 0).nonzero()[:, 0]
    n = len(at)
    pad = -n % CHUNK
    hs, ts = h.flatten(0, 1)[at], target.flatten()[at]
    if pad:
        hs, ts = torch.cat([hs, hs.new_zeros(pad, hs.shape[1])]), torch.cat([ts, ts.new_full((pad,), -1)])
    return HeadLoss.apply(hs, embedding, ts, cap) / max(n, 1)

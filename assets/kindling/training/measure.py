"""Numbers of a trained run, in torch:   measure.py RUN [--items 200] [--last]

The loss on the replies of held-out dialogues and the part of their tokens guessed right, with plain and with rounded weights.
The running average of the weights is measured (and shipped) unless --last is given. Skills are graded by ../grade.ts.
"""
import argparse, os, random, sys
import torch
import torch.nn.functional as F
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generators"))
import gguf
from model import Config, Gemma
from tokenizer import Tokenizer

STOP = {1, 106, 50}                # <eos>, <turn|>, <|tool_response>


def load(run, last=False, rounding=None):
    """(model, tokenizer, checkpoint) of a run. rounding: None, "q8_0" or "q4_0" (embeddings stay Q8_0, as in the files)."""
    m = Gemma(Config.load(os.path.join(run, "config.json")))
    state = torch.load(os.path.join(run, "state.pt"), map_location="cpu")
    m.load_state_dict(state["model"])
    if not last:
        m.load_state_dict(state["average"], strict=False)
    if rounding:
        round_weights(m, rounding)
    return m.eval(), Tokenizer.load(os.path.join(run, "tokenizer.json")), state


def round_weights(m, kind):
    values = {"q8_0": gguf.q8_0_values, "q4_0": gguf.q4_0_values}
    for n, p in m.named_parameters():
        if p.ndim == 2 and n != "per_layer_model_proj":
            p.data = torch.from_numpy(values["q8_0" if "token_embd" in n else kind](p.data.numpy()))


@torch.no_grad()
def reply_loss(m, tok, items=200, seed="loss"):
    """(mean cross-entropy a token, part of the tokens that are guessed right) over the replies of held-out dialogues."""
    from chat import pieces
    from mix import sample
    rng, total, hit, n = random.Random(seed), 0., 0, 0
    for _ in range(items):
        ids, learn = [], []
        for text, on in pieces(sample(rng, test=True)):
            t = tok.encode(text)
            ids += t
            learn += [on] * len(t)
        ids, want = torch.tensor([ids]), torch.tensor(learn[1:])
        z, target = m.logits(m(ids)[0, :-1][want]), ids[0, 1:][want]
        total += float(F.cross_entropy(z, target, reduction="sum"))
        hit += int((z.argmax(-1) == target).sum())
        n += int(want.sum())
    return total / n, hit / n


@torch.no_grad()
def generate(m, prompts, limit=64, batch=24):
    """Greedy continuations of token lists, several rows at once (right padding is harmless under a causal mask)."""
    out = [None] * len(prompts)
    order = sorted(range(len(prompts)), key=lambda i: len(prompts[i]))
    for b in range(0, len(order), batch):
        live = {i: list(prompts[i]) for i in order[b:b + batch]}
        while live:
            rows = list(live)
            ids = torch.zeros(len(rows), max(len(live[i]) for i in rows), dtype=torch.long)
            for k, i in enumerate(rows):
                ids[k, :len(live[i])] = torch.tensor(live[i])
            h = m(ids)[torch.arange(len(rows)), torch.tensor([len(live[i]) - 1 for i in rows])]
            for i, t in zip(rows, m.logits(h).argmax(-1).tolist()):
                live[i].append(t)
                if t in STOP or len(live[i]) - len(prompts[i]) >= limit:
                    out[i] = live.pop(i)[len(prompts[i]):]
    return out


if __name__ == "__main__":
    a = argparse.ArgumentParser()
    a.add_argument("run"); a.add_argument("--items", type=int, default=200); a.add_argument("--last", action="store_true"); a.add_argument("--threads", type=int, default=2)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    for rounding in (None, "q8_0", "q4_0"):
        m, tok, state = load(o.run, o.last, rounding)
        print(f"{rounding or 'f32':5} loss %.4f, tokens right %.4f" % reply_loss(m, tok, o.items), f"after {state['done'] / 1e6:.1f} M tokens")

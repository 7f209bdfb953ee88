"""Trains the table of word vectors that ships as assets/models/embedder.bin.

    python train.py --steps 4000 --out ../models/embedder.bin

A sentence is the weighted sum of its features' vectors (features.py). What belongs together is pulled together and the rest
of the batch pushed away (InfoNCE, van den Oord and others, 2018, https://arxiv.org/abs/1807.03748):

  a question about the person and the fact that answers it, from the generators of the starter model (../kindling/generators);
  what a person says and the fact that it becomes;
  a word and its meaning (WordNet 3.0);
  two requests with the same purpose (CLINC150, NLU Evaluation Data).

Held out, and never trained on: every fifth phrasing of a question, the names and values of the generators' test side, every
tenth purpose, and the hand-written list heldout.json. `--report` measures on the first of these; the list is measured by
measure.ts, through the program that ships.

Layout, little-endian: "HEMB", u32 version 1, u32 buckets, u32 dimensions, f32 least cosine, 32 bytes of name, 12 zero bytes;
f32 scale of every bucket; i8 table [buckets][dimensions].
"""
import argparse
import gzip
import hashlib
import json
import os
import random
import struct
import sys

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "kindling", "generators")]
from facts import MAKERS  # noqa: E402
from features import features  # noqa: E402
from grammar import expand  # noqa: E402
from lexicon import Words  # noqa: E402

DATA = os.path.join(HERE, "..", "kindling", "data")


def lines(name):
    with gzip.open(os.path.join(DATA, name), "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def phrasings(pattern):
    """The alternatives of a question's outermost group, each with what follows the group; every fifth is held out."""
    if not pattern.startswith("("):
        return [pattern]
    parts, depth, at = [""], 0, 0
    for at, mark in enumerate(pattern):
        depth += {"(": 1, ")": -1}.get(mark, 0)
        if depth == 0:
            break
        if mark == "|" and depth == 1:
            parts.append("")
        elif at:
            parts[-1] += mark
    return [part + pattern[at + 1:] for part in parts]


class Pairs:
    """Endless (left, right, key): two texts of one key belong together."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.glosses = lines("wordnet-glosses.jsonl.gz")
        self.intents = {}
        for row in lines("clinc150.jsonl.gz") + lines("nlu-home.jsonl.gz"):
            if int(hashlib.md5(row["intent"].encode()).hexdigest(), 16) % 10:
                self.intents.setdefault(row["intent"], []).append(row["text"])
        self.names = sorted(name for name, texts in self.intents.items() if len(texts) > 1)

    def fact(self, test=False):
        r = self.random
        made = r.choice(MAKERS)(Words(r, test=test))
        asks = phrasings(made["ask"])
        held = [a for i, a in enumerate(asks) if i % 5 == 2]
        kept = [a for i, a in enumerate(asks) if i % 5 != 2] or asks
        ask = r.choice(held if test and held else kept)
        return made, expand(r, ask)

    def pair(self):
        r = self.random
        kind = r.random()
        if kind < .5:
            made, ask = self.fact()
            left = ask if r.random() < .8 else expand(r, made["says"])
            right = made["fact"] if r.random() < .7 else made["you"]
            return left, right, made["key"]
        if kind < .75:
            row = r.choice(self.glosses)
            left = r.choice(["{}", "what is {}", "my {}", "about {}"]).format(row["word"])
            return left, row["gloss"], "gloss " + row["word"]
        name = r.choice(self.names)
        left, right = r.sample(self.intents[name], 2)
        return left, right, "intent " + name


def bags(texts, buckets, drop=0., rng=None):
    """Flat indices, weights and offsets for an embedding bag."""
    index, weight, offsets = [], [], []
    for text in texts:
        offsets.append(len(index))
        for b, n in features(text, buckets).items():
            if drop and rng.random() < drop:
                continue
            index.append(b)
            weight.append(n ** .5)
        if len(index) == offsets[-1]:
            index.append(0)
            weight.append(0.)
    return torch.tensor(index), torch.tensor(offsets), torch.tensor(weight, dtype=torch.float32)


def embed(table, texts, buckets, **kw):
    index, offsets, weight = bags(texts, buckets, **kw)
    summed = torch.nn.functional.embedding_bag(index, table, offsets, per_sample_weights=weight, mode="sum")
    return torch.nn.functional.normalize(summed, dim=1)


def train(args):
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    pairs = Pairs(args.seed)
    table = torch.nn.Parameter(torch.randn(args.buckets, args.dimensions) * .05)
    adam = torch.optim.Adam([table], lr=args.rate)
    for step in range(args.steps):
        for group in adam.param_groups:
            group["lr"] = args.rate * (1 - step / args.steps)
        batch = [pairs.pair() for _ in range(args.batch)]
        left = embed(table, [p[0] for p in batch], args.buckets, drop=.15, rng=pairs.random)
        right = embed(table, [p[1] for p in batch], args.buckets, drop=.1, rng=pairs.random)
        ids = {}
        keys = torch.tensor([ids.setdefault(p[2], len(ids)) for p in batch])
        same = (keys[:, None] == keys[None, :]) & ~torch.eye(len(batch), dtype=torch.bool)
        scores = (left @ right.T / .06).masked_fill(same, -1e4)
        wanted = torch.arange(len(batch))
        loss = (torch.nn.functional.cross_entropy(scores, wanted) + torch.nn.functional.cross_entropy(scores.T, wanted)) / 2
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 200 == 0:
            print(f"step {step} loss {loss.item():.3f}", flush=True)
    return table.detach()


def quantise(table):
    scale = (table.abs().amax(1) / 127).clamp_min(1e-12)
    return scale.numpy().astype("<f4"), torch.round(table / scale[:, None]).to(torch.int8).numpy()


def report(scale, small, buckets, seed=7, people=40, facts=30):
    """(share of held-out questions whose fact is first among `facts`, cosine that 1 in 100 facts reaches for a request about
    something else). Requests are those of the purposes that training never saw."""
    table = torch.tensor(scale[:, None] * small.astype("float32"))
    pairs = Pairs(seed)
    strangers = [row["text"] for row in lines("clinc150.jsonl.gz") if int(hashlib.md5(row["intent"].encode()).hexdigest(), 16) % 10 == 0]
    other = embed(table, pairs.random.sample(strangers, 200), buckets)
    first, asked, stray = 0, 0, []
    for _ in range(people):
        known, keys = [], set()
        while len(known) < facts:
            made, ask = pairs.fact(test=True)
            if made["key"] not in keys:
                keys.add(made["key"])
                known.append((made["fact"], ask))
        stored = embed(table, [k[0] for k in known], buckets)
        cosines = embed(table, [k[1] for k in known], buckets) @ stored.T
        first += int((cosines.argmax(1) == torch.arange(facts)).sum())
        asked += facts
        stray += (other @ stored.T).flatten().tolist()
    return first / asked, float(np.quantile(stray, .99))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--batch", type=int, default=384)
    parser.add_argument("--buckets", type=int, default=8192)
    parser.add_argument("--dimensions", type=int, default=96)
    parser.add_argument("--rate", type=float, default=.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", default=os.path.join(HERE, "..", "models", "embedder.bin"))
    args = parser.parse_args()
    scale, small = quantise(train(args))
    first, cut = report(scale, small, args.buckets)
    name = "hearth-" + hashlib.sha256(scale.tobytes() + small.tobytes()).hexdigest()[:12]
    print(f"{name}: held-out phrasings and values, 30 facts a person: first {first:.3f}; cut {cut:.2f}")
    with open(args.out, "wb") as file:
        file.write(b"HEMB" + struct.pack("<IIIf", 1, args.buckets, args.dimensions, cut) + name.encode().ljust(32, b"\0") + bytes(12))
        file.write(scale.tobytes())
        file.write(small.tobytes())


if __name__ == "__main__":
    main()

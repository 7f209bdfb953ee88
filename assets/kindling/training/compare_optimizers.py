"""Muon against Adam, same data, same budget, three seeds:   compare_optimizers.py WORK RUN [--steps 300] [--shape spark]

RUN lends its tokenizer and its first shards. The rate for the matrices is chosen first, of three each, with seed 1. Then each
optimiser trains with seeds 1, 2, 3 from nothing, and the better one again with weights rounded to Q4_0 while the rate falls.
The loss on held-out replies is measured with the weights as they are, and rounded to Q8_0 and Q4_0. Prints a Markdown table
and writes WORK/optimizers.json. A run that is there already is not made again.
"""
import argparse, json, os, subprocess, sys
import torch
from measure import load, reply_loss

HERE = os.path.dirname(os.path.abspath(__file__))
RATES = {"muon": (.01, .02, .04), "adam": (1e-3, 3e-3, 6e-3)}


def train(o, name, optimizer, rate, seed, *more):
    run = os.path.join(o.work, name)
    os.makedirs(run, exist_ok=True)
    for thing in ("tokenizer.json", "shards"):
        if not os.path.exists(os.path.join(run, thing)):
            os.symlink(os.path.abspath(os.path.join(o.run, thing)), os.path.join(run, thing))
    if not os.path.exists(os.path.join(run, "state.pt")):
        subprocess.run([sys.executable, os.path.join(HERE, "train.py"), run, "--shape", o.shape, "--steps", str(o.steps), "--batch", str(o.batch), "--threads", str(o.threads), "--optimizer", optimizer, "--lr", str(rate), "--seed", str(seed), *more], check=True)
    out = {}
    for rounding in (None, "q8_0", "q4_0"):
        m, tok, _ = load(run, True, rounding)
        out[rounding or "f32"], _ = reply_loss(m, tok, o.items)
    return out


def main():
    a = argparse.ArgumentParser()
    a.add_argument("work"); a.add_argument("run"); a.add_argument("--steps", type=int, default=300); a.add_argument("--batch", type=int, default=4096); a.add_argument("--shape", default="spark"); a.add_argument("--items", type=int, default=200); a.add_argument("--threads", type=int, default=2)
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    tried = {kind: {rate: train(o, f"{kind}-{rate}-1", kind, rate, 1) for rate in rates} for kind, rates in RATES.items()}
    best = {kind: min(rows, key=lambda rate: rows[rate]["f32"]) for kind, rows in tried.items()}
    table = {f"{kind} ({rate})": [tried[kind][rate]] + [train(o, f"{kind}-{rate}-{seed}", kind, rate, seed) for seed in (2, 3)] for kind, rate in best.items()}
    better = min(table, key=lambda name: sum(r["f32"] for r in table[name])).split(" ")[0]
    rounded = [train(o, f"{better}-{best[better]}-q4_0-{seed}", better, best[better], seed, "--round", "q4_0") for seed in (1, 2, 3)]
    table[f"{better} ({best[better]}), rounded to Q4_0 in the decay"] = rounded
    with open(os.path.join(o.work, "optimizers.json"), "w") as f:
        json.dump({"steps": o.steps, "batch": o.batch, "shape": o.shape, "rates": tried, "seeds": table}, f, indent=1)
    print("| optimiser | loss | Q8_0 | Q4_0 |\n|---|---|---|---|")
    for name, rows in table.items():
        cells = []
        for kind in ("f32", "q8_0", "q4_0"):
            x = [r[kind] for r in rows]
            cells.append(f"{sum(x) / 3:.4f} ({min(x):.4f}-{max(x):.4f})")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

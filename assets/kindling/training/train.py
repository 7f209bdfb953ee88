"""Trains Kindling: resumable, and finished whenever you like.   train.py RUN [--shape kindling64] [--from MODEL.gguf] [--steps N]

RUN is a folder; it needs tokenizer.json and shards (shards.py RUN, running beside), and receives config.json, state.pt (saved
every few minutes) and log.jsonl. Run again to go on. The learning rate is constant after a short warm-up. To finish, write a
number of minutes into RUN/finish: the rate then falls linearly to zero over that time (warm-up, stable, decay). With --steps
the end is known before: the rate falls over the last 40 % of them, and the run can be repeated exactly. With --round the
model computes with weights as its file will hold them while the rate falls (rounding.py).
"""
import argparse, contextlib, json, os, time
import numpy as np
import torch
import torch._dynamo
import loss as head
from model import SHAPES, Config, Gemma, start_with_previous_token_heads
from optimizer import Muon, make_optimizers, muon_update
from rounding import KINDS, as_in_the_file, rounded
from shards import Shards
from tokenizer import Tokenizer

SAVE_EVERY = 180                   # seconds
AVERAGE = .998                     # weight of the past in the running average of the weights


def compile_parts(m):
    """The parts that are worth compiling; torch._dynamo keeps one version for each row length."""
    torch._dynamo.config.recompile_limit = 64
    head.HeadLoss.chunk = staticmethod(torch.compile(head._chunk, dynamic=False))
    Muon.update = staticmethod(torch.compile(muon_update, dynamic=False))
    return torch.compile(m, dynamic=False, fullgraph=True)


def targets(ids, learn, doc):
    """The token that each position has to predict, or -1. All B, T."""
    nxt = torch.where((learn[:, 1:] > 0) & (doc[:, 1:] == doc[:, :-1]) & (doc[:, 1:] >= 0), ids[:, 1:], -1)
    return torch.nn.functional.pad(nxt, (0, 1), value=-1)


class Run:
    """Everything that a checkpoint holds."""

    def __init__(self, path, o):
        self.path, tok = path, Tokenizer.load(os.path.join(path, "tokenizer.json"))
        file = os.path.join(path, "config.json")
        c = Config.load(file) if os.path.exists(file) else SHAPES[o.shape]
        c.vocab = len(tok)
        c.dump(file)
        torch.manual_seed(o.seed)
        self.m = Gemma(c)
        start_with_previous_token_heads(self.m)
        if o.start:
            from gguf import read
            from export import from_gguf
            self.m.load_state_dict(from_gguf(read(o.start)), strict=True)
        self.opts = make_optimizers(self.m, o.lr, o.lr_adam, o.optimizer)
        self.average = {k: v.detach().clone() for k, v in self.m.named_parameters()}
        self.done, self.step, self.spent, self.batches = 0, 0, 0., Shards(path, o.batch)
        self.state = os.path.join(path, "state.pt")
        if os.path.exists(self.state):
            self.load(o)

    def load(self, o):
        s = torch.load(self.state, map_location="cpu")
        self.m.load_state_dict(s["model"])
        self.average = s["average"]
        for opt, st in zip(self.opts, s["opts"]):
            base = [g["base"] for g in opt.param_groups]
            opt.load_state_dict(st)
            for g, b in zip(opt.param_groups, base):
                g["base"] = b
        self.done, self.step, self.spent = s["done"], s["step"], s["spent"]
        self.batches = Shards(self.path, o.batch, *s["place"])

    def save(self, spent):
        s = dict(model=self.m.state_dict(), average=self.average, opts=[x.state_dict() for x in self.opts], done=self.done, step=self.step,
                 spent=spent, place=(self.batches.shard, self.batches.at))
        torch.save(s, self.state + ".new")
        os.replace(self.state + ".new", self.state)


def main():
    a = argparse.ArgumentParser()
    a.add_argument("run"); a.add_argument("--shape", default="kindling64"); a.add_argument("--from", dest="start"); a.add_argument("--batch", type=int, default=8192)
    a.add_argument("--threads", type=int, default=2); a.add_argument("--seed", type=int, default=1); a.add_argument("--optimizer", default="muon", choices=["muon", "adam"])
    a.add_argument("--lr", type=float, default=.02); a.add_argument("--lr-adam", type=float, default=3e-3); a.add_argument("--steps", type=int, default=0, help="a run of so many steps (0: until RUN/finish says so)")
    a.add_argument("--round", choices=KINDS, help="compute with rounded weights while the rate falls")
    a.add_argument("--plain", action="store_true", help="do not compile: slower, but a short run starts at once")
    o = a.parse_args()
    torch.set_num_threads(o.threads)
    run = Run(o.run, o)
    forward = run.m if o.plain else compile_parts(run.m)
    log = open(os.path.join(o.run, "log.jsonl"), "a")
    start = saved = mark = time.time()
    since, losses, finish, rate = 0, [], None, 1.
    names, weights = zip(*run.m.named_parameters())
    average = [run.average[n] for n in names]
    parts = rounded(run.m.named_parameters(), o.round) if o.round else []
    warm_from = run.step
    while rate > 0 and not (o.steps and run.step >= o.steps):
        ids, learn, doc = (torch.from_numpy(np.ascontiguousarray(x)) for x in run.batches.batch())
        if finish is None and os.path.exists(os.path.join(o.run, "finish")):
            finish = (time.time(), float(open(os.path.join(o.run, "finish")).read()) * 60)
        rate = min(1., (run.step - warm_from + 1) / 80)
        if finish:
            rate = min(rate, max(0., 1 - (time.time() - finish[0]) / finish[1]))
        if o.steps:
            rate = min(rate, (o.steps - run.step) / (.4 * o.steps))
        for opt in run.opts:
            for g in opt.param_groups:
                g["lr"] = g["base"] * rate
        falling = finish is not None or (o.steps and o.steps - run.step < .4 * o.steps)
        with as_in_the_file(parts) if parts and falling else contextlib.nullcontext():
            loss = head.head_loss(forward(ids, doc), run.m.token_embd, targets(ids, learn, doc), run.m.c.cap)
            loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in run.opts[1].param_groups for p in g["params"]], 1.)
        for opt in run.opts:
            opt.step()
            opt.zero_grad(set_to_none=True)
        torch._foreach_lerp_(average, [w.detach() for w in weights], 1 - min(AVERAGE, run.step / (run.step + 10.)))
        n = int((doc >= 0).sum())
        run.done, run.step, since = run.done + n, run.step + 1, since + n
        losses.append(float(loss.detach()))
        if run.step % 20 == 0:
            now = time.time()
            line = dict(step=run.step, tokens=run.done, loss=round(sum(losses) / len(losses), 4), tokens_s=round(since / (now - mark)), rate=round(rate, 4),
                        shard=run.batches.shard, minutes=round((run.spent + now - start) / 60, 2))
            log.write(json.dumps(line) + "\n"); log.flush(); print(line, flush=True)
            with open(os.path.join(o.run, "shard"), "w") as f:
                f.write(str(run.batches.shard))
            mark, since, losses = now, 0, []
            if now - saved > SAVE_EVERY:
                run.save(run.spent + now - start)
                saved = now
    run.save(run.spent + time.time() - start)
    print("saved", run.step, run.done)


if __name__ == "__main__":
    main()

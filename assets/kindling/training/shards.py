"""Training rows made ahead, beside the training:   shards.py RUN [--ahead 3] [--until 400] [--copying .1 ...]

RUN/shards/NNNN.npz holds packed rows of two lengths as uint16 [rows, 3, length]: ids, learn flags, document numbers (65535:
padding). Shard n is seeded with n alone. Each is made by a fresh process, so that a better generator is used from the next one on.
"""
import argparse, os, subprocess, sys, time
import numpy as np


def path_of(run, number):
    return os.path.join(run, "shards", f"{number:04d}.npz")


def write(run, number, tokens=1_000_000, **mix):
    from rows import Stream
    from tokenizer import Tokenizer
    stream, out, n = Stream(Tokenizer.load(os.path.join(run, "tokenizer.json")), f"shard{number}", **mix), {}, 0
    while n < tokens:
        ids, learn, doc = stream.batch(4096)
        rows = np.stack([ids, learn, np.where(doc < 0, 65535, doc)], 1).astype(np.uint16)
        out.setdefault(str(rows.shape[2]), []).append(rows)
        n += int((doc >= 0).sum())
    os.makedirs(os.path.join(run, "shards"), exist_ok=True)
    tmp = path_of(run, number)[:-4] + ".tmp.npz"
    np.savez_compressed(tmp, **{k: np.concatenate(v) for k, v in out.items()})
    os.replace(tmp, path_of(run, number))


class Shards:
    """Batches from the shards in order; (shard, at) is the place, and all that a checkpoint needs. Waits for a shard in the making."""

    def __init__(self, run, tokens, shard=0, at=0):
        self.run, self.tokens, self.shard, self.at, self.queue = run, tokens, shard, at, None

    def batch(self):
        """(ids, learn, doc), each rows x length int64; doc is -1 where there is padding."""
        if self.queue is None or self.at >= len(self.queue):
            if self.queue is not None:
                self.shard, self.at = self.shard + 1, 0
            while not os.path.exists(path_of(self.run, self.shard)):
                time.sleep(1)
            self.queue = self.split(path_of(self.run, self.shard), self.tokens, self.shard)
        rows = self.queue[self.at].astype(np.int64)
        self.at += 1
        return rows[:, 0], rows[:, 1], np.where(rows[:, 2] == 65535, -1, rows[:, 2])

    @staticmethod
    def split(name, tokens, seed):
        z, rng, out = np.load(name), np.random.default_rng(seed), []
        for key in z.files:
            rows, n = z[key][rng.permutation(len(z[key]))], max(1, tokens // int(key))
            out += [rows[i:i + n] for i in range(0, len(rows) - n + 1, n)]
        return [out[i] for i in rng.permutation(len(out))]


def main():
    a = argparse.ArgumentParser()
    a.add_argument("run"); a.add_argument("--ahead", type=int, default=3); a.add_argument("--until", type=int, default=400); a.add_argument("--only", type=int); a.add_argument("--tokens", type=int, default=1_000_000, help="of one shard")
    for k, v in dict(prose=.03, copying=.1, everything=.3).items():
        a.add_argument("--" + k, type=float, default=v)
    o = a.parse_args()
    mix = dict(prose=o.prose, copying=o.copying, everything=o.everything)
    if o.only is not None:
        return write(o.run, o.only, o.tokens, **mix)
    while True:
        at = int(open(os.path.join(o.run, "shard")).read() or 0) if os.path.exists(os.path.join(o.run, "shard")) else 0
        wanted = [n for n in range(at, min(o.until, at + o.ahead + 1)) if not os.path.exists(path_of(o.run, n))]
        if at >= o.until:
            return None
        if not wanted:
            time.sleep(3)
            continue
        flags = [x for k, v in mix.items() for x in ("--" + k, str(v))]
        if subprocess.run([sys.executable, os.path.abspath(__file__), o.run, "--only", str(wanted[0]), "--tokens", str(o.tokens), *flags]).returncode:
            time.sleep(20)                                         # a generator being edited: try again


if __name__ == "__main__":
    main()

"""Endless packed training rows from the generators: several dialogues in a row, kept apart by the attention mask."""
import os, random, sys
import numpy as np
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "generators"))
from chat import pieces
from lexicon import Words
from mix import sample
from setting import sources
from tokenizer import FIRST_FREE

SHORT, LONG = 256, 512             # the two row lengths, in tokens


class Stream:
    """Yields (ids, learn, doc) arrays of shape rows x length. Deterministic for a seed and a number of rows already drawn."""

    def __init__(self, tok, seed, prose=.03, copying=.15, everything=.3):
        """prose, copying: parts of all documents; everything: part of the dialogues in which all text is learned, not only replies."""
        self.tok, self.seed, self.prose, self.copying, self.everything = tok, seed, prose, copying, everything
        self.drawn = 0
        self.waiting, self.open = {SHORT: [], LONG: []}, {SHORT: [], LONG: []}

    def document(self):
        """(ids, learn): one dialogue, piece of prose, or random repeat."""
        rng = random.Random(f"{self.seed}/{self.drawn}")
        self.drawn += 1
        kind = rng.random()
        if kind < self.prose:
            s = sources()
            text = rng.choice(s.prose[False]) if rng.random() < .6 else "\n".join(f"{g['word']}: {g['gloss']}" for g in rng.sample(s.gloss[False], 3))
            ids = self.tok.encode("<bos>" + text)[:SHORT - 6]
            return ids, [0] + [1] * (len(ids) - 1)
        if kind < self.prose + self.copying:
            return self.repeats(rng) if rng.random() < .35 else self.quotes(rng)
        dialogue = sample(rng)
        everything = rng.random() < self.everything
        ids, learn = [], []
        for text, on in pieces(dialogue):
            t = self.tok.encode(text)
            ids += t
            learn += [int(on or (everything and text != "<bos>"))] * len(t)
        return ids, learn

    def repeats(self, rng):
        """Random tokens that come again: whole, or cut into pieces in another order. Copying heads form much sooner with these."""
        n = rng.randint(6, 50)
        first = [rng.randrange(FIRST_FREE + 300, len(self.tok)) for _ in range(n)]
        ids, learn = [2] + first, [0] * (n + 1)
        while len(ids) + n <= SHORT - 8 and (len(ids) < 2 * n + 1 or rng.random() < .6):
            again = first
            if rng.random() < .5:
                k = rng.randint(3, 9)
                parts = [first[i:i + k] for i in range(0, n, k)]
                rng.shuffle(parts)
                again = [t for p in parts for t in p]
            ids += again
            learn += [1] * n
        return ids, learn

    def quotes(self, rng):
        """Words in a row, then each in quotes or on a line. A word is another token after a space than after a quote, and
        every argument of a tool begins that way; a dialogue has one such word, this has dozens."""
        w, nouns = Words(rng), sources().nouns[False]
        make = [lambda: rng.choice(nouns)] * 4 + [lambda: rng.choice(nouns).capitalize(), w.name, w.coined, w.code, w.email, w.task, lambda: rng.choice(nouns) + " " + rng.choice(nouns)]
        words = [rng.choice(make)() for _ in range(rng.randint(6, 16))]
        before, after = rng.choice([('<|"|>', '<|"|>')] * 4 + [('"', '"'), ("\n", ""), ("<|turn>model\n", "<turn|>\n"), (':"', '",'), ("- ", "\n"), ("- ", "\n"), (", ", "")])
        given, asked = rng.choice(["", "Words: ", "the ", "find "]) + rng.choice([", ", " ", "; ", " and ", "\n", "\n"]).join(words), "".join(before + x + after for x in words)
        ids, more = self.tok.encode("<bos>" + given + "\n"), self.tok.encode(asked)
        return (ids + more)[:SHORT - 6], ([0] * len(ids) + [1] * len(more))[:SHORT - 6]

    def rows(self, count, length):
        """`count` rows of `length` tokens; documents are packed best-fit."""
        while len(self.waiting[length]) < count:
            self.place(*self.document())
        take, self.waiting[length] = self.waiting[length][:count], self.waiting[length][count:]
        return self.arrays(take, length)

    def place(self, ids, learn):
        n = len(ids)
        if n > LONG:
            return
        length = SHORT if n <= SHORT else LONG
        if length == SHORT and self.open[LONG]:                     # fill the rests of the long rows first
            fits = [row for row in self.open[LONG] if row[0] + n <= LONG and row[0] + n > LONG - 24]
            if fits:
                fits[0][0] += n
                fits[0].append((ids, learn))
                return
        rows = self.open[length]
        fits = [row for row in rows if row[0] + n <= length]
        if fits:
            row = max(fits, key=lambda r: r[0])                     # best fit
            row[0] += n
            row.append((ids, learn))
            return
        rows.append([n, (ids, learn)])
        if len(rows) > 96:
            full = max(rows, key=lambda r: r[0])
            rows.remove(full)
            self.waiting[length].append(full[1:])

    @staticmethod
    def arrays(rows, length):
        ids, learn, doc = (np.zeros((len(rows), length), np.int64) for _ in range(3))
        doc -= 1
        for i, row in enumerate(rows):
            at = 0
            for k, (a, b) in enumerate(row):
                ids[i, at:at + len(a)], learn[i, at:at + len(a)], doc[i, at:at + len(a)] = a, b, k
                at += len(a)
        return ids, learn, doc

    def batch(self, tokens):
        """A batch of about `tokens` tokens: the kind of row of which enough are waiting."""
        if len(self.waiting[LONG]) * LONG >= tokens:
            return self.rows(tokens // LONG, LONG)
        return self.rows(tokens // SHORT, SHORT)

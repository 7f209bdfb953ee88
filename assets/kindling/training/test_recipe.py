"""The recipe from end to end, in small:   python -m unittest test_recipe   (in this folder; about a minute)

A slice of data is made twice and must be the same, a small model is trained for 60 steps and must learn, its file must hold
the weights that it was made of, and no dialogue of the training may repeat a hand-written test prompt.
"""
import json, os, random, shutil, subprocess, sys, tempfile, unittest
import numpy as np
import torch
import gguf
from export import from_gguf
from measure import load
from rows import Stream
from rounding import KINDS, as_in_the_file
from tokenizer import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
TOKENIZER = os.path.join(HERE, "..", "tokenizer.json")


def run(script, *args):
    subprocess.run([sys.executable, os.path.join(HERE, script), *args], check=True, stdout=subprocess.DEVNULL)


class Recipe(unittest.TestCase):
    def test_the_same_seed_makes_the_same_rows(self):
        tok = Tokenizer.load(TOKENIZER)
        a, b, other = (Stream(tok, seed).batch(4096) for seed in ("s", "s", "t"))
        self.assertTrue(all(np.array_equal(x, y) for x, y in zip(a, b)))
        self.assertFalse(a[0].shape == other[0].shape and np.array_equal(a[0], other[0]))

    def test_no_training_dialogue_repeats_a_hand_written_prompt(self):
        from mix import HELD_OUT, plain, sample
        rng = random.Random(5)
        said = [plain(t["text"]) for _ in range(2000) for t in sample(rng)["turns"] if t["role"] == "user"]
        self.assertGreater(len(HELD_OUT), 150)
        self.assertFalse(HELD_OUT & set(said))

    def test_no_pattern_shows_in_what_is_said(self):
        from mix import sample
        rng = random.Random(7)
        said = [t["text"] for _ in range(4000) for t in sample(rng)["turns"]]
        self.assertEqual([x for x in said if "|" in x or any(slot in x for slot in ("{x}", "{n}", "{a}", "{t}"))], [])

    def test_every_text_survives_the_tokenizer(self):
        from chat import pieces
        from mix import sample
        tok, rng = Tokenizer.load(TOKENIZER), random.Random(6)
        for text in ["".join(p for p, _ in pieces(sample(rng))) for _ in range(200)] + ["naïve 日本語 🙂", "a  b\n\n\nc"]:
            self.assertEqual(tok.decode(tok.encode(text)), text)

    def test_training_rounds_as_the_file_does_and_keeps_the_full_weights(self):
        p = torch.nn.Parameter(torch.randn(5, 96))
        full = p.detach().clone()
        for kind, values in (("q8_0", gguf.q8_0_values), ("q4_0", gguf.q4_0_values)):
            with as_in_the_file([(p, KINDS[kind])]):
                self.assertTrue(np.array_equal(p.detach().numpy(), values(full.numpy())), kind)
                self.assertFalse(torch.equal(p, full))
                (p * 2).sum().backward()
            self.assertTrue(torch.equal(p, full))
        self.assertTrue(torch.equal(p.grad, torch.full_like(full, 4)))

    def test_sixty_steps_learn_and_the_file_holds_the_weights(self):
        with tempfile.TemporaryDirectory() as work:
            shutil.copy(TOKENIZER, work)
            run("shards.py", work, "--only", "0", "--tokens", "70000", "--copying", "0")
            run("train.py", work, "--shape", "spark", "--steps", "60", "--batch", "1024", "--plain", "--threads", "2", "--round", "q8_0")
            with open(os.path.join(work, "log.jsonl")) as f:
                losses = [json.loads(x)["loss"] for x in f]
            self.assertLess(losses[-1], losses[0] * .75)
            out = os.path.join(work, "model.gguf")
            run("export.py", work, out, "--type", "q8_0")
            m, _, _ = load(work, rounding="q8_0")
            state = from_gguf(gguf.read(out))
            for name, p in m.named_parameters():
                close = torch.allclose(p, state[name], atol=.02 if name == "per_layer_model_proj" else 1e-6)
                self.assertTrue(close, name)


if __name__ == "__main__":
    unittest.main()

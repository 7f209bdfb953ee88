"""Writes the two fixed test lists: make_lists.py [COUNT]

../data/generated.jsonl.gz: COUNT items (default 25) for each skill, with values and utterances that the training never shows.
../data/hand.jsonl: the hand-written list. Every item carries its `prompt`, the text before the reply that is judged.
"""
import gzip, json, os, random, sys
from chat import prompt, prompt_after_tools
from hand_list import items
from mix import SKILLS, make
from setting import DATA


def with_prompt(item):
    return {**{k: item[k] for k in ("id", "group", "check")}, "prompt": prompt_after_tools(item) if item["check"].get("after") else prompt(item)}


def generated(count):
    for skill in [*SKILLS, "small"]:
        rng = random.Random("eval/" + skill)
        for i in range(count):
            d = make(skill, rng, test=True)
            while not d["check"]:                                      # a conversation that ends in a mere statement
                d = make(skill, rng, test=True)
            yield with_prompt({"id": f"{skill}-{i}", "group": {"small": "small_talk"}.get(skill, skill), **{k: d[k] for k in ("system", "tools", "turns", "check")}})


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 25
    with gzip.GzipFile(os.path.join(DATA, "generated.jsonl.gz"), "wb", 9, mtime=0) as f:
        rows = list(generated(count))
        f.write("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows).encode())
    hand = [with_prompt(i) for i in items()]
    with open(os.path.join(DATA, "hand.jsonl"), "w", encoding="utf-8") as f:
        f.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in hand)
    print(f"{len(rows)} generated items, {len(hand)} by hand")

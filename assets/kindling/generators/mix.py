"""All skills with their weights: make(skill, rng, test) -> dialogue, sample(rng, test) -> dialogue of a random skill.

With test=True only held-out values and held-out utterances are used. A dialogue of the training never holds a prompt of the
hand-written test list.
"""
import re
from hand_list import items
from lexicon import Words
from memory import earlier, recall, remember
from out_of_range import out_of_range
from reading import reading
from session import session
from small_talk import any_kind, small
from text_work import bullets, copy, extract, rewrite
from tools import after_tool, calculate, date_known, no_tool, note, reminder, reminders, search, time, timer

SKILLS = {"remember": remember, "recall": recall, "earlier": earlier, "calculate": calculate, "after_tool": after_tool, "time": time, "date_known": date_known, "timer": timer, "reminder": reminder, "reminders": reminders,
          "note": note, "search": search, "no_tool": no_tool, "out_of_range": out_of_range, "reading": reading, "bullets": bullets, "rewrite": rewrite,
          "extract": extract, "copy": copy, "session": session}
WEIGHTS = {"remember": 5, "recall": 13, "earlier": 5, "calculate": 5, "after_tool": 1, "time": 1.5, "date_known": 1.5, "timer": 3, "reminder": 4, "reminders": 1.2, "note": 3, "search": 4, "no_tool": 3.5, "out_of_range": 9, "reading": 18,
           "bullets": 8, "rewrite": 4, "extract": 5, "copy": 4, "small": 20, "session": 14}


def plain(text):
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


HELD_OUT = {plain(i["turns"][-2]["text"]) for i in items()}


def make(skill, rng, test=False):
    w = Words(rng, test)
    if skill.startswith("small"):
        return small(w, skill.split("/")[1] if "/" in skill else any_kind(rng))
    return SKILLS[skill](w)


def sample(rng, test=False):
    while True:
        d = make(rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0], rng, test)
        if test or not any(t["role"] == "user" and plain(t["text"]) in HELD_OUT for t in d["turns"]):
            return d

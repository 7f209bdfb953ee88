"""The setting of a dialogue: corpora, the tools that the app offers, the system text, and small helpers for turns.
"""
import gzip, json, os, re
from chat import tool
from facts import some
from grammar import as_typed, expand
from lexicon import *


DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data")


def load(name):
    with gzip.open(os.path.join(DATA, name), "rt", encoding="utf-8") as f:
        return [json.loads(line) for line in f]


class Sources:
    """The cleaned corpora, by split (False: training, True: held out)."""

    def __init__(self):
        self.utter = {False: {}, True: {}}
        other_day = re.compile(r"tomorrow|yesterday|from now|next|days|week|month|will")
        for r in load("clinc150.jsonl.gz"):
            if r["intent"] == "date" and other_day.search(r["text"]):
                continue                                    # asks for another day than today
            intent = "how" if r["intent"] == "greeting" and re.search(r"\bhow|going on|up to", r["text"]) else r["intent"]
            self.utter[r["split"] == "test"].setdefault(intent, []).append(r["text"])
        self.nlu = {False: {}, True: {}}
        for r in load("nlu-home.jsonl.gz"):
            self.nlu[r["split"] == "test"].setdefault(r["intent"], []).append(r)
        self.gloss = {False: [], True: []}
        for r in load("wordnet-glosses.jsonl.gz"):
            self.gloss[held_out(r["word"])].append(r)
        self.nouns = {side: [g["word"] for g in self.gloss[side] if g["pos"] == "noun" and re.fullmatch("[a-z]{3,10}", g["word"])] for side in (False, True)}
        self.prose = {False: [], True: []}
        for i, r in enumerate(load("books.jsonl.gz")):
            self.prose[i % 20 == 0].append(r["text"])


SRC = None


def sources():
    global SRC
    SRC = SRC or Sources()
    return SRC

TOOLS = {
    "calculate": ([("calculate", "Do arithmetic"), ("calculator", "Work out a sum"), ("calculate", "Evaluate an arithmetic expression")], dict(expression="STRING")),
    "get_time": ([("get_time", "Current date and time"), ("clock", "Tell date and time"), ("get_time", "Get the current date and time")], {}),
    "set_timer": ([("set_timer", "Start a timer"), ("timer", "Start a countdown"), ("set_timer", "Set a countdown timer")], dict(duration="STRING")),
    "add_reminder": ([("add_reminder", "Add a reminder"), ("create_reminder", "Remind the user"), ("add_reminder", "Remind the user of something")], dict(text="STRING", when="STRING")),
    "list_reminders": ([("list_reminders", "List reminders"), ("list_reminders", "Show all reminders")], {}),
    "add_note": ([("add_note", "Save a note"), ("create_note", "Write a note"), ("add_note", "Save a text as a note")], dict(text="STRING")),
    "search_notes": ([("search_notes", "Search notes"), ("find_notes", "Search the user's notes")], dict(query="STRING")),
    "search_files": ([("search_files", "Search files"), ("find_files", "Search the user's files"), ("search_files", "Find files on this device")], dict(query="STRING")),
    "remember": ([("remember", "Remember a fact"), ("save_memory", "Remember a fact about the user"), ("remember", "Store a fact about the user")], dict(fact="STRING")),
}


def offer(r, need=None, n=None, alias=.25):
    """A random set of tools, `need` among them. Returns (declarations, {key: declared name})."""
    keys = [k for k in TOOLS if k != need]
    r.shuffle(keys)
    keys = keys[:r.choice([0, 1, 2, 3, 3, 3, 8]) if n is None else n] + ([need] if need else [])
    r.shuffle(keys)
    out, names = [], {}
    for k in keys:
        variants, params = TOOLS[k]
        nm, desc = r.choice(variants) if r.random() < alias else variants[0]
        out.append(tool(nm, desc, **params))
        names[k] = nm
    return out, names


INTRO = ["You are Kindling, a small assistant that runs on this device."] * 8 + ["You are Kindling, the starter model of Hearth. You run on this device.",
         "You are Kindling.", "You are Kindling, a helpful assistant.", "You are a small, honest assistant called Kindling."]
ABOUT = ["About the user:"] * 4 + ["What you know about the user:", "Memory:", "Facts about the user:"]


def system(r, facts=(), today=None):
    s = r.choice(INTRO)
    if today:
        s += f" Today is {today}."
    if facts:
        lines = [f["fact"] for f in facts]
        s += r.choice(["\n", "\n", "\n\n"]) + r.choice(ABOUT) + "\n" + "\n".join("- " + x for x in lines)
    return s


def today(w):
    return w.r.choice([f"{w.of(WEEKDAY)}, {w.r.randint(1, 28)} {w.of(MONTH)} {w.r.randint(2025, 2032)}", f"{w.of(WEEKDAY)} {w.r.randint(1, 28)} {w.of(MONTH)} {w.r.randint(2025, 2032)}"])


def user(text):
    return {"role": "user", "text": text}


def model(text, calls=()):
    return {"role": "model", "text": text, **({"calls": list(calls)} if calls else {})}


def ctx(w, facts=None, need=None, p_facts=.4, p_tools=.4, **kw):
    """A random setting: maybe some memory, maybe a date, maybe tools. Returns (facts, declarations, {key: name}, system text)."""
    if w.setting:
        return w.setting
    r = w.r
    fs = facts if facts is not None else (some(w, r.randint(1, 4)) if r.random() < p_facts else [])
    tools, names = offer(r, need, **kw) if need or r.random() < p_tools else ([], {})
    sysm = system(r, fs, today(w) if r.random() < .75 else None) if (fs or r.random() < .95 or tools) else ""
    return fs, tools, names, sysm


def called(fs):
    """', Sam' if the memory knows a name."""
    return next((f["you"].split(" is ")[1] for f in fs if f["key"] == "name"), None)


def brief(fs):
    return any(f["key"] == "style" and "short" in f["fact"] for f in fs)


def done(skill, sysm, tools, turns, **check):
    return {"skill": skill, "system": sysm, "tools": tools, "turns": turns, "check": check}


def utter(w, intent, p=.6, own=None):
    """A real utterance of that CLINC intent, or one of our own templates."""
    s = sources().utter[w.test].get(intent, [])
    if s and (own is None or w.r.random() < p):
        return as_typed(w.r, w.r.choice(s) if w.r.random() < .5 else w.r.choice(s).rstrip(".?!") + w.r.choice(["", "?", ".", ""]))
    return as_typed(w.r, expand(w.r, own))


def listing(items):
    return ", ".join(items[:-1]) + " and " + items[-1] if len(items) > 1 else items[0]

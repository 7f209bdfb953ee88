"""Deterministic work on text: lists, rewriting, extraction, copying.
"""
import random
from grammar import typo
from reading import sentences
from setting import *


def some_items(w, n):
    """n things of one kind: mostly from a large list of nouns, so that any word is copied."""
    r = w.r
    kind = r.choice(["list", "list", "nouns", "nouns", "nouns", "mixed", "names", "cities", "coined", "tasks"])
    make = {"nouns": lambda: r.choice(sources().nouns[w.test]), "names": w.name, "cities": w.city, "coined": lambda: w.coined().lower(), "tasks": w.task,
            "mixed": lambda: r.choice([r.choice(sources().nouns[w.test]), w.of(ITEM), w.of(COLOR) + " " + r.choice(sources().nouns[w.test])])}.get(kind)
    pool = r.choice([ITEM, FOOD, COLOR, ANIMAL, HOBBY, DRINK, SPORT])
    out = []
    while len(out) < n:
        x = make() if make else w.of(pool)
        if x not in out:
            out.append(x)
    return out


def bullets(w):
    """A list with dashes or numbers. Cut, because not learned well enough: commas, one sentence, the first or last item."""
    r = w.r
    fs, tools, names, sysm = ctx(w, p_facts=.2, p_tools=.2)
    it = some_items(w, r.choice([2, 3, 3, 3, 4, 4, 5]))
    src = r.choice([", ".join(it), listing(it), "; ".join(it), "\n".join(it)])
    kind = r.choice(["bullets"] * 6 + ["numbers"] * 5)
    p = {"bullets": "((make a list|make bullet points|make a bullet list|turn it into bullets|I need bullets for|bullet these|convert to a bullet list|rewrite as bullet points|show these as a list|a list with dashes please|please make bullets|I want these as bullet points|turn this into a bullet list|turn these into bullet points|list these|format as bullets|as bullet points|make this a list|bullet list|bullets please|bullet points please|write this as bullets|can you make bullet points of this|one per line with dashes|a list of|a bulleted list of|please list|put this in bullet points): {x}|(can you make a list of these|could you list these|can you put these in bullet points|can you make these bullets)? {x}|{x}\n\n(make this a bullet list|as bullet points please|list these))",
         "numbers": "((make a numbered list|give me a numbered list|please make it a numbered list|put numbers on these|list these with numbers|I need these numbered|a list with 1, 2, 3 please|order these with numbers|number them|turn this into a numbered list|a numbered list please|please number these|numbered list|number the items|put numbers before these|with numbers|write these as 1, 2, 3|list with numbers|numbered): {x}|(can you number these|could you make a numbered list)? {x}|{x}\n\n(number these|make a numbered list))"}[kind]
    a = {"bullets": "\n".join("- " + i for i in it), "numbers": "\n".join(f"{k + 1}. {i}" for k, i in enumerate(it))}[kind]
    said = expand(r, p, x=src)
    return done("lists", sysm, tools, [user(said if said.startswith(it[0]) else as_typed(r, said, keep=(1,))), model(a)], exact=a)


POLITE = [("send me the {x}", "Could you please send me the {x}?"), ("I want the {x} by {d}", "I would like the {x} by {d}, please."), ("call me at {h}", "Could you please call me at {h}?"), ("give me {i}", "Could I please have {i}?"),
          ("you are late with the {x}", "I noticed that the {x} is a little late."), ("fix the {x} now", "Could you please fix the {x} soon?"), ("tell {n} to come at {h}", "Could you please ask {n} to come at {h}?"), ("I don't have time on {d}", "I am afraid I don't have time on {d}."),
          ("this {x} is wrong", "I think there may be a mistake in this {x}."), ("pay the {x} today", "Could you please pay the {x} today?"), ("bring {i} to the {p}", "Could you please bring {i} to the {p}?"), ("answer my mail about the {x}", "Could you please answer my mail about the {x}?")]
LONG = [("I just wanted to let you know that {s}", "{S}"), ("As I already said in my last message, {s}", "{S}"), ("It is important to note that {s}, as you may know", "{S}"), ("To be honest, I think that {s}, if I remember correctly", "{S}"),
        ("I am writing to you today to tell you that {s}", "{S}"), ("Actually, to make a long story short, {s}", "{S}"), ("Please be aware of the fact that {s}", "{S}"), ("At this point in time I can say that {s}", "{S}")]
PLAIN = ["the meeting is on {d} at {h}", "the {x} is ready", "{n} will come at {h}", "we need more {i}", "the {p} is closed on {d}", "the {x} costs {k} dollars", "{n} has the {x}", "I will be late on {d}", "the train leaves at {h}", "{n} and {m} are at the {p}",
         "there is no {i} left", "we meet at the {p}", "the {x} was sent to {n}", "my {x} is in the {p}", "{n} likes {i}", "I can't find the {x}", "the new {x} starts on {d}", "please call {n} before {h}", "our {x} is done", "{n} forgot the {x}"]


def plain(w, p):
    return expand(w.r, p, x=w.of(TOPIC), d=w.of(WEEKDAY), h=w.clock(), i=w.of(ITEM), n=w.name(), m=w.name(), p=w.of(PLACE), k=w.r.randint(3, 900))


def rewrite(w):
    r = w.r
    fs, tools, names, sysm = ctx(w, p_facts=.2, p_tools=.2)
    kind = r.choice(["polite", "short", "spell", "spell"])
    if kind == "polite":
        p, a = r.choice(POLITE)
        seed = r.random()
        w2 = Words(random.Random(seed), w.test); src = plain(w2, p)
        w2 = Words(random.Random(seed), w.test); a = plain(w2, a)
        said = expand(r, "(make this polite|make this more polite|how do I say this politely|write this in a polite way|please make this polite|put this politely|polite version|kinder please|say this politely|rewrite this politely|make it friendlier|more polite please): {x}", x=src)
    elif kind == "short":
        p, _ = r.choice(LONG)
        s = plain(w, r.choice(PLAIN))
        src = p.replace("{s}", s) + "."
        a = s[0].upper() + s[1:] + "."
        said = expand(r, "(make this shorter|shorten this|shorter please|make this brief|fewer words please|short version|trim this|say this in fewer words|make it short|cut this down): {x}", x=src)
    else:
        s = plain(w, r.choice(PLAIN))
        a = s[0].upper() + s[1:] + "."
        bad = re.sub("|".join(WEEKDAY) + r"|\bI\b", lambda m: m.group(0).lower(), s) if r.random() < .4 else s
        for _ in range(r.choice([1, 1, 2])):
            bad = typo(r, bad)
        said = expand(r, "(fix the spelling|correct this|correct my spelling|please fix the mistakes|spell check|are there mistakes in this, fix them|repair the typos|proofread|correct the mistakes|fix the typos|correct the spelling|check the spelling|fix this): {x}", x=bad)
    return done("rewrite/" + kind, sysm, tools, [user(as_typed(r, said, keep=(1,))), model(a)], exact=a)


def extract(w):
    """Pull values out of a text, plain or as JSON."""
    r = w.r
    fs, tools, names, sysm = ctx(w, p_facts=.15, p_tools=.15)
    n, d, pl, e, p, am = w.name(), w.of([w.day(), w.of(WEEKDAY)]), w.of(PLACE), w.email(), w.phone(), r.randint(3, 999)
    t = w.clock()
    o, st = r.choice(sources().nouns[w.test]), w.coined() + " Street"
    parts = {
        "name": (n, [f"My name is {n}.", f"This is {n}.", f"{n} will be there.", f"Ask for {n}.", f"Hi, I'm {n}.", f"Hello, {n} here.", f"I am {n} from {st}.", f"{n} wrote this.", f"Please tell {n}."]),
        "date": (d, [f"It is on {d}.", f"Come on {d}.", f"The date is {d}.", f"We start on {d}.", f"The {o} comes on {d}.", f"We meet on {d}.", f"See you on {d}.", f"The visit is on {d}."]),
        "place": (pl, [f"We meet at the {pl}.", f"Come to the {pl}.", f"It is at the {pl}.", f"See you at the {pl}.", f"The {o} is at the {pl}.", f"It takes place at the {pl}."]),
        "email": (e, [f"Write to {e}.", f"My email is {e}.", f"Send it to {e}.", f"You can reach me at {e} any time.", f"Please answer to {e}.", f"Contact: {e}."]),
        "phone": (p, [f"Call {p}.", f"My number is {p}.", f"The phone is {p}.", f"Call me at {p} before noon.", f"You can phone {p}.", f"Our number is {p}.", f"Tel. {p}."]),
        "price": (am, [f"It costs {am} dollars.", f"The price is {am} dollars.", f"You pay {am} dollars.", f"The {o} costs {am} dollars.", f"It is {am} dollars.", f"I paid {am} dollars for the {o}."]),
        "time": (t, [f"It starts at {t}.", f"Be there at {t}.", f"We begin at {t}.", f"The {o} opens at {t}.", f"We meet at {t}.", f"Come at {t}."])}
    ks = r.sample(list(parts), r.randint(2, 4))
    text = " ".join(r.choice(parts[k][1]) for k in ks)
    if r.random() < .4:
        k = r.choice(ks)
        said = expand(r, "((take out the {k}|give me the {k}|tell me the {k} in this text|I only need the {k}|please find the {k}|return the {k}|read out the {k}|extract the {k}|what is the {k}|find the {k}|get the {k}|give me only the {k}|show me the {k}|only the {k} please|pull out the {k}|which {k} is in this|copy the {k} from this|{k}): {t}|(what is the {k} in this|what {k} is given here|can you find the {k})? {t}|{t}\n\n(extract the {k}|what is the {k}?|give me just the {k}))", k=k, t=text)
        return done("extract", sysm, tools, [user(as_typed(r, said, keep=(1,))), model(str(parts[k][0]))], all=[str(parts[k][0])])
    want = r.sample(ks, r.randint(1, len(ks)))
    obj = {k: parts[k][0] for k in want}
    a = json.dumps(obj)
    said = expand(r, "(extract the {k} as JSON|write {k} as JSON|get me {k} in JSON|read {k} from this and return JSON|find {k} and give JSON|as JSON, with {k}|extract {k} as JSON|give me {k} as JSON|I need {k} as JSON|return JSON with {k}|return {k} as JSON|JSON with {k}|turn this into JSON with {k}|make JSON with the keys {k}|pull out {k} as JSON|put {k} into JSON): {t}", k=listing(want), t=text)
    if r.random() < .3:
        said = expand(r, "{t}\n\n(extract {k} as JSON|return JSON with {k}|JSON with {k} please)", k=listing(want), t=text)
    return done("json", sysm, tools, [user(as_typed(r, said, keep=(1,))), model(a)], json=obj)


def copy(w):
    """Repeat exactly: the plainest form of copying, which everything above needs."""
    r = w.r
    fs, tools, names, sysm = ctx(w, p_facts=.1, p_tools=.1)
    x = r.choice([lambda: plain(w, r.choice(PLAIN)), lambda: " ".join(w.coined() for _ in range(r.randint(1, 5))), lambda: " ".join(w.code() for _ in range(r.randint(1, 2))), lambda: w.email(), lambda: w.phone(),
                  lambda: r.choice([s for s in sentences(r.choice(sources().prose[w.test])) if len(s) < 140] or ["Hello."]), lambda: r.choice(sources().gloss[w.test])["gloss"]])()
    said = expand(r, "(repeat|say|repeat after me|copy this|write exactly|repeat this|echo|say this|write this again|type this exactly|please repeat|copy exactly|say exactly this|give this back to me): {x}", x=x)
    turns = [user(said), model(x)]
    if r.random() < .3:
        turns += [user(utter(w, "repeat", .7, "(again please|say that again|repeat that|once more)")), model(x)]
    return done("copy", sysm, tools, turns, exact=x)

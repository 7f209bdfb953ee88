"""Questions about a given text."""
from notices import notice
from passages import *


def reading(w):
    r = w.r
    fs, tools, names, sysm = ctx(w, p_facts=.2, p_tools=.2)
    if r.random() < .7:
        return reading_notice(w, fs, tools, sysm)
    k, s, q = passage(w)
    idx = pick_sentences(w, s)
    sents = [s[i] for i in idx]
    text = " ".join(sents)
    if r.random() < .12:
        a = expand(r, "(The text does not say.|The text doesn't say that.)")
        other = r.choice(ABSENT) + "?"
        return done("reading/absent", sysm, tools, [user(ask_text(r, text, as_typed(r, other))), model(a)], any=["not say", "n't say"])
    good = [(qq, a) for qq, a in q if a in text]
    if not good:
        return reading(w)
    turns = []
    n = 1 if r.random() < .75 else 2
    for i in range(n):
        qq, a = r.choice(good)
        qq = as_typed(r, expand(r, qq))
        sent = next(x for x in sents if a in x)
        long = r.random() < .35 and not brief(fs) and not re.match(r"(She|He|It|Its)\b", sent)
        turns += [user(ask_text(r, text, qq) if i == 0 else qq), model(sent if long else sentence(a))]
    return done("reading", sysm, tools, turns, all=[a])


def sentence(a):
    """An answer as a sentence; addresses keep their letters."""
    return (a if "@" in a else a[0].upper() + a[1:]) + ("" if a.endswith(".") else ".")


def reading_notice(w, fs, tools, sysm):
    """The same over the bank of notices: more kinds of facts, and questions about what the text leaves out."""
    r = w.r
    lines, asks, missing = notice(w)
    text = r.choice([" ", " ", "\n"]).join(lines)
    if r.random() < .12:
        a = expand(r, "(The text does not say.|The text doesn't say that.)")
        return done("reading/absent", sysm, tools, [user(ask_text(r, text, as_typed(r, missing))), model(a)], any=["not say", "n't say"])
    turns = []
    asks = r.sample(asks, min(len(asks), 1 if w.test else r.choice([1, 2, 3, 4, 5])))       # several questions to one text: more replies for the tokens
    for i, (q, a, line) in enumerate(asks):
        long = r.random() < .2 and not brief(fs) and not re.match(r"(She|He|It|Its|One|Each)\b", line)
        turns += [user(ask_text(r, text, as_typed(r, q)) if i == 0 else as_typed(r, q)), model(line if long else sentence(a))]
    last = re.sub(r"^(in|at|to|on|from|with|by|before|under|near|behind|beside|opposite|next to|every|between) ", "", a) if not long else a
    return done("reading", sysm, tools, turns, all=[last if last in turns[-1]["text"] else re.sub(r" (and|to|at) .*", "", last)])


def sentences(text):
    return [x for x in re.split(r"(?<=[.!?])\s+(?=[A-Z\"'])", text) if x]

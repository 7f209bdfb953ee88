"""What the person tells about themselves: stored with the tool, recalled from the memory block or from the chat.
"""
from facts import MAKERS, some
from setting import *


ACK = "(Got it|Noted|Thank you|All right|OK|Good to know)(: {you}.|, I will remember that {you}.|. I will remember that {you}.|, I'll keep in mind that {you}.)"
SAVED = [{"status": "saved"}, {"saved": True}, {"status": "ok"}]


def remember(w):
    """A stated fact or preference goes to the memory tool, and is confirmed in the second person."""
    r = w.r
    fs, tools, names, sysm = ctx(w, need="remember")
    if r.random() < .2:                                       # free text
        if r.random() < .5:
            what = expand(r, r.choice(["the {t} is (in|under|behind|on) the {p}", "the {t} is due on {d}", "{n} (likes|hates|wants) {x}", "{n} comes to visit on {d}",
                                       "the code for the {p} is {c}", "the {t} meeting moved to {d}", "{n} owes me {k} dollars", "the {x} is for {n}", "we meet at the {p} at {h}"]),
                          t=w.of(TOPIC), p=w.of(PLACE), d=w.of([w.day(), w.of(WEEKDAY)]), n=w.name(), x=w.of(ITEM), c=w.code(), k=r.randint(2, 99), h=w.clock())
        else:
            what = "I need to " + w.task()
        said = expand(r, "(remember that|please remember that|remember|keep in mind that|don't forget that|note for later:|can you remember that) {x}", x=what)
        fact = (what[0].upper() + what[1:]).replace("I need to", "The user needs to").replace(" me ", " the user ").replace(" my ", " the user's ") + "."
        you = what.replace("I need to", "you need to").replace(" me ", " you ").replace(" my ", " your ")
        f = dict(key="free", fact=fact, you=you)
    else:
        f = r.choice(MAKERS)(w)
        said = expand(r, f["says"])
        if r.random() < .3:
            said = expand(r, "(remember that|please remember|remember:|keep in mind that|just so you know,|by the way,|please remember that|for your information,) ") + " " + said
    said = as_typed(r, said, keep=(1,))
    said += r.choice(["", ".", ""]) if said[-1] not in ".?!" else ""
    c = dict(name=names["remember"], args={"fact": f["fact"]}, response=r.choice(SAVED))
    reply = expand(r, ACK, you=f["you"])
    if f["key"] == "name":
        v = f["you"].split(" is ")[1]
        reply = expand(r, f"(Nice to meet you, {v}.|Hello, {v}! I will remember your name.|Got it, {v}.|Hi {v}, nice to meet you!|{reply})")
    if f["key"] == "style":
        reply = expand(r, "(OK|All right|Got it|Noted), (from now on: {x}.|I will use {x}.|{x} it is.)", x=f["you"].replace("you prefer ", ""))
    return done("remember", sysm, tools, [user(said), model(reply, [c])], call=c["name"], args=c["args"])


def recall(w):
    """The memory block answers, or honestly does not. In training often several questions to one block."""
    r = w.r
    fs = w.setting[0] if w.setting else (some(w, r.randint(1, 6)) if r.random() > .06 else [])
    _, tools, names, sysm = ctx(w, p_tools=.6, alias=.1, n=r.choice([2, 3, 3, 3, 8, 8, 9]))
    if not w.setting:
        sysm = system(r, fs, today(w) if r.random() < .6 else None)
    turns, check = [], {}
    for _ in range(1 if w.test or w.setting else r.choice([2, 3, 4, 5])):
        more, check = recall_one(w, fs)
        turns += more
    return done("recall", sysm, tools, turns, **check)


def recall_one(w, fs):
    """(question and answer, check) about one fact, known or not."""
    r = w.r
    if len(fs) > 1 and r.random() < .05:
        q = expand(r, "(what do you know about me|tell me what you know about me|what have you remembered about me|what is in your memory)?")
        a, b = r.sample(fs, 2)
        return [user(as_typed(r, q)), model(a["you"][0].upper() + a["you"][1:] + ", and " + b["you"] + ".")], dict(any=[value_of(f) for f in fs])
    unknown = not fs or r.random() < .4
    f = unheard_of(w, fs) if unknown else r.choice(fs)
    q = as_typed(r, asked(r, f))
    if f["key"] == "name" and r.random() < .4:
        q = utter(w, "user_name", 1)
    if unknown:
        return [user(q), model(expand(r, f["unknown"]))], dict(any=["don't know", "not told"])
    if f["key"][:4] in ("pet_", "rel_") and r.random() < .2:         # the other way round
        v, who = value_of(f), f["key"][4:]
        q = as_typed(r, expand(r, "(who is {v}|who's {v}|do you know who {v} is|who was {v} again|tell me who {v} is|is {v} a person I know)?", v=v), keep=(1,))
        return [user(q), model(f"{v} is your {who}.")], dict(all=[who])
    return [user(q), model(expand(r, f["answer"]))], dict(all=[value_of(f)])


def asked(r, f):
    """The question for a fact, also in the freer forms that fit any topic."""
    if r.random() < .75:
        return expand(r, f["ask"])
    return expand(r, "(can you tell me|do you know|do you remember|tell me|remind me of|I forgot|I can't remember|what about|any idea about|please tell me|say) {t}( again| please|||)(?|)", t=f["topic"].replace("your ", "my ").replace("you are", "I am").replace("you like", "I like").replace("you ", "I "))


def unheard_of(w, fs):
    """A fact that `fs` does not hold, often of a kind that it does: the name of the cat where it knows the dog's."""
    known = {f["key"] for f in fs}
    close = [f["key"][:4] for f in fs if f["key"][:4] in ("pet_", "rel_", "fav_", "code", "even")]
    f = some(w, 1, exclude=known)[0]
    for _ in range(40 if close and w.r.random() < .6 else 0):
        if f["key"][:4] in close:
            break
        f = some(w, 1, exclude=known)[0]
    return f


def value_of(f):
    """The part of a fact that a reply has to contain."""
    m = re.search(r"(?:called|name is|lives in|comes from|works at|is on|leaves at|starts at|allergic to|enjoys|learning|prefers|has|is) (.+)\.$", f["fact"])
    return m.group(1).removeprefix("called ")


def earlier_fact(w, known=()):
    """(turns that tell something, function that makes the turns which ask for it and their check)."""
    r = w.r
    f = some(w, 1, exclude=known)[0]
    said = as_typed(r, expand(r, f["says"]), keep=(1,)) + r.choice(["", "."])
    reply = "(Good to know: {you}.|OK, {you}.|Thanks for telling me that {you}.|I see: {you}.)"
    if f["key"] == "name":
        reply = f"(Nice to meet you, {value_of(f)}.|Hello, {value_of(f)}! How can I help?|{reply})"
    turns = [user(said), model(expand(r, reply, you=f["you"]))]
    if r.random() < .25:                                       # two things in one breath, and either is asked for
        g = some(w, 1, exclude=[*known, f["key"]])[0]
        both = f"{expand(r, f['says'])} and {expand(r, g['says'])}"
        turns = [user(as_typed(r, both, keep=(1,)) + r.choice(["", "."])), model(expand(r, "(Good to know: {a}, and {b}.|Thanks for telling me.|I see. I will keep that in mind.|OK, {a}, and {b}.)", a=f["you"], b=g["you"]))]
        f = r.choice([f, g])

    def ask():
        if f["key"][:4] in ("pet_", "rel_") and r.random() < .15:
            v, who = value_of(f), f["key"][4:]
            return [user(as_typed(r, f"who is {v}?", keep=(1,))), model(f"{v} is your {who}.")], dict(all=[who])
        return [user(as_typed(r, asked(r, f))), model(expand(r, f["answer"]))], dict(all=[value_of(f)])
    return turns, ask


def earlier(w):
    """Something said earlier in the conversation is used later."""
    r = w.r
    fs, tools, names, sysm = ctx(w, p_tools=.2)
    turns, asks, keys = [], [], [f["key"] for f in fs]
    for _ in range(r.choice([1, 1, 2])):
        more, ask = earlier_fact(w, keys)
        turns, asks = turns + more, asks + [ask]
    more, check = r.choice(asks)()
    if "remember" in names:                                     # then the tool would have been used
        tools = [t for t in tools if t["name"] != names["remember"]]
    return done("earlier", sysm, tools, turns + more, **check)

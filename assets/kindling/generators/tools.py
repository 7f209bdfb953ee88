"""One tool call with exact arguments, then a sentence from its result; or the honest word that the tool is off.
"""
import text_work
from real_requests import sum_request, timer_request, words_of
from setting import *


WORDS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty".split()


def number(r):
    return r.choice([r.randint(2, 12), r.randint(2, 99), r.randint(2, 99), r.randint(10, 999), r.randint(100, 9999), r.randint(11, 99) / 10])


def show(x):
    x = round(x, 4)
    return str(int(x)) if x == int(x) else f"{x:.4f}".rstrip("0").rstrip(".")


SUMS = [
    ("(what is|what's|how much is|calculate|compute|tell me|work out|can you work out|please calculate|quick: |) {a}( plus | + |+| and | added to ){b}(?|)", lambda a, b: f"{a}+{b}"),
    ("(what is|what's|how much is|calculate|compute|tell me|work out|can you work out|please calculate|) {a}( minus | - |-| less | take away ){b}(?|)", lambda a, b: f"{a}-{b}"),
    ("(what is|what's|how much is|calculate|compute|tell me|work out|can you work out|please calculate|the product:|) {a}( times | x | * |*| multiplied by ){b}(?|)", lambda a, b: f"{a}*{b}"),
    ("(what is|what's|how much is|calculate|compute|tell me|work out|could you work out|please calculate|) {a}( divided by | / |/| over ){b}(?|)", lambda a, b: f"{a}/{b}"),
    ("(add|sum|sum up|add up) {a} and {b}(| please)", lambda a, b: f"{a}+{b}"),
    ("(add|please add|can you add) {b} to {a}(| please|?)", lambda a, b: f"{b}+{a}"),
    ("(the sum of|what is the sum of) {a} and {b}(?|)", lambda a, b: f"{a}+{b}"),
    ("(the product of|what is the product of) {a} and {b}(?|)", lambda a, b: f"{a}*{b}"),
    ("(the difference between|what is the difference between) {a} and {b}(?|)", lambda a, b: f"{a}-{b}"),
    ("(I had|we had|there were) {a} (dollars|apples|books) and (spent|lost|gave away) {b}. How many are left?", lambda a, b: f"{a}-{b}"),
    ("multiply {a} (by|and|with) {b}(| please)", lambda a, b: f"{a}*{b}"),
    ("divide {a} by {b}(| please)", lambda a, b: f"{a}/{b}"),
    ("subtract {b} from {a}(| please)", lambda a, b: f"{a}-{b}"),
    ("(what is|what's|how much is|calculate|tell me|) {b}( percent| %|%) of {a}(?|)", lambda a, b: f"{a}*{b}/100"),
    ("I (buy|need|bought) {b} (tickets|books|boxes|bottles) at {a} (dollars|euros) each. (How much is that|What is the total|How much do I pay)?", lambda a, b: f"{b}*{a}"),
    ("(split|share) {a} (dollars|euros) (between|among) {b} people", lambda a, b: f"{a}/{b}"),
    ("(what is|calculate) the (square|square of) {a}(?|)", lambda a, b: f"{a}*{a}"),
    ("how many (minutes are in|minutes in) {b} hours?", lambda a, b: f"{b}*60"),
    ("how many days are in {b} weeks?", lambda a, b: f"{b}*7"),
]


def calculate(w):
    r = w.r
    p, f = r.choice(SUMS)
    a, b = show(number(r)), show(number(r))
    if "percent" in p:
        b = str(r.choice([5, 10, 15, 20, 25, 30, 40, 50, 60, 75, 80, r.randint(1, 99)]))
    if "people" in p or "weeks" in p or "hours" in p or "each" in p:
        b = str(r.randint(2, 60))
    e = f(a, b)
    said = expand(r, p, a=a, b=b)
    if r.random() < .12 and "{b}" in p:
        k = r.choice([7, 9, 12, r.randint(2, 99)])
        op, wd = r.choice([("+", "plus"), ("*", "times"), ("-", "minus")])
        a2 = show(number(r)); said, e = f"what is {a2} {wd} {a} {wd} {k}?", f"{a2}{op}{a}{op}{k}"
    if r.random() < .1:
        x, y = r.randint(0, 20), r.choice([r.randint(1, 20), 10 * r.randint(2, 9)])
        op, wd = r.choice([("+", "plus"), ("*", "times"), ("-", "minus"), ("/", "divided by")])
        said, e = f"{r.choice(['what is', 'calculate', 'how much is', 'tell me', 'what do I get for'])} {words_of(x)} {wd} {words_of(y)}?", f"{x}{op}{y}"
    if r.random() < .2:
        said, e = sum_request(w, lambda: show(number(r)))
    if e.endswith("/0"):
        said, e = f"what is {a} plus {a}?", f"{a}+{a}"
    result = show(eval(e))
    fs, tools, names, sysm = ctx(w, need="calculate")
    said = as_typed(r, said, keep=(1,))
    pretty = e.replace("*", " × ").replace("/", " ÷ ").replace("+", " + ").replace("-", " − ")
    reply = expand(r, "({e} = {x}.|That is {x}.|The answer is {x}.|{e} is {x}.)", e=pretty, x=result)
    if brief(fs):
        reply = result + "."
    c = dict(name=names["calculate"], args={"expression": e}, response={"result": float(result) if "." in result else int(result)})
    return done("calculate", sysm, tools, [user(said), model(reply, [c])], call=c["name"], args=c["args"])


def after_tool(w):
    """Given a tool's answer, say it right (the tool call is already in the context)."""
    d = w.r.choice([calculate, time, search, reminders, calculate, timer])(w)
    c = d["turns"][-1]["calls"][0]
    d["skill"] = "after_tool"
    words = [v for v in re.findall(r"[\w:.]+", " ".join(str(v) for v in c["response"].values()))][:2] if c["response"] else []
    if "duration" in c["args"]:
        words = [c["args"]["duration"]]
    d["check"] = dict(after=True, all=[x for x in words if x in d["turns"][-1]["text"]][:2])
    return d


def time(w):
    r = w.r
    kind = r.choice(["time", "date", "weekday"])
    own = {"time": "(what time is it|what's the time|tell me the time|do you know what time it is|time please|what is the current time|what time do we have|got the time|the time please|is it late already|current time|what time is it now|please check the clock|what does the clock say|can you check the time)?",
           "date": "(what is today's date|what's the date|what date is it|which day of the month is it|tell me the date|what is the date today)?",
           "weekday": "(what day is it|what day of the week is it|which weekday is today|what day is today|is it {d} today)?"}[kind]
    h, m = r.randint(0, 23), r.randint(0, 59)
    wd, day, mon, y = w.of(WEEKDAY), r.randint(1, 28), w.of(MONTH), r.randint(2025, 2032)
    fs, tools, names, sysm = ctx(w, need="get_time")
    asked = w.of(WEEKDAY)
    said = as_typed(r, expand(r, own, d=asked)) if kind != "date" or r.random() < .5 else utter(w, "date", 1)
    res = {"time": f"{h:02d}:{m:02d}", "date": f"{day} {mon} {y}", "weekday": wd}
    if kind == "time":
        a = expand(r, "(It is {t}.|The time is {t}.|It's {t} now.)", t=res["time"])
    elif kind == "date":
        a = expand(r, "(Today is {w}, {d}.|It is {d}.|The date is {d}.)", w=wd, d=res["date"])
    else:
        a = f"Yes, it is {wd}." if "Is it" in said.replace("is it ", "Is it ") and asked in said and asked == wd else (f"No, it is {wd}." if asked in said else expand(r, f"(It is {wd}.|Today is {wd}.)"))
    c = dict(name=names["get_time"], args={}, response=res)
    return {**done("time", sysm, tools, [user(said), model(a, [c])], call=c["name"], args={}), "about": kind}


def date_known(w):
    """Today's date stands in the system prompt and no clock is offered."""
    r = w.r
    if w.setting:
        fs, tools, names, sysm = w.setting
        t = re.search(r"Today is ([^.\n]*)\.", sysm).group(1)
    else:
        fs, t = some(w, r.randint(0, 3)), today(w)
        tools, names = offer(r, None) if r.random() < .5 else ([], {})
        tools, sysm = [x for x in tools if x["name"] != names.get("get_time")], system(r, fs, t)
    wd = t.replace(",", "").split(" ", 1)
    weekday = r.random() < .4
    q = expand(r, "(what day of the week is it|which weekday is today|what weekday is it)?") if weekday else (utter(w, "date", .5, "(what is today's date|what's the date today|which date is it)?"))
    a = f"It is {wd[0]}." if weekday else expand(r, f"(Today is {t}.|It is {t}.)")
    return done("date_known", sysm, tools, [user(as_typed(r, q)), model(a)], all=[wd[0] if weekday else wd[1]])


def timer(w):
    r = w.r
    d = w.duration()
    fs, tools, names, sysm = ctx(w, need="set_timer")
    said = as_typed(r, expand(r, "(set a timer for {d}|the {food} (needs|takes|must cook for|has to bake for) {d}, (start a timer|set the timer|timer please|please time it)|{d}, start (counting|the clock|the timer)|please count {d}|I have {d}, set the timer|let me know when {d} have passed|let me know in {d}|time {d}( for me|)|stop me after {d}|a {s} timer( now|)|run a timer for {d}|set the clock to {d}|set the timer to {d}|start the timer: {d}|I'd like a timer for {d}|{d} timer please|the tea needs {d}, set a timer|put {d} on the clock|could you time {d}|timer, {d}|set a countdown of {d}|start a countdown for {d}|start a timer of {d}|tell me when {d} are over|ring in {d}|make it a {s} timer|start a {s} timer|timer for {d}|set a {s} timer|please set a timer for {d}|wake me in {d}|can you start a timer for {d}|count down {d}|I need a timer for {d}|give me {d} on the timer|timer {d})(| please|)", d=d, s=d.rstrip("s"), food=w.of(FOOD + DISH)), keep=(1,))
    if r.random() < .25:
        said, d = timer_request(w)
        said = as_typed(r, said, keep=(1,))
    elif r.random() < .2:
        n = int(d.split()[0])
        said = said.replace(d, words_of(n) + d[len(str(n)):]).replace(d.rstrip("s"), words_of(n) + d[len(str(n)):].rstrip("s"))
    c = dict(name=names["set_timer"], args={"duration": d}, response=r.choice([{"status": "started"}, {"status": "ok"}]))
    a = expand(r, "(The timer is set for {d}.|Done: {d} from now.|OK, a timer for {d} is running.|I started a timer for {d}.)", d=d)
    return done("timer", sysm, tools, [user(said), model(a, [c])], call=c["name"], args=c["args"])


def reminder(w):
    r = w.r
    if r.random() < .06:
        return reminder_without_time(w)
    fs, tools, names, sysm = ctx(w, need="add_reminder")
    x = w.task() if r.random() < .8 else expand(r, "(call|meet|email|visit|text|thank|pay) {n}(| about the {t})", n=w.name(), t=w.of(TOPIC))
    t = w.when()
    said = as_typed(r, expand(r, "(remind me to {x} {t}|{t}, remind me to {x}|I (should|want to|must) {x} {t}, (remind me|please remind me|can you remind me|set a reminder)|ping me {t} to {x}|{t} I (must|have to|should|want to) {x}, (remind me|please remind me|set a reminder|don't let me forget)|please make sure that I {x} {t}|see to it that I {x} {t}|tell me {t} to {x}|I mustn't forget to {x} {t}|let me not forget to {x} {t}|remind me {t} to {x}|please remind me {t} to {x}|{t} I have to {x}, remind me|{t} I need to {x}, please remind me|make sure I {x} {t}|I must not forget to {x} {t}|set me a reminder {t} to {x}|reminder: {x} {t}|could you remind me {t} to {x}|help me remember to {x} {t}|new reminder: {x}, {t}|set a reminder to {x} {t}|please remind me to {x} {t}|can you remind me to {x} {t}|add a reminder to {x} {t}|don't let me forget to {x} {t}|I need a reminder to {x} {t}|reminder {t}: {x}|I have to {x} {t}, remind me)", x=x, t=t), keep=(1,))
    c = dict(name=names["add_reminder"], args={"text": x, "when": t}, response=r.choice([{"status": "added"}, {"status": "ok"}, {"id": r.randint(1, 99)}]))
    you = re.sub(r"\bmy\b", "your", x)
    a = expand(r, "(I will remind you {t} to {x}.|OK, I'll remind you to {x} {t}.|Done: a reminder to {x} {t}.)", t=t, x=you)
    return done("reminder", sysm, tools, [user(said), model(a, [c])], call=c["name"], args=c["args"])


def reminder_without_time(w):
    """No time is given: it is asked for, and the next message gives it."""
    r = w.r
    fs, tools, names, sysm = ctx(w, need="add_reminder")
    x, t = w.task(), w.when()
    said = as_typed(r, expand(r, "(remind me to {x}|set a reminder to {x}|please remind me to {x}|don't let me forget to {x}|I need a reminder to {x}|can you remind me to {x}|add a reminder: {x})", x=x), keep=(1,))
    you = re.sub(r"\bmy\b", "your", x)
    c = dict(name=names["add_reminder"], args={"text": x, "when": t}, response=r.choice([{"status": "added"}, {"status": "ok"}]))
    turns = [user(said), model(expand(r, "(When should I remind you to {x}?|At what time should I remind you to {x}?)", x=you)), user(as_typed(r, t, keep=(1,))),
             model(expand(r, "(I will remind you {t} to {x}.|OK, I'll remind you to {x} {t}.)", t=t, x=you), [c])]
    return done("reminder", sysm, tools, turns, call=c["name"], args=c["args"])


def reminders(w):
    r = w.r
    fs, tools, names, sysm = ctx(w, need="list_reminders")
    n = r.randint(0, 3)
    items = [f"{w.task()} {w.when()}" for _ in range(n)]
    said = utter(w, "reminder", .5, "(what are my reminders|show my reminders|list my reminders|list all reminders|do I have any reminders|what do I have to do|which reminders do I have|are there any reminders|what reminders are set|what did I want to be reminded of|read me my reminders|tell me my reminders|is there anything I should remember to do|what is on my reminder list)?")
    a = "You have no reminders." if not items else expand(r, "(You have {n} {r}: {x}.|Your reminders: {x}.)", n=WORDS[n], r="reminder" if n == 1 else "reminders", x=re.sub(r"\bmy\b", "your", listing(items)))
    c = dict(name=names["list_reminders"], args={}, response={"reminders": items})
    return done("reminders", sysm, tools, [user(said), model(a, [c])], call=c["name"], args={})


def note(w):
    r = w.r
    fs, tools, names, sysm = ctx(w, need="add_note")
    x = expand(r, r.choice(["buy {i} and {j}", "{n}'s number is {p}", "idea: {k} for the {t}", "{t}: ask {n}", "the {t} costs {c} dollars", "{n} likes {i}", "{i}, {j} and {m}", "{t} code {z}",
                            "call {n} about the {t}", "meeting with {n} at {h}"]),
               i=w.of(ITEM), j=w.of(ITEM), m=w.of(ITEM), n=w.name(), p=w.phone(), k=w.of(HOBBY), t=w.of(TOPIC), c=r.randint(5, 900), z=w.code(), h=w.clock())
    if r.random() < .35:
        x = text_work.plain(w, r.choice(text_work.PLAIN))
    said = as_typed(r, expand(r, "((make a note|take a note|add a note|note|write down|write this down|save a note|new note|please note|create a note|note this|note to self|for my notes|jot down|quick note|put this in my notes|save this as a note|add to my notes): {x}|(make a note|take a note|write down|note down|jot down|please note|add a note) that {x})", x=x), keep=(1,))
    c = dict(name=names["add_note"], args={"text": x}, response=r.choice([{"status": "saved"}, {"status": "ok"}, {"id": r.randint(1, 99)}]))
    a = expand(r, "(I saved the note: {x}.|Noted: {x}.|The note is saved.|Done, I wrote it down.)", x=x)
    return done("note", sysm, tools, [user(said), model(a, [c])], call=c["name"], args=c["args"])


def search(w):
    r = w.r
    files = r.random() < .5
    need = "search_files" if files else "search_notes"
    fs, tools, names, sysm = ctx(w, need=need)
    q = r.choice([w.of(TOPIC), *[r.choice(sources().nouns[w.test])] * 3, w.coined(), f"{w.of(TOPIC)} {w.r.randint(2015, 2027)}", w.name(), w.of(TOPIC) + " " + w.of(["list", "plan", "letter", "photos", "report"])])
    if files:
        said = expand(r, "((find|search for|look for|where is|where are|can you find|show me|get me|open|fetch|I need|I am looking for|do you see|where did I save|which folder has) (my |the |all |any |my old |)({q}|{q}|{q} (file|document|files|documents|papers))|(search|scan|go through|check) my (files|documents|disk|computer|folders) for {q}|(do I have|is there|are there|have I got|find|find all|show me|list|search for) (a |any |the |)(file|files|document|documents|paper|papers) (about|on|with|named|called|for) (the |my |){q}|is {q} (somewhere |)(in|among) my (files|documents))(| please)", q=q)
        if "file" not in said and "document" not in said:
            said = said + r.choice([" in my files", " on my computer", " in my documents"])
        hits = [f"{re.sub(r'[^a-z0-9]+', '-', q.lower()).strip('-')}{w.r.choice(['', '-final', '-2', '-old', '-new'])}.{w.r.choice(['pdf', 'txt', 'docx', 'xlsx', 'md', 'jpg'])}" for _ in range(r.randint(0, 3))]
        a = expand(r, "(I found no file about {q}.|There is no file about {q}.)", q=q) if not hits else expand(r, "(I found {n} {f}: {x}.|Here is what I found: {x}.)", n=WORDS[len(hits)], f="file" if len(hits) == 1 else "files", x=listing(hits))
        c = dict(name=names[need], args={"query": q}, response={"files": hits})
    else:
        said = expand(r, "((what do my notes (tell me|contain) about|what was in my notes about|(find|search|show me) everything (that |)I (wrote|noted) (about|on)|in which note did I write about|did I (note|write) (down |)(anything|something) (about|on)|what do my notes say about|search my notes for|find my note about|look in my notes for|is there a note about|what did I write about|what did I note about|do I have notes on|check my notes for|show me my notes on|find the note on|look up in my notes:|any notes on|notes about|have I written anything about|is there anything in my notes about|which notes mention) (the ||my |){q}(?|)|(look (up|for)|search for|find) (the word ||){q} (in|among) (my|the) notes|is {q} mentioned in my notes?|notes on {q} please|do my notes (mention|say anything about|talk about) (the |my |){q}?)", q=q) if r.random() < .9 else f"what do I have on {q} in my notes?"
        hits = [expand(r, r.choice([f"{q}: ask {w.name()}", f"{q} costs {r.randint(5, 900)} dollars", f"{q} is on {w.of(WEEKDAY)}", f"{w.name()} knows about {q}", f"{q}: {w.code()}"])) for _ in range(r.randint(0, 2))]
        a = expand(r, "(I found no note about {q}.|Your notes say nothing about {q}.)", q=q) if not hits else expand(r, "(Your notes say: {x}.|I found {n} {f}: {x}.)", n=WORDS[len(hits)], f="note" if len(hits) == 1 else "notes", x="; ".join(hits))
        c = dict(name=names[need], args={"query": q}, response={"notes": hits})
    return done("search", sysm, tools, [user(as_typed(r, said, keep=(1,))), model(a, [c])], call=c["name"], args=c["args"])


NEEDS = {"calculate": (calculate, "calculate", "the calculator"), "time": (time, "get_time", "the clock"), "timer": (timer, "set_timer", "the timer"), "reminder": (reminder, "add_reminder", "reminders"),
         "search": (search, "search_notes", "search"), "note": (note, "add_note", "notes")}


def no_tool(w):
    """A tool would be needed but is not offered: say so, and do not pretend. Where the date stands in the system text, it is used."""
    r = w.r
    setting, w.setting = w.setting, None
    kind = r.choice([k for k, (_, need, _) in NEEDS.items() if not setting or need not in setting[2]] or ["time"])
    make, need, what = NEEDS[kind]
    d = make(w)
    while kind == "time" and d["about"] != "time" or len(d["turns"]) > 2:      # not the reminder that asks for its time
        d = make(w)
    used = d["turns"][-1]["calls"][0]["name"]
    d["tools"] = [t for t in d["tools"] if t["name"] != used]
    if setting:
        w.setting = setting
        d["tools"], d["system"] = setting[1], setting[3]
        if need in setting[2]:
            return done("recall/unknown", setting[3], setting[1], [])
    verb, it = ("are", "they are") if what in ("reminders", "notes") else ("is", "it is")
    d["turns"][-1] = model(expand(r, f"(I can't do that here: {what} {verb} not switched on. You can allow it under Tools.|I need {what} for that, and {it} off. You can turn it on under Tools.)"))
    d["skill"], d["check"] = "no_tool", dict(any=["under tools"], nocall=True)
    return d

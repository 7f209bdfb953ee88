"""A whole conversation in one setting: several skills after each other, and what was said earlier asked for later."""
from facts import some
from memory import earlier_fact, recall, remember
from out_of_range import out_of_range
from reading import reading
from setting import *
from small_talk import any_kind, small
from text_work import bullets, copy, extract, rewrite
from tools import calculate, date_known, no_tool, note, reminder, reminders, search, time, timer

WITH = {"calculate": calculate, "get_time": time, "set_timer": timer, "add_reminder": reminder, "list_reminders": reminders, "add_note": note, "search_notes": search, "remember": remember}
ALWAYS = {small: 6, out_of_range: 3, recall: 1, reading: 1.5, bullets: 1.2, rewrite: 1, extract: .8, copy: .5}


def setting(w):
    """As the app gives it: nothing but the date, or memory, or memory and some tools."""
    r = w.r
    kind = r.choice(["plain", "plain", "memory", "few", "few", "all"])
    facts = [] if kind == "plain" else some(w, r.randint(1, 5))
    tools, names = offer(r, None, {"few": 4, "all": 9}.get(kind, 0), alias=.1)
    return facts, tools, names, system(r, facts, today(w) if r.random() < .85 else None)


def skills_of(w):
    """{function: weight} for the setting of w."""
    _, _, names, sysm = w.setting
    out = dict(ALWAYS)
    out.update({f: 1.6 for k, f in WITH.items() if k in names and (f is not search or "search_files" in names)})
    if "get_time" not in names and "Today is" in sysm:
        out[date_known] = .7
    if len(names) < 6:
        out[no_tool] = 1.2
    return out


def session(w):
    """Two to four exchanges. The last one is the one that a test judges."""
    r = w.r
    w.setting = setting(w)
    facts, tools, names, sysm = w.setting
    turns, check, pending = [], {}, None
    for _ in range(r.choice([2, 2, 3, 3, 4])):
        if pending and r.random() < .55:
            more, check = pending()
            pending = None
        elif not pending and "remember" not in names and r.random() < .35:
            more, pending = earlier_fact(w, [f["key"] for f in facts])
            check = {}
        else:
            weights = skills_of(w)
            f = r.choices(list(weights), list(weights.values()))[0]
            d = small(w, any_kind(r)) if f is small else f(w)
            more, check = d["turns"], d["check"]
        turns += more
    if pending:
        more, check = pending()
        turns += more
    return {"skill": "session", "system": sysm, "tools": tools, "turns": turns, "check": check}

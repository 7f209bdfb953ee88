"""Requests that real people wrote (CLINC150, NLU Evaluation Data), with the arguments of the tool that they call for.

Only requests whose arguments are certain are used: one duration for a timer, one sum of two numbers for the calculator.
"""
import functools, re
from setting import sources

ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = {w: 10 * (i + 2) for i, w in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())}
VALUE = {**{w: i for i, w in enumerate(ONES)}, **TENS}
NUMBER = r"(?:\d+(?:\.\d+)?|(?:(?:%s|hundred|thousand|and)\b[ -]?)+)" % "|".join(sorted(VALUE, key=len, reverse=True))
OPERATORS = {"plus": "+", "+": "+", "added to": "+", "minus": "-", "-": "-", "times": "*", "x": "*", "*": "*", "multiplied by": "*", "divided by": "/", "/": "/", "over": "/"}
SUM = re.compile(rf"({NUMBER})\s*(%s)\s*({NUMBER})" % "|".join(map(re.escape, OPERATORS)))
DURATION = re.compile(rf"({NUMBER})[ -]*(second|sec|minute|min|hour|hr)s?\b")


def as_number(text):
    """12, 7.5, "twenty five", "one hundred and sixty" -> text of the number, or None."""
    text = text.strip().replace("-", " ")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return text
    total, here = 0, 0
    words = [w for w in text.split() if w != "and"]
    for before, w in zip([None, *words], words):
        if w in VALUE:
            if before in VALUE and not (before in TENS and 0 < VALUE[w] < 10):
                return None                                     # "fifteen ninety nine"
            here += VALUE[w]
        elif w == "hundred":
            here = max(1, here) * 100
        elif w == "thousand":
            total, here = total + max(1, here) * 1000, 0
        else:
            return None
    return str(total + here) if words else None


def duration_of(text):
    """"10 minutes" for a request with exactly one duration, else None."""
    found = DURATION.findall(text)
    if len(found) != 1 or re.search(r"half|quarter|between| or |and a|every|already|left", text):
        return None
    n, unit = as_number(found[0][0]), {"s": "second", "m": "minute", "h": "hour"}[found[0][1][0]]
    return n and f"{n} {unit}" + ("" if n == "1" else "s")


def sum_of(text):
    """"35*23" for a request with exactly one sum of two numbers, else None."""
    found = SUM.findall(text)
    rest = SUM.sub("", text)
    if len(found) != 1 or re.search(r"\d|[-+*/^]|root|power|equals|equal|plus|minus|times|divided|percent|tip|million|square|then|and ", rest):
        return None
    a, op, b = found[0]
    a, b = as_number(a), as_number(b)
    return a and b and f"{a}{OPERATORS[op]}{b}"


def words_of(n):
    """25 -> "twenty five"; for 0 to 99."""
    return ONES[n] if n < 20 else f"{list(TENS)[n // 10 - 2]}{' ' + ONES[n % 10] if n % 10 else ''}"


def timer_request(w):
    """(a real request for a timer with another duration in it, that duration)"""
    r = w.r
    text, arg = r.choice(requests("timer", w.test))
    if r.random() < .3:
        return text, arg
    found = DURATION.search(text)
    n = r.choice([r.randint(1, 20), r.choice([25, 30, 35, 40, 45, 50, 55, 60, 75, 90])])
    unit = r.choice(["second", "minute", "minute", "minute", "hour"])
    s = "s" if text[found.end() - 1] == "s" else ""
    return text[:found.start()] + f"{n if r.random() < .6 else words_of(n)} {unit}{s}" + text[found.end():], f"{n} {unit}" + ("" if n == 1 else "s")


def sum_request(w, number):
    """(a real request for a sum with other numbers in it, the sum); `number()` gives a number as text."""
    r = w.r
    text, arg = r.choice(requests("sum", w.test))
    if r.random() < .2:
        return text, arg
    found = SUM.search(text)
    if r.random() < .35:
        a, b = r.randint(0, 20), r.choice([r.randint(1, 20), 10 * r.randint(2, 9)])
        said = words_of(a), words_of(b)
    else:
        a, b = number(), number()
        said = a, b
    return text[:found.start()] + f"{said[0]} {found.group(2)} {said[1]}" + text[found.end():], f"{a}{OPERATORS[found.group(2)]}{b}"


@functools.lru_cache(None)
def requests(kind, test):
    """[(what was said, the argument)] of one kind: "timer" or "sum"."""
    s, out = sources(), []
    if kind == "timer":
        said, find = s.utter[test].get("timer", []), duration_of
    else:
        said, find = s.utter[test].get("calculator", []) + [r["text"] for r in s.nlu[test].get("qa_maths", [])], sum_of
    for text in said:
        arg = find(text)
        if arg:
            out.append((text, arg))
    return out

"""A bank of small facts for invented notices, letters and notes: (sentences, ((question, answer), …)), all as patterns with slots.

A text is a handful of facts in any order; a fact that is left out gives the question which "the text does not say".
"""
from setting import *

GROUP = "choir|chess club|book club|running group|drama group|sewing circle|band|hiking club|yoga class|dance class|gardening club|reading circle|film club|rowing team|photo club|cooking class".split("|")
SPOT = "front door|kitchen window|stairs|blue pot|bookshelf|mirror|old clock|fridge|mailbox|back entrance|lamp|bench".split("|")
ROOM = "kitchen|dining room|garden room|hall|cellar|office|lounge|attic|workshop|lobby".split("|")
ROLE = "captain|driver|guide|owner|manager|cook|judge|teacher|secretary|treasurer|doctor|coach|editor|referee".split("|")
FLOOR = "first second third fourth fifth top".split()
STAFF = "wash the windows|repair the roof|paint the fence|clean the hall|count the chairs|bake the cake|write the minutes|order the tickets|sweep the yard|test the alarm".split("|")

BANK = [
    ("(The {g} meets every {wd}|Every {wd} the {g} meets|The {g} comes together every {wd}) at {t} in the {pl}.", (("(when does the {g} meet|on which day does the {g} meet|what day is the {g})?", "every {wd} at {t}"), ("(where does the {g} meet|where do they meet|where is the {g})?", "in the {pl}"))),
    ("(One session|A lesson|Practice|The course|Each meeting) (lasts|takes) {du}.", (("(how long does it last|how long does it take|how long is it|how much time does it take)?", "{du}"),)),
    ("(Mr.|Mrs.|Dr.) {ln} (leads|runs|teaches) the {g}.", (("(who leads the {g}|who runs the {g}|who is in charge of the {g}|who teaches the {g})?", "{ln}"),)),
    ("The (yearly|monthly|weekly) fee is {pr} {cur}.", (("(how much is the fee|what is the fee|what does it cost|how much do members pay)?", "{pr} {cur}"),)),
    ("The (morning|evening|last|first|next) {ve} to {c} leaves at {t}.", (("(when does the {ve} leave|at what time does the {ve} leave|what time does the {ve} go)?", "at {t}"), ("(where does the {ve} go|what is the destination of the {ve})?", "to {c}"))),
    ("From {d} the {ve} leaves at {t} instead of {t2}.", (("(when does the {ve} leave now|what is the new time of the {ve}|at what time does the {ve} leave from now on)?", "at {t}"), ("(from when does the new time count|since when is the time different)?", "from {d}"))),
    ("{who} (cost|pay) {k} {cur} (extra|each).", (("(how much do {wl} cost|how much do {wl} pay|what do {wl} pay)?", "{k} {cur}"),)),
    ("{who} (travel|enter|come in) free.", (("(do {wl} have to pay|how much do {wl} pay|must {wl} pay|what do {wl} cost)?", "{wl} are free"),)),
    ("(The {ro} is|Our {ro} is|The new {ro} is) {n}.", (("(who is the {ro}|what is the {ro} called|what is the name of the {ro})?", "{n}"),)),
    ("The {ro}, {fn}, (asks everybody to be there|wants you to come|would like you to arrive) {k} minutes early.", (("(who is the {ro}|what is the {ro} called|what is the name of the {ro})?", "{fn}"), ("(how early should you come|how many minutes early should you be there)?", "{k} minutes early"))),
    ("Mr. {ln} on the {fl} floor is the caretaker.", (("(who is the caretaker|what is the caretaker's name)?", "Mr. {ln}"), ("(on which floor does Mr. {ln} live|where does Mr. {ln} live|where is the caretaker)?", "on the {fl} floor"))),
    ("Your new {o} is ready.", (("(what is ready|what can be picked up)?", "the new {o}"),)),
    ("Please pick it up at our shop in {st} before {wd}.", (("(where is the shop|in which street is the shop|where can it be picked up)?", "in {st}"), ("(until when can it be picked up|before which day should it be picked up|when is the deadline)?", "before {wd}"))),
    ("(The remaining amount is|You still have to pay|The bill comes to) {pr} {cur}.", (("(how much is left to pay|how much is open|how much do I have to pay|what is the amount)?", "{pr} {cur}"),)),
    ("If you have questions, (call|ask for|phone) {n} at {ph}.", (("(who should I call|who can answer questions|who can I ask)?", "{n}"), ("(what is the number|which number should I call|what is {n}'s number)?", "{ph}"))),
    ("The {ky} (hangs beside|is under|lies behind|is next to) the {sp}.", (("(where is the {ky}|where can I find the {ky}|where do I find the {ky})?", "= the {sp}"),)),
    ("(Rubbish|Paper|Old glass|The mail) is collected on {wd}s.", (("(when is it collected|on which day is it collected|what day is the collection)?", "on {wd}s"),)),
    ("The {fa} (may be used|is open|can be used) (between|from) {t} (and|to) {t2}.", (("(when may I use the {fa}|when is the {fa} open|at what time can I use the {fa})?", "between {t} and {t2}"),)),
    ("The {fa} opens at {t} and closes at {t2}.", (("(when does the {fa} open|at what time does the {fa} open)?", "at {t}"), ("(when does the {fa} close|until when is the {fa} open)?", "at {t2}"))),
    ("{n} bought a {col} {o} for {pr} {cur}.", (("(what did {n} buy|what has {n} bought)?", "a {col} {o}"), ("(how much did {n} pay|how much was the {o}|what did the {o} cost)?", "{pr} {cur}"), ("(what color is the {o}|which color has the {o})?", "{col}"))),
    ("{n} lost a {o} (near|at|behind) the {pl}.", (("(what did {n} lost|what did {n} lose|what is missing)?", "a {o}"), ("(where did {n} lose it|where was the {o} lost)?", "= the {pl}"), ("(who lost something|who lost a {o})?", "{n}"))),
    ("{n} gave {n2} a {o}.", (("(who got a {o}|who did {n} give the {o} to)?", "{n2}"), ("(what did {n} give to {n2}|what did {n2} get)?", "a {o}"), ("(who gave {n2} a {o}|who is the {o} from)?", "{n}"))),
    ("{n} and {n2} will {jb} on {wd}.", (("(who will {jb})?".replace("(", "").replace(")", ""), "{n} and {n2}"), ("(when will they {jb}|on which day will {n} and {n2} work)?", "on {wd}"), ("(what will {n} and {n2} do|what is the job of {n} and {n2})?", "{jb}"))),
    ("The (meeting|party|lesson|exam) was moved from {wd} to {wd2}.", (("(when is it now|to which day was it moved|what is the new day)?", "{wd2}"), ("(when should it have been|what was the old day)?", "{wd}"))),
    ("The password for the {dv} is {co}.", (("(what is the password|what is the password for the {dv}|how do I log in to the {dv})?", "{co}"),)),
    ("Room {nu} is on the {fl} floor.", (("(on which floor is room {nu}|where is room {nu})?", "on the {fl} floor"),)),
    ("The dish of the day is {di} and costs {k} {cur}.", (("(what is the dish of the day|what can I eat today)?", "{di}"), ("(how much is the {di}|what does the dish of the day cost)?", "{k} {cur}"))),
    ("Breakfast is served from {t} to {t2} in the {rm}.", (("(when is breakfast|at what time is breakfast)?", "from {t} to {t2}"), ("(where is breakfast served|where is breakfast)?", "in the {rm}"))),
    ("The {o} weighs {k} kilograms and was made in {c}.", (("(how heavy is the {o}|how much does the {o} weigh)?", "{k} kilograms"), ("(where was the {o} made|where does the {o} come from)?", "in {c}"))),
    ("The (bridge|tower|wall|tunnel) is {nu} meters (long|high).", (("(how many meters is it|how long or high is it|what are its meters)?", "{nu} meters"),)),
    ("It was built by {fn} in {y}.", (("(who built it|who was the builder)?", "{fn}"), ("(when was it built|in which year was it built)?", "in {y}"))),
    ("(Send your application to|Please write to|Answers go to) {em} by {d}.", (("(where should I write to|what is the email address|which address do I write to)?", "{em}"), ("(by when|what is the deadline|until which day can I write)?", "by {d}"))),
    ("The winner gets (a|the) {o}.", (("(what does the winner get|what is the prize|what can you win)?", "{o}"),)),
    ("Last year {nu} people came.", (("(how many people came last year|how many visitors were there last year)?", "{nu}"),)),
    ("The (cat|dog|horse|patient) needs {k} (pills|drops) after every meal.", (("(how many does it need|how many are needed|what is needed after a meal)?", "{k}"),)),
    ("A parcel for {n} is waiting at the {pl}.", (("(who is the parcel for|whose parcel is it)?", "{n}"), ("(where is the parcel|where can the parcel be found)?", "at the {pl}"))),
    ("(Water the {o}|Feed the {an}|Empty the box) every {k} days.", (("(how often should it be done|how often do I have to do it|every how many days)?", "every {k} days"),)),
    ("{n} is {nu2} years old and lives in {c} with {n2}.", (("(how old is {n}|what is {n}'s age)?", "{nu2}"), ("(where does {n} live|in which city does {n} live)?", "in {c}"), ("(who does {n} live with|who lives with {n})?", "with {n2}"))),
    ("{n} speaks {la} and plays the {in}.", (("(what language does {n} speak|which language does {n} speak)?", "{la}"), ("(what does {n} play|which instrument does {n} play)?", "the {in}"))),
    ("The {o} will be delivered on {d} between {t} and {t2}.", (("(when will the {o} be delivered|on which day does the {o} come)?", "on {d}"), ("(at what time will it be delivered|between which times will it come)?", "between {t} and {t2}"))),
    ("The house has a {col} door and stands (beside|opposite|behind) the {pl}.", (("(what color is the door|which color has the door)?", "{col}"), ("(where is the house|where does the house stand)?", "= the {pl}"))),
    ("{n} needs {k} {it2} and some {it} for the {di}.", (("(what does {n} need|what is needed)?", "{k} {it2} and some {it}"), ("(how many {it2} does {n} need|how many {it2} are needed)?", "{k}"), ("(what does {n} cook|what is the food for|what will {n} make)?", "{di}"))),
]
# Plain facts about any noun: what is asked for has to be matched by its word, not by its kind.
OPEN = [
    ("(The {o} is|You find the {o}|They keep the {o}|The {o} lies|The {o} stands) {pp}.", (("(where is the {o}|where can I find the {o}|where do they keep the {o}|in which place is the {o})?", "{pp}"),)),
    ("(The {o} costs|The price of the {o} is|You can buy the {o} for|A {o} is sold for) {pr} {cur}.", (("(how much is the {o}|what does the {o} cost|how expensive is the {o}|what is the price of the {o}|how much does a {o} cost)?", "{pr} {cur}"),)),
    ("The {o} (belongs to|was made by|was found by|was painted by|is a present from|was sent by) {n}.", (("(who has to do with the {o}|whose name goes with the {o}|which person is named with the {o})?", "{n}"),)),
    ("The {o} belongs to {n}.", (("(whose {o} is it|who owns the {o}|who does the {o} belong to|whose is the {o})?", "{n}"),)),
    ("{n} (brings|will bring|is bringing) the {o}.", (("(who brings the {o}|who will bring the {o}|who is bringing the {o})?", "{n}"), ("(what does {n} bring|what will {n} bring|what is {n} bringing)?", "the {o}"))),
    ("{n} (found|sold|bought|built|repaired|painted) a {o} (on|last) {wd}.", (("(who had to do with the {o}|who is named with a {o})?", "{n}"), ("(when was that|on which day was it|what day was it)?", "{wd}"))),
    ("The {o} is {col}.", (("(what color is the {o}|which color does the {o} have|what colour has the {o})?", "{col}"),)),
    ("There (are|were) {nu} {o}s {pp}.", (("(how many {o}s are there|how many {o}s|what is the number of {o}s|how many {o}s do they have)?", "{nu}"), ("(where are the {o}s|where can I see the {o}s)?", "{pp}"))),
    ("The {o} (opens|starts|begins|arrives|leaves) at {t}.", (("(when does the {o} start|when does the {o} open|when does the {o} come|at what time is the {o}|what time is the {o})?", "at {t}"),)),
    ("(The {o} is|The {o} takes place|The {o} will be|We have the {o}) on {d}.", (("(when is the {o}|on which day is the {o}|what is the date of the {o}|when will the {o} be)?", "on {d}"),)),
    ("{n} is (the|our|their) {o}.", (("(who is the {o}|what is the {o} called|what is the name of the {o})?", "{n}"), ("(who is {n}|what is {n})?", "the {o}"))),
    ("(The {o} takes|The {o} lasts|It takes {n} to reach the {o}) {du}.".replace("|It takes {n} to reach the {o}", ""), (("(how long does the {o} take|how long is the {o}|how long does the {o} last|what time does the {o} need)?", "{du}"),)),
    ("{o2}s are not allowed (here|inside|in the house|on the train).", (("(are {o2}s allowed|can I bring a {o2}|may I bring {o2}s|are {o2}s welcome)?", "no, {o2}s are not allowed"),)),
    ("{o2}s are welcome.", (("(are {o2}s allowed|can I bring a {o2}|may I bring {o2}s|are {o2}s welcome)?", "yes, {o2}s are welcome"),)),
    ("There is (free|enough) {o}.", (("(is there {o}|is there any {o}|do they have {o})?", "yes, there is {o}"),)),
    ("{n} (lives|works|sleeps|waits) {pp}.", (("(where is {n}|where can I meet {n}|where does {n} stay)?", "{pp}"), ("(who is {pp})?".replace("(", "").replace(")", ""), "{n}"))),
    ("{n} (likes|wants|needs|asks for) {it}.", (("(what does {n} want|what does {n} like|what should I get for {n})?", "{it}"), ("(who wants {it}|who likes {it}|who needs {it})?", "{n}"))),
    ("The {o} is (closed|broken|full|cancelled|sold out) because of the {o2}.", (("(why is the {o} not there|what is the reason|what is wrong with the {o}|because of what)?", "because of the {o2}"),)),
    ("{n} is the {re} of {n2}.", (("(who is {n}|how are {n} and {n2} related)?", "the {re} of {n2}"), ("(who is the {re} of {n2}|who is {n2}'s {re})?", "{n}"))),
]
FILLER = ["New members are always welcome.", "We look forward to seeing you.", "Please tell your neighbors.", "Nothing else has changed.", "Many thanks for your help.", "It may rain, so bring a coat.", "Coffee will be served.", "See you soon.", "This is the final plan.", "We had a lot of fun last time."]
HEAD = ["Notice", "Hello everybody", "Dear neighbors", "Dear {fn}", "Important", "News", "To all", "Reminder", "Note", "House rules", "Dear Mr. {ln}", "For the weekend"]


def slots(w):
    """One value for every slot; objects are real words from a large list, names and places mostly invented."""
    r = w.r
    clocks = [f"{h}:{m}" for h in range(6, 22) for m in ("00", "10", "15", "30", "45", "50")]
    t = [clocks[i] for i in sorted(r.sample(range(len(clocks)), 2))]
    wd = r.sample(WEEKDAY, 2)
    who = r.choice(["Bicycles", "Dogs", "Children", "Students", "Guests", "Cars", "Large bags", "Pupils", "Members"])
    return {"g": w.of(GROUP), "wd": wd[0], "wd2": wd[1], "t": t[0], "t2": t[1], "pl": w.of(PLACE), "du": r.choice([f"{r.randint(2, 9)} hours", f"{r.choice([20, 30, 40, 45, 50, 75, 90])} minutes", "two hours", "one hour", "half a day", "three hours", "an hour and a half"]),
            "ln": w.coined(), "fn": w.fullname(), "n": w.name(), "n2": w.name(), "pr": r.randint(5, 990), "cur": w.of(["dollars", "euros", "pounds"]), "k": r.randint(2, 20), "ve": w.of(["boat", "bus", "train", "ferry", "tram"]), "c": w.city(), "d": w.day(), "o2": word(w), "re": w.of(RELATION), "pp": r.choice(["in", "near", "behind", "beside", "at", "in front of"]) + " the " + r.choice([w.of(PLACE), w.of(ROOM), w.of(SPOT), word(w)]),
            "who": who, "wl": who.lower(), "ro": w.of(ROLE), "fl": w.of(FLOOR), "o": word(w), "st": w.coined() + r.choice([" Street", " Road", " Lane", " Square"]), "ph": w.phone(), "ky": word(w) + r.choice([" key", "", " box"]), "sp": w.of(SPOT),
            "fa": w.of(["washing machine", "pool", "library", "office", "gym", "sauna", "reading room", "garage", "bakery", "museum", "copy shop"]), "col": w.of(COLOR), "jb": w.of(STAFF), "dv": w.of(DEVICE), "co": w.code(), "nu": r.randint(12, 980), "di": w.of(DISH),
            "rm": w.of(ROOM), "y": w.year(), "em": w.email(), "an": w.of(ANIMAL), "nu2": r.randint(5, 95), "la": w.of(LANGUAGE), "in": w.of(INSTRUMENT), "it": w.of(ITEM), "it2": w.of(["eggs", "apples", "onions", "lemons", "carrots", "potatoes", "tomatoes", "plates", "chairs"])}


def word(w):
    """A common noun of one plain word."""
    return w.r.choice(sources().nouns[w.test])


def notice(w):
    """(sentences, [(question, answer, sentence)], a question without an answer here)."""
    r = w.r
    n = r.randint(2, 5)
    facts = r.sample(BANK, n + 1) if r.random() < .4 else r.sample(BANK, n // 2 + 1) + r.sample(OPEN, n - n // 2)
    missing, facts = facts[0], facts[1:]
    if r.random() < .5:
        missing = r.choice([f for f in facts if f in OPEN] or [missing])       # the same kind of fact, of another thing
    r.shuffle(facts)
    text, asks = [], []
    if r.random() < .3:
        s = slots(w)
        text.append(r.choice(HEAD).format(**s) + r.choice([":", ",", "!"]))
    for sentence, questions in facts:
        s = slots(w)
        line = expand(r, sentence, **s)
        text.append(line)
        for q, a in questions:
            a = a.format(**s)
            if a.startswith("= "):                                     # the preposition is the one that the sentence chose
                a = re.search(r"(near|at|behind|beside|under|next to|opposite) " + re.escape(a[2:]), line).group(0)
            asks.append((expand(r, q, **s), a, line))
        if r.random() < .12:
            text.append(r.choice(FILLER))
    return text, asks, expand(r, r.choice(missing[1])[0], **slots(w))

"""Short invented texts, and what can be asked about them.
"""
from setting import *


def passage(w):
    """(sentences, questions): a short invented text, and what can be asked about it as (question pattern, short answer, long answer)."""
    r = w.r
    k = r.choice(["person", "shop", "event", "device", "trip", "meeting", "mail", "recipe", "place"])
    n, n2, c = w.fullname(), w.name(), w.city()
    if k == "person":
        j, y, h, p = w.of(JOB), w.year(), w.of(HOBBY), w.petname()
        s = [f"{n} was born in {c} in {y}.", expand(r, f"(She|He) works as {j}."), expand(r, f"In (her|his) free time, {n} enjoys {h}."), f"{n} has a {w.of(PET)} called {p}."]
        q = [(f"(where was {n} born|in which city was {n} born|which city does {n} come from)?", c), (f"(when was {n} born|in which year was {n} born)?", str(y)), (f"(what is {n}'s job|what does {n} do|what does {n} work as)?", j),
             (f"(what does {n} enjoy|what is {n}'s hobby|what does {n} do in free time)?", h), (f"(what is {n}'s pet called|what is the name of {n}'s pet)?", p)]
    elif k == "shop":
        b, y, p, o = w.company(), w.year(), w.of(PRODUCT), w.clock()
        s = [f"{b} is a shop in {c}.", expand(r, f"(It was founded by {n} in {y}.|{n} opened it in {y}.)"), f"It sells {p}.", f"The shop opens at {o}.", f"It is closed on {w.of(WEEKDAY)}."]
        q = [(f"(where is {b}|in which city is {b})?", c), (f"(who founded {b}|who opened {b}|who started {b})?", n), (f"(when was {b} founded|when did {b} start|in which year was {b} founded)?", str(y)),
             (f"(what does {b} sell|what can I buy at {b})?", p), (f"(when does {b} open|at what time does {b} open)?", o), (f"(on which day is {b} closed|when is {b} closed)?", s[4].split(" on ")[1].rstrip("."))]
    elif k == "event":
        e, d, t, pl, pr = w.of(EVENTKIND), w.day(), w.clock(), w.of(PLACE), r.randint(2, 60)
        s = [f"The {e} takes place on {d} at the {pl}.", f"It starts at {t}.", f"Tickets cost {pr} dollars.", f"{n} organizes the event.", expand(r, "(Food and drinks will be sold.|Children are welcome.|Please bring a friend.|There is parking nearby.)")]
        q = [(f"(when is the {e}|on which day is the {e}|what is the date of the {e})?", d), (f"(where is the {e}|where does the {e} take place)?", f"at the {pl}"), ("(when does it start|at what time does it start|what time does it begin)?", t),
             ("(how much is a ticket|what do tickets cost|how much are the tickets)?", f"{pr} dollars"), (f"(who organizes the {e}|who is the organizer|who runs the event)?", n)]
    elif k == "device":
        d, b, hr, g, col, pr = w.of(DEVICE), w.coined(), r.randint(2, 60), r.randint(50, 4000), w.of(COLOR), r.randint(10, 900)
        s = [f"The {b} is a new {d}.", f"Its battery lasts {hr} hours.", f"It weighs {g} grams.", f"The {b} comes in {col} and costs {pr} dollars.", f"The warranty is {r.randint(1, 5)} years."]
        q = [(f"(how long does the battery last|what is the battery life|how long does the battery of the {b} last)?", f"{hr} hours"), (f"(how heavy is the {b}|how much does the {b} weigh|what does it weigh)?", f"{g} grams"),
             (f"(what color is the {b}|which color does it come in)?", col), (f"(how much is the {b}|what does the {b} cost|what is the price)?", f"{pr} dollars"), (f"(what is the {b}|what kind of device is the {b})?", f"a {d}"),
             ("(how long is the warranty|what is the warranty)?", s[4].split(" is ")[1].rstrip("."))]
    elif k == "trip":
        t, d2, b = w.of(["train", "bus", "ferry", "plane"]), r.randint(1, 12), r.choice([w.day(), w.of(WEEKDAY)])
        s = [f"{n2} travels to {c} on {b}.", f"The {t} leaves at {w.clock()}.", f"The journey takes {d2} hours.", f"{n2} will stay with {w.name()}.", f"The return is on {w.of(WEEKDAY)}."]
        q = [(f"(where does {n2} go|where is {n2} going|what is the destination)?", c), (f"(when does {n2} travel|on which day does {n2} travel|when does the trip start)?", b), (f"(when does the {t} leave|at what time does the {t} leave)?", s[1].split(" at ")[1].rstrip(".")),
             ("(how long is the journey|how long does it take|how long does the journey take)?", f"{d2} hours"), (f"(who will {n2} stay with|where will {n2} stay)?", "with " + s[3].split(" with ")[1].rstrip(".")), ("(when is the return|when does the trip end)?", s[4].split(" on ")[1].rstrip("."))]
    elif k == "meeting":
        t, d, n3 = w.of(TOPIC), w.of(WEEKDAY), w.name()
        task = w.of(TASK).replace("my ", "the ")
        s = [f"The team met to talk about the {t}.", f"{n2} will {task} by {d}.", f"{n3} could not come.", f"The budget is {r.randint(2, 90) * 100} dollars.", f"The next meeting is on {w.day()}."]
        q = [("(what was the meeting about|what did the team talk about)?", f"the {t}"), (f"(who will {task}|who has to {task})?", n2), (f"(what will {n2} do|what does {n2} have to do|what is {n2}'s task)?", task), (f"(who could not come|who was missing|who was absent)?", n3),
             ("(what is the budget|how big is the budget|how much money is there)?", s[3].split(" is ")[1].rstrip(".")), ("(when is the next meeting|what is the date of the next meeting)?", s[4].split(" on ")[1].rstrip("."))]
    elif k == "mail":
        it, d, m, amt = w.of(ITEM), w.of(WEEKDAY), w.email(), r.randint(5, 900)
        ph = w.phone()
        s = [f"Hello, this is {n}.", f"Your order of {it} will arrive on {d}.", f"The total is {amt} dollars.", f"You can reach us at {m} or call {ph}.", expand(r, "(Thank you for your order.|We wish you a nice day.|Please have your order number ready.)")]
        q = [("(who wrote the mail|who sent this|who is it from)?", n), ("(what was ordered|what is the order|what did I order)?", it), ("(when will the order arrive|when does it arrive|on which day does it arrive)?", d), ("(what is the total|how much is it|how much do I have to pay)?", f"{amt} dollars"),
             ("(what is the email address|which email can I write to)?", m), ("(what is the phone number|which number can I call)?", ph)]
    elif k == "recipe":
        d, mi, se, i1, i2 = w.of(DISH), r.randint(10, 120), r.randint(2, 8), w.of(ITEM), w.of(ITEM)
        s = [f"This {d} takes {mi} minutes.", f"The recipe serves {se} people.", f"You need {i1}, {i2} and salt.", f"It goes well with {w.of(DRINK)}.", f"The recipe is from {n}."]
        q = [(f"(how long does it take|how long does the {d} take|how many minutes do I need)?", f"{mi} minutes"), ("(how many people does it serve|for how many people is it)?", f"{se} people"), ("(what do I need|which ingredients do I need|what goes into it)?", f"{i1}, {i2} and salt"),
             ("(what does it go well with|which drink goes with it)?", s[3].split(" with ")[1].rstrip(".")), ("(who is the recipe from|whose recipe is it)?", n)]
    else:
        pl, y, km, pop = w.coined(), w.year(), r.randint(2, 400), r.randint(2, 990) * 100
        s = [f"{pl} is a small town near {c}.", f"It has {pop} inhabitants.", f"{pl} is {km} kilometers from the sea.", f"The town is known for its {w.of(PRODUCT)}.", f"Its {w.of(PLACE)} was built in {y}."]
        q = [(f"(where is {pl}|what is {pl} near)?", f"near {c}"), (f"(how many people live in {pl}|how many inhabitants does {pl} have)?", f"{pop}"), (f"(how far is {pl} from the sea|how far is the sea)?", f"{km} kilometers"), (f"(what is {pl} known for)?".replace("(", "").replace(")", ""), "its " + s[3].split(" its ")[1].rstrip(".")),
             (f"(when was the {s[4].split(' was ')[0][4:]} built)?".replace("(", "").replace(")", ""), str(y))]
    return k, s, q


ABSENT = ["what is the phone number of the mayor", "who won the race", "what is the dog's name", "how old is the director", "what is the weather like", "how much does the car cost", "who wrote the song", "what is the wifi password", "how tall is the tower", "when does the museum close", "who is the king", "what color is the door"]


def pick_sentences(w, s):
    r = w.r
    n = r.randint(2, len(s))
    keep = sorted(r.sample(range(1, len(s)), n - 1))
    return [0] + keep


def ask_text(r, text, q):
    f = r.choice(["{t}\n\n{q}", "{q}\n\n{t}", "Text: {t}\nQuestion: {q}", "Read this: {t}\n{q}", "Here is a text:\n{t}\n\n{q}", "{t}\n{q}", "Answer from the text. {q}\n\n{t}", "{t} {q}", "{q} {t}", "I got this message: {t}\n\n{q}", "\"{t}\"\n\n{q}", "{t}\n\nQuestion: {q}", "{t}\n\nTell me: {q}"])
    return f.replace("{t}", text).replace("{q}", q)

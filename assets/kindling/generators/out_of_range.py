"""What Kindling cannot do: it says why, and names the larger model.
"""
from setting import *


WEATHER = "(I can't see the weather: I run offline on this device.|I have no live weather data, because I run offline.|I don't know the weather. I work without the internet.)"
LIVE = "(I can't look that up: I run offline on this device.|I have no live data, because I run without the internet.|That needs the internet, and I run offline.)"
ACTION = "(I can't do that. I can use notes, reminders, timers, search and the calculator.|That is beyond me: I only have the tools of this app.|I am not able to do that from here.)"
ACCOUNT = "(I have no access to your accounts, and I can't do that.|I can't see your accounts. Please ask your bank or provider.|That is not something I can see or change.)"
KNOW = "(I am a small starter model and don't know enough about that. Gemma 4 E2B can answer it: download it under Models.|That is more than I know. A larger model such as Gemma 4 E2B can help: see Models.|I would have to guess, so I'd rather not. Gemma 4 E2B knows much more; you can download it under Models.)"
LANG = "(I can't translate reliably: I am a small model for English. Gemma 4 E2B can do it; download it under Models.|I only know English well. For translations, download Gemma 4 E2B under Models.)"
WRITE = "(That is too much for a small model like me. Gemma 4 E2B writes well; download it under Models.|I can't write that well. A larger model such as Gemma 4 E2B can: see Models.)"
OUT = {
    "weather": WEATHER, "traffic": LIVE, "flight_status": LIVE, "exchange_rate": LIVE, "restaurant_reviews": LIVE, "restaurant_suggestion": LIVE, "directions": LIVE, "distance": LIVE, "gas": LIVE, "how_busy": LIVE,
    "order": ACTION, "book_flight": ACTION, "book_hotel": ACTION, "car_rental": ACTION, "make_call": ACTION, "text": ACTION, "play_music": ACTION, "uber": ACTION, "smart_home": ACTION, "next_song": ACTION,
    "change_volume": ACTION, "restaurant_reservation": ACTION, "cancel_reservation": ACTION, "share_location": ACTION, "find_phone": ACTION, "whisper_mode": ACTION,
    "balance": ACCOUNT, "transfer": ACCOUNT, "pay_bill": ACCOUNT, "transactions": ACCOUNT, "freeze_account": ACCOUNT, "bill_balance": ACCOUNT, "credit_limit": ACCOUNT, "report_fraud": ACCOUNT, "pin_change": ACCOUNT,
    "recipe": KNOW, "ingredients_list": KNOW, "cook_time": KNOW, "definition": KNOW, "fun_fact": KNOW, "travel_suggestion": KNOW, "travel_alert": KNOW, "vaccines": KNOW, "nutrition_info": KNOW, "calories": KNOW,
    "oil_change_how": KNOW, "jump_start": KNOW, "taxes": KNOW, "improve_credit_score": KNOW, "plug_type": KNOW, "meal_suggestion": KNOW, "oos": KNOW, "timezone": KNOW, "translate": LANG,
}
ANY = {WEATHER: ["weather", "offline"], LIVE: ["offline", "internet"], ACTION: ["can't", "not able", "beyond me"], ACCOUNT: ["account", "not something i can"], KNOW: ["gemma"], LANG: ["gemma"], WRITE: ["gemma"]}
KNOWQ = """(who was|who is|tell me about|what do you know about) (Napoleon|Einstein|Cleopatra|the president of France|Shakespeare|Mozart|Marie Curie|{x})(?|)
(what is|explain|how does|describe) (photosynthesis|gravity|a black hole|quantum physics|inflation|DNA|the stock market|electricity|a neural network|the blockchain|evolution|{x})( work|?|)
(what is|what's) the capital of (France|Peru|Japan|Canada|Kenya|Norway|Brazil|{x})?
(how do I|how can I) (learn to swim|fix a leaking tap|lose weight|grow tomatoes|get rich|build a table|bake bread|train my dog|write a resume|fall asleep faster)?
(why is|why are) (the sky blue|the sea salty|leaves green|cats afraid of water|planes able to fly|bees important)?
(how many|how much) (people live in {x}|planets are there|bones does a human have|does an elephant weigh|is a new car)?
(when did|when was) (the second world war end|the Titanic sink|Rome founded|the moon landing|{x} built)?
(should I|is it good to) (invest in gold|buy a house|eat less meat|learn {l}|quit my job|drink coffee every day)?
(what are the symptoms of|what helps against|how do I treat) (the flu|a headache|a cold|back pain|a fever|stress)?"""
WRITEQ = """(write|compose|make) (a poem|a song|a story|an essay|a speech|a novel|a rap) (about|on) {x}
(write|give me|code) (a python program|a website|some javascript|a sql query|a function) (that|to) (sorts a list|counts words|prints primes|draws a circle)
(write|draft) a (long letter|cover letter|business plan|blog post|press release) (for|about) {x}"""
TRANSQ = """(translate|say|how do you say) {p} (in|to|into) {l}(?|)
(what is|what's) the {l} word for {x}?"""


def out_of_range(w):
    r = w.r
    fs, tools, names, sysm = ctx(w)
    k = r.random()
    x = r.choice([w.of(TOPIC), w.of(ANIMAL), w.coined(), w.of(HOBBY), w.of(FOOD)])
    if k < .55:
        intent = r.choice(list(OUT) + ["oos"] * 8)
        if intent == "definition" and r.random() < .5:
            intent = "oos"
        said, kind = utter(w, intent, 1), OUT[intent]
    elif k < .62:
        n, kind = r.choice([("weather_query", WEATHER), ("news_query", LIVE), ("qa_stock", LIVE), ("qa_currency", LIVE), ("transport_traffic", LIVE), ("music_query", ACTION), ("play_music", ACTION), ("iot_hue_lightoff", ACTION),
                            ("qa_factoid", KNOW), ("qa_factoid", KNOW), ("qa_definition", KNOW), ("cooking_recipe", KNOW), ("email_sendemail", ACTION), ("takeaway_order", ACTION), ("social_post", ACTION), ("transport_taxi", ACTION), ("iot_coffee", ACTION)])
        said = as_typed(r, r.choice(sources().nlu[w.test].get(n) or sources().nlu[False][n])["text"])
    elif k < .82:
        said, kind = as_typed(r, expand(r, r.choice(KNOWQ.split("\n")), x=x, l=w.of(LANGUAGE))), KNOW
    elif k < .92:
        said, kind = as_typed(r, expand(r, r.choice(WRITEQ.split("\n")), x=x)), WRITE
    else:
        said, kind = as_typed(r, expand(r, r.choice(TRANSQ.split("\n")), x=x, l=w.of(LANGUAGE), p=w.of(["good morning", "I love you", "where is the station", "thank you", "how much is it", x]))), LANG
    a = expand(r, kind)
    if brief(fs):
        a = re.split(r"(?<=[.:]) ", a)[0].rstrip(":") + ("" if re.split(r"(?<=[.:]) ", a)[0][-1] == "." else ".")
        return done("out_of_range", sysm, tools, [user(said), model(a)], any=ANY[kind] + ["small", "know", "guess", "can't"], nocall=True)
    return done("out_of_range", sysm, tools, [user(said), model(a)], any=ANY[kind], nocall=True)

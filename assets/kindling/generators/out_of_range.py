"""What Kindling cannot do: it says why, and names the larger model.
"""
from setting import *


WEATHER = "(I can't see the weather: I run offline on this device.|I have no live weather data, because I run offline.|I don't know the weather. I work without the internet.)"
LIVE = "(I can't look that up: I run offline on this device.|I have no live data, because I run without the internet.|That needs the internet, and I run offline.)"
ACTION = "(I can't do that: I can only write here, and use the tools of this app.|That is beyond me: I only have the tools of this app.|I am not able to do that from here.)"
ACCOUNT = "(I have no access to your accounts, and I can't do that.|I can't see your accounts. Please ask your bank or provider.|That is not something I can see or change.)"
KNOW = "(I am a small starter model and don't know enough about that. Gemma 4 E2B can answer it: you can choose it in Settings.|That is more than I know. A larger model such as Gemma 4 E2B can help: see Settings.|I would have to guess, so I'd rather not. Gemma 4 E2B knows much more; you can choose it in Settings.)"
LANG = "(I can't translate reliably: I am a small model for English. Gemma 4 E2B can do it; you can choose it in Settings.|I only know English well. For translations, choose Gemma 4 E2B in Settings.)"
WRITE = "(That is too much for a small model like me. Gemma 4 E2B writes well; you can choose it in Settings.|I can't write that well. A larger model such as Gemma 4 E2B can: see Settings.)"
OUT = {
    "weather": WEATHER, "traffic": LIVE, "flight_status": LIVE, "exchange_rate": LIVE, "restaurant_reviews": LIVE, "restaurant_suggestion": LIVE, "directions": LIVE, "distance": LIVE, "gas": LIVE, "how_busy": LIVE,
    "order": ACTION, "book_flight": ACTION, "book_hotel": ACTION, "car_rental": ACTION, "make_call": ACTION, "text": ACTION, "play_music": ACTION, "uber": ACTION, "smart_home": ACTION, "next_song": ACTION,
    "change_volume": ACTION, "restaurant_reservation": ACTION, "cancel_reservation": ACTION, "share_location": ACTION, "find_phone": ACTION, "whisper_mode": ACTION,
    "balance": ACCOUNT, "transfer": ACCOUNT, "pay_bill": ACCOUNT, "transactions": ACCOUNT, "freeze_account": ACCOUNT, "bill_balance": ACCOUNT, "credit_limit": ACCOUNT, "report_fraud": ACCOUNT, "pin_change": ACCOUNT,
    "recipe": KNOW, "ingredients_list": KNOW, "cook_time": KNOW, "definition": KNOW, "fun_fact": KNOW, "travel_suggestion": KNOW, "travel_alert": KNOW, "vaccines": KNOW, "nutrition_info": KNOW, "calories": KNOW,
    "oil_change_how": KNOW, "jump_start": KNOW, "taxes": KNOW, "improve_credit_score": KNOW, "plug_type": KNOW, "meal_suggestion": KNOW, "oos": KNOW, "timezone": KNOW, "translate": LANG,
}
KNOWQ = """(who was|who is|tell me about|what do you know about) (Napoleon|Einstein|Cleopatra|the president of France|Shakespeare|Mozart|Marie Curie|{x})(?|)
(what is|explain|how does|describe) (photosynthesis|gravity|a black hole|quantum physics|inflation|DNA|the stock market|electricity|a neural network|the blockchain|evolution|{x})( work|?|)
(what is|what's) the capital of (France|Peru|Japan|Canada|Kenya|Norway|Brazil|{x})?
(how do I|how can I) (learn to swim|fix a leaking tap|lose weight|grow tomatoes|get rich|build a table|bake bread|train my dog|write a resume|fall asleep faster)?
(why is|why are) (the sky blue|the sea salty|leaves green|cats afraid of water|planes able to fly|bees important)?
(how many|how much) (people live in {x}|planets are there|bones does a human have|does an elephant weigh|is a new car)?
(when did|when was) (the second world war end|the Titanic sink|Rome founded|the moon landing|{x} built)?
(should I|is it good to) (invest in gold|buy a house|eat less meat|learn {l}|quit my job|drink coffee every day)?
(what are the symptoms of|what helps against|how do I treat) (the flu|a headache|a cold|back pain|a fever|stress)?"""
WORDQ = """(what is|what is a|explain|define|what's the meaning of|what does the word|describe|tell me about a) {o}(?|)
what does {o} mean?
(who invented|who discovered) the {o}?
(how is|how are) {o} made?
(how do I|how can I|how should I) (clean|build|repair|buy|choose|use|draw|paint|grow|sell) (a|the|my) {o}?
what is the difference between a {o} and a {o2}?
(is|are) {o} (good for you|healthy|dangerous|expensive|useful|important)?
(where do|why do|how do|when do) {an}s (live|sleep|fly|hunt|eat|jump|hide|sing)?
how (old|fast|big|heavy|tall) (is|can) (a|an) {an}( get|)?
(tell me about|what can I see in|what is special about|what is the history of|how many people live in|what country is) {c}(?|)
(who won|who was president|who was king|what happened|who wrote the best book) in {y}?
(when was|who founded) {c}( founded|)?
how (high|long|deep|old|far) is the (highest mountain|longest river|moon|sun|Eiffel Tower|Great Wall|Pacific|Nile|Amazon)?
(give me a recipe for|how do I cook|how do you make|what goes into|recipe for) {f}(?|)
(what should I|what can I) (cook today|wear to a wedding|read next|give my {re}|watch tonight|do in {c})?
(who is|who was|do you know|tell me about) (the inventor of the {o}|Goethe|Beethoven|Galileo|Picasso|Gandhi|Darwin|Columbus|Bach|Homer|Kafka|Rembrandt|Tesla|Aristotle|Churchill)(?|)
(why is|why does|why do) (the moon round|it rain|people dream|ice float|bread rise|iron rust|water boil|onions make you cry|the wind blow|we sleep|volcanoes erupt)?
(give me advice on|what do you think about|what is your opinion on|is it worth buying) (a {o}|{o}|{h}|marriage|politics|the election|climate change|school)(?|)"""
LIVEQ = """(what is|what's) the (price|current price|rate) of (gold|oil|a {o}|the dollar|bitcoin|{c} hotels)?
(who is winning|what is the score|who won yesterday|when is the next game)?
(is the|when does the) (pharmacy|post office|supermarket|bank|{o} shop) (open now|close today)?
(what's on TV tonight|what is in the news|any news from {c}|what happened today|news please|tell me the headlines|what is new in the world|is there a strike today)?
(how is|is there) (the traffic|much traffic) (in {c}|on the way to {c}|to work)?
(find|show me|are there any) (cinemas|hotels|cafes|restaurants|doctors) (near me|in {c}|nearby|around here)?
(google|search the web for|look up online|look on the internet for) {o}
(how far is it|how do I get|what is the fastest way) to {c}?"""
ACTIONQ = """(can you |could you |please ||)(call|phone|ring|dial|video call) (my {re}|{n}|the police|a taxi|the office|the doctor|{n} at work)( for me| please| now||)
(text|message|send an email to|write to|send a message to) {n} (that I am late|and say hello|about the {t}|that I am on my way)
(order|buy|get) (me |)(a {f2}|some {f}|a {o}|tickets for the {ev}|new shoes)( online| please|)
(book|reserve) (a room|a flight|a seat|a hotel|a table|a taxi) (in {c}|to {c}|for two|for tomorrow|for {n})
(turn on|turn off|switch on|switch off|dim) the (lights|heating|radio|TV|music|lamp|oven|fan)( please|)
(can you |could you |please ||)(play|put on|start) (some music|a song|rock|some blues|the radio|my playlist|something relaxing|{an} sounds|the next song|a podcast|an audiobook|a game with me)( please|)
(take a photo|take a screenshot|open the browser|open my mail|lock the door|start the car|scan this page|print this|delete all files|turn up the volume|make it louder)( please| now|)"""
MEDQ = """(I have|my {re} has|my child has) (a fever|a rash|a sore throat|chest pain|a cough|a toothache|stomach ache|back pain|an earache)(. What should I do?|, what helps?|, which pill should I take?)
(how much|how many) (aspirin|ibuprofen|vitamin C|pills) (can|should) I take?
(is it safe to|can I) (mix pills with wine|take two pills|drink with a fever|run with a cold)?"""
MED = "(I can't give medical advice: I am a small model. Please ask a doctor.|Please ask a doctor or a pharmacist. I know too little about that.|I am too small a model for medical questions. A doctor can help you.)"
WRITEQ = """(write|draft|compose|help me write) (an email|a letter|a text|a toast|a review|a complaint|a short story|a fairy tale|a haiku|a limerick|lyrics) (to my boss|about a {o}|about {an}s|for my {re}|for a {o} shop|about {h})
(write|give me) (100|200|500) words (about|on) {o}
(write|code|program) (a script|a program|a function|an app|a game|a web page) (in python|in C|for a {o}|that plays chess|that counts {o}s|that adds numbers)
(write|compose|make) (a poem|a song|a story|an essay|a speech|a novel|a rap) (about|on) {x}
(write|give me|code) (a python program|a website|some javascript|a sql query|a function) (that|to) (sorts a list|counts words|prints primes|draws a circle)
(write|draft) a (long letter|cover letter|business plan|blog post|press release) (for|about) {x}"""
TRANSQ = """(translate|say|how do you say|how do I say) ('{p}'|"{p}"|{p}) (in|to|into) {l}(?|)
(what is|what's) the {l} word for {x}?"""

ANY = {WEATHER: ["weather", "offline"], LIVE: ["offline", "internet"], MED: ["doctor"], ACTION: ["can't", "not able", "beyond me"], ACCOUNT: ["account", "not something i can"], KNOW: ["gemma"], LANG: ["gemma"], WRITE: ["gemma"]}


def out_of_range(w):
    r = w.r
    fs, tools, names, sysm = ctx(w)
    k, real = r.random(), False
    x = r.choice([w.of(TOPIC), w.of(ANIMAL), w.coined(), w.of(HOBBY), w.of(FOOD)])
    fill = dict(x=x, l=w.of(LANGUAGE), o=r.choice(sources().nouns[w.test]), o2=r.choice(sources().nouns[w.test]), an=w.of(ANIMAL), c=w.city(), y=w.year(), f=w.of(FOOD + DISH), f2=w.of(["pizza", "coffee", "cake", "taxi", "burger"]), re=w.of(RELATION),
                n=w.name(), t=w.of(TOPIC), h=w.of(HOBBY), ev=w.of(EVENTKIND))

    def asked(patterns):
        return as_typed(r, expand(r, r.choice(patterns.split("\n")), **fill), keep=(1,))
    if k < .35:
        intent = r.choice(list(OUT) + ["oos"] * 8)
        if intent == "definition" and r.random() < .5:
            intent = "oos"
        said, kind = utter(w, intent, 1), OUT[intent]
        real = intent == "oos" or kind == LIVE
    elif k < .42:
        n, kind = r.choice([("weather_query", WEATHER), ("news_query", LIVE), ("qa_stock", LIVE), ("qa_currency", LIVE), ("transport_traffic", LIVE), ("music_query", ACTION), ("play_music", ACTION), ("iot_hue_lightoff", ACTION),
                            ("qa_factoid", KNOW), ("qa_factoid", KNOW), ("qa_definition", KNOW), ("cooking_recipe", KNOW), ("email_sendemail", ACTION), ("takeaway_order", ACTION), ("social_post", ACTION), ("transport_taxi", ACTION), ("iot_coffee", ACTION)])
        said = as_typed(r, r.choice(sources().nlu[w.test].get(n) or sources().nlu[False][n])["text"])
    elif k < .50:
        said, kind = asked(KNOWQ), KNOW
    elif k < .66:
        said, kind = asked(WORDQ), KNOW
    elif k < .73:
        said, kind = asked(LIVEQ), LIVE
    elif k < .80:
        said, kind = asked(ACTIONQ), ACTION
    elif k < .83:
        said, kind = asked(MEDQ), MED
    elif k < .93:
        said, kind = asked(WRITEQ), WRITE
    else:
        fill["p"] = w.of(["good morning", "I love you", "where is the station", "thank you", "how much is it", "cheese", "my name is " + fill["n"], "the " + fill["o"], x])
        said, kind = asked(TRANSQ), LANG
    a = expand(r, kind)
    if brief(fs):
        a = re.split(r"(?<=[.:]) ", a)[0].rstrip(":") + ("" if re.split(r"(?<=[.:]) ", a)[0][-1] == "." else ".")
        return done("out_of_range", sysm, tools, [user(said), model(a)], any=ANY[kind] + ["small", "know", "guess", "can't"], nocall=True)
    if real:                                        # of every kind: any honest refusal will do; a place to eat is live, or known
        return done("out_of_range", sysm, tools, [user(said), model(a)], any=sorted({t for texts in (ANY.values() if intent == "oos" else (ANY[LIVE], ANY[KNOW])) for t in texts}), nocall=True)
    return done("out_of_range", sysm, tools, [user(said), model(a)], any=ANY[kind], nocall=True)

"""The hand-written test prompts, phrased freely and kept out of the training (mix.py drops any dialogue that repeats one).

make_lists.py writes them to ../data/hand.jsonl. Every item runs in a setting that the app would give: the standard system text
alone ("plain"), with a memory block ("memory"), with memory and four tools ("few"), or with memory and all nine ("all").
"""
from chat import tool
from setting import TOOLS

SYSTEM = "You are Kindling, a small assistant that runs on this device. Today is Wednesday, 14 May 2031."
FACTS = ["The user's name is Marlene.", "The user's dog is called Tofu.", "The user is allergic to hazelnuts.", "The user's sister is called Ingrid.", "The user prefers short answers."]
MEMORY = SYSTEM + "\nAbout the user:\n" + "\n".join("- " + f for f in FACTS)
FEW = {"calculate": "calculate get_time remember add_note", "get_time": "get_time calculate add_reminder remember", "set_timer": "set_timer get_time calculate remember", "add_reminder": "add_reminder list_reminders get_time remember",
       "list_reminders": "list_reminders add_reminder search_notes get_time", "add_note": "add_note search_notes calculate remember", "search_notes": "search_notes add_note search_files remember",
       "search_files": "search_files search_notes calculate get_time", "remember": "remember add_note get_time calculate", None: "calculate get_time remember add_note"}

GLAD = ["great", "wonderful", "nice", "glad", "congrat", "good to hear"]
SORRY = ["sorry", "hard", "sounds"]
HERE = ["device", "machine", "computer"]
SMALL_TALK = [  # setting, prompt, any of
    ("memory", "hello!", ["hello", "hi"]), ("plain", "Hey, how are things?", ["help", "ready", "fine", "working", "do for you", "running"]), ("memory", "good morning kindling", ["morning", "hello", "hi"]), ("plain", "thx a lot", ["welcome", "glad", "happy", "pleasure", "any time"]),
    ("plain", "ok bye", ["bye", "see you", "care"]), ("plain", "I feel a bit down today", SORRY), ("plain", "I passed my driving test!!", GLAD), ("plain", "tell me something funny", ["?"]), ("plain", "no, that's wrong", ["sorry"]),
    ("plain", "Hi there :)", ["hello", "hi"]), ("memory", "evening!", ["evening", "hello", "hi"]), ("plain", "yo", ["hello", "hi", "help"]), ("plain", "Moin", ["hello", "hi", "help"]), ("plain", "you rock", ["thank"]), ("plain", "much appreciated", ["welcome", "glad", "happy", "pleasure", "any time"]),
    ("plain", "got to run, talk tomorrow", ["bye", "see you", "care"]), ("memory", "good night, sleep well", ["night", "bye", "see you", "care"]), ("plain", "my cat died last week", SORRY), ("plain", "work was exhausting today", SORRY), ("plain", "I can't sleep lately", SORRY),
    ("plain", "we are getting married in June!", GLAD), ("plain", "my team won the cup", GLAD), ("plain", "do you have another joke for me?", ["?", "because", "."]), ("plain", "that answer makes no sense", ["sorry"]), ("plain", "hmm okay", ["good", "all right", "else", "next", "anything"]),
    ("plain", "I'm so bored right now", ["sorry", "joke", "do", "tell"]), ("plain", "how was your weekend?", ["program", "ready", "running", "working", "help", "feelings"]), ("plain", "welcome back!", ["hello", "hi", "help", "thank"]), ("plain", "are you still there?", ["here", "yes"]), ("plain", "happy new year!", ["happy", "you too", "thank"]),
]
IDENTITY = [
    ("plain", "who am I chatting with here?", ["kindling"]), ("plain", "so you're an AI?", ["program", "ai", "model"]), ("plain", "what are you able to do for me?", ["tools", "remember", "texts", "lists"]), ("plain", "does anything I type go to the cloud?", HERE), ("plain", "do you need wifi to work", HERE + ["offline", "internet"]),
    ("plain", "who built you?", ["hearth"]), ("plain", "are you smarter than gemma?", ["small", "gemma", "mistakes"]), ("plain", "Hello, who are you?", ["kindling"]), ("plain", "What can you not do?", ["small", "know", "mistakes", "can't", "cannot"]), ("plain", "your name please?", ["kindling"]),
    ("plain", "is there a person typing these answers?", ["program", "model", "person"]), ("plain", "what is Hearth?", ["app", "hearth"]), ("plain", "how big are you?", ["small", "million", "megabyte"]), ("plain", "will you tell anyone what I say?", HERE + ["no", "private"]), ("plain", "could a hacker at your company read this chat?", HERE + ["private", "nobody", "no one"]),
    ("plain", "can I trust what you tell me?", ["mistake", "wrong", "check", "small"]), ("plain", "why do you know so little?", ["small"]), ("plain", "what's the difference between you and Gemma 4?", ["small", "larger", "gemma"]), ("plain", "how do I get a better model?", ["model", "download", "settings"]), ("plain", "do you learn from our chats?", ["remember", "learn", "train"]),
    ("plain", "do you ever sleep?", ["program", "no"]), ("plain", "what language do you speak", ["english"]), ("plain", "are you ChatGPT?", ["kindling"]), ("plain", "do you work on a plane without internet?", HERE + ["offline", "internet", "yes"]), ("plain", "can you see my screen?", ["no", "can't", "only", "not"]),
]
MEMORY_ITEMS = [  # setting, prompt, check
    ("all", "What's my dog called again?", {"any": ["Tofu"]}), ("all", "do you still know my name", {"any": ["Marlene"]}), ("all", "what should I not eat?", {"any": ["hazelnut"]}), ("all", "name of my sister?", {"any": ["Ingrid"]}), ("all", "who is Tofu?", {"any": ["dog"]}),
    ("all", "remind me what my sister is called", {"any": ["Ingrid"]}), ("all", "what's the name of my cat?", {"any": ["don't know", "not told"]}), ("all", "when is my birthday?", {"any": ["don't know", "not told"]}), ("all", "how do I like my answers", {"any": ["short"]}),
    ("memory", "I forgot, is it Ingrid or Ingeborg, my sister?", {"any": ["Ingrid"]}), ("memory", "am I allergic to anything?", {"any": ["hazelnut"]}), ("memory", "who's Ingrid", {"any": ["sister"]}), ("memory", "where do I work?", {"any": ["don't know", "not told"]}), ("memory", "which city do I live in?", {"any": ["don't know", "not told"]}),
    ("memory", "What do you know about me?", {"any": ["Marlene", "Tofu", "hazelnut", "Ingrid"]}), ("few", "my cat is called Pepper", {"call": "remember", "args": {"fact": "The user's cat is called Pepper."}}), ("all", "call me Lena from now on", {"call": "remember", "args": {"fact": "The user's name is Lena."}}),
    ("all", "I'm allergic to penicillin", {"call": "remember", "args": {"fact": "The user is allergic to penicillin."}}), ("few", "remember that the spare key is under the blue pot", {"call": "remember", "args": {"fact": "The spare key is under the blue pot."}}), ("all", "I live in Rotterdam", {"call": "remember", "args": {"fact": "The user lives in Rotterdam."}}),
    ("few", "my favorite tea is Earl Grey", {"call": "remember", "args": {"fact": "The user's favorite tea is Earl Grey."}}), ("all", "I prefer bullet points", {"call": "remember", "args": {"fact": "The user prefers bullet points."}}), ("few", "My brother's name is Jorrit", {"call": "remember", "args": {"fact": "The user's brother is called Jorrit."}}),
    ("few", "please remember my locker number is 4471", {"call": "remember", "args": {"fact": "The user's locker number is 4471."}}), ("few", "I work at Norrland Timber", {"call": "remember", "args": {"fact": "The user works at Norrland Timber."}}), ("few", "my birthday is 9 November", {"call": "remember", "args": {"fact": "The user's birthday is on 9 November."}}),
]
IN_CHAT = [  # earlier turns, question, check; in the setting "plain", as the first screen offers it
    (["My sister is called Marta.", "Good to know: your sister is called Marta."], "What is my sister's name?", {"any": ["Marta"]}), (["Hi, my name is Joachim.", "Nice to meet you, Joachim."], "what's my name?", {"any": ["Joachim"]}),
    (["I live in Ljubljana and I have two kids.", "Thanks for telling me."], "Where do I live?", {"any": ["Ljubljana"]}), (["My parrot is called Captain.", "I see: your parrot is called Captain.", "thanks!", "You're welcome!"], "what's my parrot called", {"any": ["Captain"]}),
    (["the wifi password at the cabin is moose77", "Noted: moose77."], "what was the wifi password again?", {"any": ["moose77"]}), (["I'm vegetarian", "OK, you are vegetarian."], "do I eat meat?", {"any": ["vegetarian", "no"]}),
    (["My train leaves at 7:42 tomorrow.", "I see: your train leaves at 7:42 tomorrow."], "When does my train leave?", {"any": ["7:42"]}), (["Hello, who are you?", "I am Kindling, a small assistant that runs on this device.", "I'm Bente.", "Nice to meet you, Bente."], "do you remember who I am?", {"any": ["Bente"]}),
]
CALLS = [  # setting, prompt, tool, arguments
    ("all", "what's 48 times 17?", "calculate", {"expression": "48*17"}), ("all", "how much is 1250 / 8", "calculate", {"expression": "1250/8"}), ("few", "add 399 to 276", "calculate", {"expression": "399+276"}), ("all", "what is 15% of 240", "calculate", {"expression": "240*15/100"}),
    ("few", "12.5 plus 7.25?", "calculate", {"expression": "12.5+7.25"}), ("all", "what time is it right now?", "get_time", {}), ("few", "can you tell me the current time", "get_time", {}), ("all", "set a timer for 25 minutes", "set_timer", {"duration": "25 minutes"}),
    ("few", "start a timer, 3 minutes", "set_timer", {"duration": "3 minutes"}), ("all", "remind me to call Ingrid tomorrow at 5 pm", "add_reminder", {"text": "call Ingrid", "when": "tomorrow at 5 pm"}), ("few", "remind me on Friday to buy dog food", "add_reminder", {"text": "buy dog food", "when": "on Friday"}),
    ("all", "please remind me to stretch in 45 minutes", "add_reminder", {"text": "stretch", "when": "in 45 minutes"}), ("few", "note: the plumber comes on Monday", "add_note", {"text": "the plumber comes on Monday"}), ("all", "write down: milk, eggs, flour", "add_note", {"text": "milk, eggs, flour"}),
    ("few", "what do my notes say about the boiler?", "search_notes", {"query": "boiler"}), ("all", "find my tax files", "search_files", {"query": "tax"}), ("few", "is there a file about the lease on my computer?", "search_files", {"query": "lease"}), ("few", "show me my reminders", "list_reminders", {}),
    ("few", "73 - 48?", "calculate", {"expression": "73-48"}), ("few", "multiply 19 by 23 please", "calculate", {"expression": "19*23"}), ("few", "can you work out 640 divided by 16", "calculate", {"expression": "640/16"}), ("few", "how late is it?", "get_time", {}), ("few", "I need a ten minute timer", "set_timer", {"duration": "10 minutes"}),
    ("few", "eggs need 7 minutes, start the timer", "set_timer", {"duration": "7 minutes"}), ("few", "don't let me forget to water the orchid on Sunday", "add_reminder", {"text": "water the orchid", "when": "on Sunday"}), ("few", "tonight I must lock the shed, remind me", "add_reminder", {"text": "lock the shed", "when": "tonight"}),
    ("few", "which reminders are open?", "list_reminders", {}), ("few", "make a note that the paint costs 38 dollars", "add_note", {"text": "the paint costs 38 dollars"}), ("few", "look for the word marathon in my notes", "search_notes", {"query": "marathon"}), ("few", "where is my invoice 2029 document?", "search_files", {"query": "invoice 2029"}),
]
NO_CALL = [  # setting, prompt, check: a tool is there but must not be used, or is missing and must not be pretended
    ("few", "hello, how are you?", {"any": ["help", "ready", "fine", "working", "do for you", "running"]}), ("few", "thanks, that's all", {"any": ["welcome", "glad", "happy", "pleasure", "any time", "bye"]}), ("few", "what's my dog's name?", {"any": ["Tofu"]}), ("all", "who made you?", {"any": ["hearth"]}),
    ("all", "what does a notary do?", {"any": ["gemma"]}), ("few", "what's the weather like?", {"any": ["weather", "offline"]}), ("plain", "set a timer for 5 minutes", {"any": ["under tools"]}), ("plain", "what's 350 divided by 14", {"any": ["under tools"]}), ("plain", "remind me to buy stamps", {"any": ["under tools"]}),
    ("plain", "what time is it?", {"any": ["under tools", "can't", "clock"]}), ("plain", "what's today's date?", {"any": ["14 May"]}), ("few", "tell me a joke", {"any": ["?"]}), ("few", "I had a terrible morning", {"any": SORRY}),
]
OUT = [("few", "Who wrote Faust?", ["gemma"]), ("all", "explain how vaccines work", ["gemma"]), ("plain", "what's the weather in Hamburg tomorrow?", ["weather", "offline"]), ("plain", "translate 'good night' into Danish", ["gemma"]), ("plain", "write me a poem about rain", ["gemma"]), ("all", "book a table for two at Luigi's", ["can't", "not able", "beyond"]),
       ("plain", "transfer 200 euros to my landlord", ["account", "can't", "not able", "beyond"]), ("plain", "what's the latest news?", ["offline", "internet"]), ("plain", "how tall is Mount Everest", ["gemma"]), ("few", "play some jazz", ["can't", "not able", "beyond"]),
       ("plain", "who won the world cup in 1998?", ["gemma"]), ("plain", "how do I change a bicycle tyre?", ["gemma"]), ("plain", "give me a recipe for goulash", ["gemma"]), ("plain", "write a short story about a fox", ["gemma"]), ("plain", "what does 'ephemeral' mean?", ["gemma"]), ("plain", "is bitcoin going up?", ["offline", "internet", "gemma", "live"]),
       ("plain", "write a function that reverses a string", ["gemma"]), ("plain", "how do you say cheese in Spanish", ["gemma"]), ("plain", "call my mother", ["can't", "not able", "beyond"]), ("plain", "why do cats purr?", ["gemma"]), ("plain", "what's the traffic like on the A9", ["offline", "internet", "live"]), ("plain", "I have a headache, what should I take?", ["gemma", "doctor"]),
       ("plain", "what is the capital of Mongolia?", ["gemma"]), ("plain", "draft a cover letter for a job at a bank", ["gemma"]), ("plain", "order me a pizza", ["can't", "not able", "beyond"]), ("plain", "which restaurants near me are open?", ["offline", "internet", "live"])]
CHOIR = "The choir of Lindau meets every Tuesday at 19:30 in the old fire station. Practice lasts two hours. Mrs. Abel conducts, and new voices, especially tenors, are always welcome. The yearly fee is 60 euros."
FERRY = "Ferry notice: from 3 April the morning boat to Silt Island leaves at 6:50 instead of 7:15. Bicycles cost 4 euros extra. Dogs travel free. The captain, Ole Brandt, asks everybody to be at the pier ten minutes early."
LETTER = "Dear Mr. Hallam, your new glasses are ready. Please pick them up at our shop in Weaver Street before Saturday. The remaining amount is 85 dollars. If you have questions, call Petra at 555-0142."
RULES = "House rules: the washing machine may be used between 8:00 and 20:00. The cellar key hangs beside the front door. Rubbish is collected on Thursdays. Mr. Okafor on the third floor is the caretaker."
READING = [(CHOIR + "\n\nWho conducts the choir?", ["Abel"]), (CHOIR + "\n\nHow much is the fee?", ["60"]), ("When does the choir meet?\n\n" + CHOIR, ["Tuesday"]), ("Where do they practice? " + CHOIR, ["fire station"]), (CHOIR + "\n\nHow long does practice last?", ["two hours"]), (CHOIR + "\n\nWhat is the name of the mayor?", ["not say", "n't say"]),
           (FERRY + "\n\nWhen does the boat leave now?", ["6:50"]), (FERRY + "\n\nWho is the captain?", ["Ole Brandt"]), ("How much does a bicycle cost?\n\n" + FERRY, ["4"]), (FERRY + "\nWhere does the boat go?", ["Silt"]), ("Text: " + FERRY + "\nQuestion: Do dogs have to pay?", ["free", "no"]), (FERRY + "\n\nHow many people fit on the boat?", ["not say", "n't say"]),
           (LETTER + "\n\nWhat is ready?", ["glasses"]), (LETTER + "\n\nhow much is left to pay", ["85"]), ("Who should he call?\n" + LETTER, ["Petra"]), (LETTER + "\n\nwhere is the shop?", ["Weaver"]), (LETTER + "\n\nUntil when can he pick them up?", ["Saturday"]), (LETTER + "\n\nWhat color are the glasses?", ["not say", "n't say"]),
           (RULES + "\n\nWho is the caretaker?", ["Okafor"]), (RULES + "\n\nwhen is the rubbish collected?", ["Thursday"]), ("Where is the cellar key?\n\n" + RULES, ["front door"]), (RULES + "\n\nWhen may I use the washing machine?", ["8:00"]), ("Read this: " + RULES + "\nOn which floor does Mr. Okafor live?", ["third"]), (RULES + "\n\nIs smoking allowed?", ["not say", "n't say"])]
LISTS = [("make bullet points: tent, sleeping bag, torch", {"exact": "- tent\n- sleeping bag\n- torch"}), ("numbered list please: wash, dry, fold", {"exact": "1. wash\n2. dry\n3. fold"}), ("fix the spelling: the metting is on tuesday", {"exact": "The meeting is on Tuesday."}), ("Make this polite: send me the invoice", {"exact": "Could you please send me the invoice?"}),
         ("repeat after me: Blue Whale 42", {"exact": "Blue Whale 42"}), ("reverse this list: red, green, blue", {"exact": "blue, green, red"}), ("Extract name and email as JSON: Hi, I'm Torben, write to torben@fjord.dk", {"json": {"name": "Torben", "email": "torben@fjord.dk"}}), ("give me date and place as JSON: We meet on 3 June at the harbor.", {"json": {"date": "3 June", "place": "harbor"}}),
         ("turn this into a bullet list: oats, honey, raisins, milk", {"exact": "- oats\n- honey\n- raisins\n- milk"}), ("Can you list these as bullets? pen, ruler, paper", {"exact": "- pen\n- ruler\n- paper"}), ("number these: boots; coat; hat", {"exact": "1. boots\n2. coat\n3. hat"}), ("a numbered list of: Oslo, Bergen, Bodo, Tromso", {"exact": "1. Oslo\n2. Bergen\n3. Bodo\n4. Tromso"}),
         ("how many items: fork, knife, spoon, plate, cup", {"any": ["5", "five"]}), ("what's the first item in this list: zinc, copper, iron", {"any": ["zinc"]}), ("which one is last: Anna, Birgit, Carla", {"any": ["Carla"]}), ("put commas between these:\nsalt\npepper\ncumin", {"exact": "salt, pepper, cumin"}),
         ("what is the phone number in this? Call the garage at 0170-448291 before noon.", {"any": ["0170-448291"]}), ("get the email out of this: You can reach Sanne at sanne.vos@lumen.org any time.", {"any": ["sanne.vos@lumen.org"]}), ("extract the date: The inspection is on 12 August.", {"any": ["12 August"]}), ("find the price: the chair costs 129 dollars and comes in oak", {"any": ["129"]}),
         ("give me only the name: My name is Ludmila and I come on Friday", {"any": ["Ludmila"]}), ("Return JSON with name and phone: This is Kwame. My number is 44-208817.", {"json": {"name": "Kwame", "phone": "44-208817"}}), ("extract time and place as JSON: It starts at 18:30. Come to the library.", {"json": {"time": "18:30", "place": "library"}}), ("copy this exactly: Zx-9 to gate 14B", {"exact": "Zx-9 to gate 14B"})]


def item(group, number, setting, turns, check):
    names = {"plain": [], "memory": [], "few": FEW[check.get("call")].split(), "all": list(TOOLS)}[setting]
    tools = [tool(TOOLS[k][0][0][0], TOOLS[k][0][0][1], **TOOLS[k][1]) for k in names]
    return {"id": f"hand-{group}-{number}", "group": group, "system": SYSTEM if setting == "plain" else MEMORY, "tools": tools, "check": check,
            "turns": [{"role": ("user", "model")[i % 2], "text": t} for i, t in enumerate(turns)] + [{"role": "model", "text": ""}]}


def items():
    rows = []
    rows += [("small_talk", s, [t], {"any": a, "nocall": True}) for s, t, a in SMALL_TALK]
    rows += [("identity", s, [t], {"any": a, "nocall": True}) for s, t, a in IDENTITY]
    rows += [("memory", s, [t], c) for s, t, c in MEMORY_ITEMS] + [("memory", "plain", [*before, q], c) for before, q, c in IN_CHAT]
    rows += [("tools", s, [t], {"call": n, "args": a}) for s, t, n, a in CALLS] + [("tools", s, [t], {**c, "nocall": True}) for s, t, c in NO_CALL]
    rows += [("reading", "plain", [t], {"any": a}) for t, a in READING]
    rows += [("lists", "plain", [t], c) for t, c in LISTS]
    rows += [("out_of_range", s, [t], {"any": a, "nocall": True}) for s, t, a in OUT]
    return [item(g, i, *rest) for i, (g, *rest) in enumerate(rows)]

"""What a text is to the embedder: buckets of its words, word pairs and pieces of words. The same in engine/memory/embedder.ts."""
import re
import unicodedata
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=1 << 20)
def bucket(feature, buckets):
    """32-bit FNV-1a over UTF-8, modulo the number of buckets."""
    h = 0x811C9DC5
    for byte in feature.encode():
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h % buckets


def features(text, buckets):
    """{bucket: how often}."""
    text = unicodedata.normalize("NFKC", text).lower().replace("\u2019", "'")
    words = WORD.findall(re.sub(r"'s\b", "", text))[:257]
    out = {}

    def add(feature):
        b = bucket(feature, buckets)
        out[b] = out.get(b, 0) + 1

    for i, word in enumerate(words[:256]):
        add("w " + word)
        if i + 1 < len(words):
            add("p " + word + " " + words[i + 1])
        if len(word) > 3:
            marked = "<" + word + ">"
            for at in range(0, min(24, len(marked) - 3)):
                add("c " + marked[at:at + 4])
    return out

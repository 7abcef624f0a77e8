"""The text of a WikiExtractor dump, packed by xz: lower case, words only, a sentence a line.

usage: prepare.py DUMP.xz TEXT
"""
import lzma
import re
import sys

WORD = re.compile(r"[^\W\d_]+")
SENTENCE = re.compile(r"[.!?]+\s")

with lzma.open(sys.argv[1], "rt", encoding="utf-8") as dump, open(sys.argv[2], "w", encoding="utf-8") as text:
    for line in dump:
        if line.startswith(("<doc ", "</doc>")):
            continue
        for sentence in SENTENCE.split(line.lower()):
            words = WORD.findall(sentence)
            if words:
                print(" ".join(words), file=text)

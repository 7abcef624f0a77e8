"""A text of many words: each occurs once, between words drawn from the thousand first; twenty to a sentence.

usage: vocabulary.py WORDS TEXT
prints bytes of the vocabulary: its words' letters, and 16 for a word's place and count
"""
import random
import sys

draw = random.Random(1)
count = int(sys.argv[1])
size = 0
with open(sys.argv[2], "w", encoding="ascii") as text:
    for first in range(0, count, 10):
        words = [f"w{number}" for number in range(first, min(count, first + 10))]
        size += sum(len(word) + 16 for word in words)
        words += [f"w{draw.randrange(min(count, 1000))}" for _ in range(10)]
        draw.shuffle(words)
        print(" ".join(words), file=text)
print(size)

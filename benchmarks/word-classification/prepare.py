"""Makes texts and labelled files of the data sets: words in lower case, divided by blanks.

prepare.py DATA OUTPUT: OUTPUT/wiki.txt, and {sst2,ag_news,rt}-{train,test}.jsonl; of the Chinese sets, which
are left as they are, hotel-{train,test}.jsonl, hotel.txt (the reviews to train on) and poems.txt.
"""

import csv
import json
import lzma
import random
import re
import sys
from pathlib import Path

DATA, OUT = Path(sys.argv[1]), Path(sys.argv[2])
HELD = 2000


def words(text):
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


def write(name, examples):
    with open(OUT / f"{name}.jsonl", "w", encoding="utf-8") as file:
        for text, label in examples:
            file.write(json.dumps({"text": text, "label": label}, ensure_ascii=False) + "\n")


def split(name, examples):
    """The sets that come in one piece."""
    examples = [example for example in examples if example[0].strip()]
    random.Random(1).shuffle(examples)
    write(f"{name}-train", examples[HELD:])
    write(f"{name}-test", examples[:HELD])
    return examples[HELD:]


OUT.mkdir(parents=True, exist_ok=True)
with lzma.open(DATA / "enwiki-2014/enwiki_dev.txt.xz", "rt", encoding="utf-8", errors="replace") as lines:
    with open(OUT / "wiki.txt", "w", encoding="utf-8") as file:
        for line in lines:
            if not line.startswith(("<doc", "</doc")) and words(line):
                file.write(words(line) + "\n")

for part, source in ("train", "train"), ("test", "dev"):
    rows = [line.rstrip("\n").split("\t") for line in open(DATA / f"sst2/{source}.tsv", encoding="utf-8")]
    write(f"sst2-{part}", [(words(text), label) for text, label in rows if words(text)])
with open(DATA / "ag_news/test.csv", newline="", encoding="utf-8") as file:
    split("ag_news", [(words(f"{title} {text}"), label) for label, title, text in csv.reader(file)])
lines = (DATA / "rt-polarity/rt-polarity.all").read_text(encoding="latin-1").split("\n")
split("rt", [(words(line[2:]), line[0]) for line in lines if line])

with open(DATA / "chnsenticorp-htl/ChnSentiCorp_htl_all.csv", newline="", encoding="utf-8") as file:
    reviews = split("hotel", [(row["review"], row["label"]) for row in csv.DictReader(file)])
(OUT / "hotel.txt").write_text("".join(text.replace("\n", " ") + "\n" for text, _ in reviews), encoding="utf-8")
with lzma.open(DATA / "chinese-poetry-tang/tang.tsv.xz", "rt", encoding="utf-8") as lines:
    with open(OUT / "poems.txt", "w", encoding="utf-8") as file:
        for line in lines:
            poem = line.rstrip("\n").split("\t")[-1]
            file.write("\n".join(verse for verse in re.split("[。？！]", poem) if verse) + "\n")

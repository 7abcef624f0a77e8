"""A table of what run.sh has measured: medians of speeds, means of qualities.

usage: report.py results.tsv
"""
import collections
import statistics
import sys

# The speed that others of a piece are compared with, of as many threads where there is one.
BASE = {"skipgram": "fasttext", "cbow": "gensim", "subwords": "fasttext", "glove": "reference-c"}


def number(column):
    return float(column) if column not in ("-", "None", "NaN") else None


rows = collections.OrderedDict()
with open(sys.argv[1], encoding="utf-8") as results:
    for line in results:
        piece, name, threads, seed, epochs, speed, analogy, spearman, wire, peak, needed = line.rstrip("\n").split("\t")
        measured = rows.setdefault((piece, name, int(threads)), collections.defaultdict(list))
        measured["speed"].append(float(speed))
        measured["analogy"].append(number(analogy))
        measured["spearman"].append(number(spearman))
        measured["epochs"].append(int(epochs))
        if number(peak) is not None:
            measured["peak"].append(float(peak))
            measured["needed"].append(float(needed))
        if number(wire) is not None:
            measured["wire"].append(float(wire))


def median(measured):
    return statistics.median(measured["speed"]) if measured else None


def quality(values, form):
    known = [value for value in values if value is not None]
    return form(statistics.mean(known)) if known else ""


print("| | trainer | threads or workers | a second | against base | runs | analogy | WS353 | epochs | bytes a word | resident GiB | of matrices and vocabulary |")
print("|---|---|---|---|---|---|---|---|---|---|---|---|")
for (piece, name, threads), measured in sorted(rows.items()):
    speed = median(measured)
    base = median(rows.get((piece, BASE.get(piece, "headwater"), threads)))
    print("|", " | ".join([
        piece, name, str(threads),
        f"{speed:,.0f}", f"{speed / base:.2f}" if base else "", str(len(measured["speed"])),
        quality(measured["analogy"], lambda mean: f"{100 * mean:.1f}%"),
        quality(measured["spearman"], lambda mean: f"{mean:.3f}"),
        "/".join(map(str, sorted(set(measured["epochs"])))),
        f"{statistics.mean(measured['wire']):.0f}" if measured["wire"] else "",
        f"{max(measured['peak']) / 2**30:.2f}" if measured["peak"] else "",
        f"{max(measured['peak']) / max(measured['needed']):.2f}" if measured["peak"] else ""]), "|")

"""A table of what run.sh has measured: medians of speeds, means of qualities.

usage: report.py results.tsv
"""
import collections
import statistics
import sys

# The speed that others of a piece are compared with, of as many threads, or of one worker.
BASE = {"skipgram": "fasttext", "cbow": "gensim", "subwords": "fasttext", "glove": "reference-c"}


def number(column):
    return float(column) if column not in ("-", "None", "NaN") else None


rows = collections.OrderedDict()
with open(sys.argv[1], encoding="utf-8") as results:
    for line in results:
        piece, name, threads, seed, epochs, speed, analogy, spearman, wire, peak, needed = line.rstrip("\n").split("\t")
        measured = rows.setdefault((piece, name, int(threads)), collections.defaultdict(list))
        if number(speed) is not None:
            measured["speed"].append(number(speed))
        measured["quality"].append((int(epochs), number(analogy), number(spearman)))
        if number(peak) is not None:
            measured["peak"].append(float(peak))
            measured["needed"].append(float(needed))
        if number(wire) is not None:
            measured["wire"].append(float(wire))


def median(measured):
    return statistics.median(measured["speed"]) if measured and measured["speed"] else None


def quality(values, form):
    """The mean over the seeds of as many epochs as any has had, and how many they are."""
    most = max((epochs for epochs, value in values if value is not None), default=0)
    known = [value for epochs, value in values if value is not None and epochs == most]
    return f"{form(statistics.mean(known))} ({len(known)} of {most})" if known else ""


print("| | trainer | threads or workers | a second | against base | runs | analogy (seeds of epochs) | WS353 | bytes a word | resident GiB | of matrices and vocabulary |")
print("|---|---|---|---|---|---|---|---|---|---|---|")
for (piece, name, threads), measured in sorted(rows.items()):
    speed = median(measured)
    base = median(rows.get((piece, BASE.get(piece, "headwater"), 1 if piece == "workers" else threads)))
    print("|", " | ".join([
        piece, name, str(threads),
        f"{speed:,.0f}" if speed else "", f"{speed / base:.2f}" if speed and base else "", str(len(measured["speed"])),
        quality([(epochs, analogy) for epochs, analogy, _ in measured["quality"]], lambda mean: f"{100 * mean:.1f}%"),
        quality([(epochs, spearman) for epochs, _, spearman in measured["quality"]], lambda mean: f"{mean:.3f}"),
        f"{statistics.mean(measured['wire']):.0f}" if measured["wire"] else "",
        f"{max(measured['peak']) / 2**30:.2f}" if measured["peak"] else "",
        f"{max(measured['peak']) / max(measured['needed']):.2f}" if measured["peak"] else ""]), "|")

#!/usr/bin/env bash
# Classifiers of texts from word vectors against the same network from drawn rows, at few labels and at all: accuracy on
# held-out texts, few labels as the mean of three draws. Beside them the program fastText on all labels. Then Chinese: hotel
# reviews with the words and the characters of the reviews themselves, and nearest words.
#   usage: run.sh DATA WORK   (DATA: the data sets; WORK: a folder for all that is made, 2 GB)
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$here/../.."
headwater="$root/headwater"
data="$1" work="$2"
mkdir -p "$work"
[ -e "$work/poems.txt" ] || python3 "$here/prepare.py" "$data" "$work"
(cd "$root" && mvn -B -ntp -q -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$work/classpath")

vectors() { # name, arguments...: trains unless it is there
  local name="$1"
  shift
  [ -e "$work/$name/run.json" ] || "$headwater" pretrain --output "$work/$name" --threads 2 "$@"
}
few_labels() {
  java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector -Xmx2g \
    -cp "$root/benchmarks/target/classes:$(cat "$work/classpath")" io.headwater.benchmarks.words.FewLabels "$@"
}

vectors wiki --model word2vec --corpus "$work/wiki.txt" --sample 1e-4 --epochs 3
few_labels "$work/wiki/step-00000003" "$work/sst2" "$work/ag_news" "$work/rt"
for set in sst2 ag_news rt; do
  for part in train test; do
    python3 -c 'import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    row = json.loads(line)
    print("__label__" + row["label"], row["text"])' "$work/$set-$part.jsonl" >"$work/$set-$part.ft"
  done
  fasttext supervised -input "$work/$set-train.ft" -output "$work/peer" -epoch 25 -lr 0.5 -thread 1 -verbose 0
  echo "$set fasttext $(fasttext test "$work/peer.bin" "$work/$set-test.ft" | sed -n 's/^P@1[[:space:]]*//p')"
done

vectors hotel-words --model word2vec --corpus "$work/hotel.txt" --segmentation chinese --min-count 3 --epochs 20
vectors hotel-grams --model fasttext --corpus "$work/hotel.txt" --segmentation chinese --min-count 3 --epochs 20 \
  --min-n 1 --max-n 3 --buckets 50000
vectors hotel-characters --model word2vec --corpus "$work/hotel.txt" --segmentation characters --min-count 3 --epochs 20
vectors poems --model word2vec --corpus "$work/poems.txt" --segmentation characters --epochs 5
for kind in words grams characters; do
  few_labels "$work/hotel-$kind/step-00000020" "$work/hotel"
done
nearest() { # vectors, words...
  local from="$1" word
  shift
  for word in "$@"; do
    echo "$word: $("$headwater" neighbors --checkpoint "$work/$from" --count 6 "$word" | awk '{print $2}' | paste -sd' ')"
  done
}
nearest hotel-words/step-00000020 酒店 早餐 便宜 服务员
nearest hotel-grams/step-00000020 便宜 服务员
nearest poems/step-00000005 月 山 酒 春

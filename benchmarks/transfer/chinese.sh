#!/usr/bin/env bash
# Chinese hotel reviews told apart by a small BERT pretrained on the texts of those to train on, beside the same network from random
# weights, at several shares of the labels.
#   usage: chinese.sh REVIEWS.csv WORK [steps of pretraining]
#   REVIEWS  label,review, as ChnSentiCorp_htl_all.csv; SEEDS (3), SHARES (2,10,100), PRECISION (fp32): environment
set -euo pipefail
[ $# -ge 2 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
reviews=$1 work=$2 steps=${3:-3000}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work"
headwater() { "$root/headwater" "$@"; }

# Each fifth review is held out; those without text are left out.
awk -v work="$work" 'NR == 1 { print >(work "/train.csv"); print >(work "/dev.csv"); next }
  length($0) > 3 { print >(work (NR % 5 ? "/train.csv" : "/dev.csv")) }' "$reviews"
tail -n +2 "$work/train.csv" | cut -c3- >"$work/train.txt"
headwater ingest --input "$work/train.txt" --document line --tokenizer wordpiece --vocab-size 6000 --output "$work/corpus"
headwater pretrain --model bert-tiny --set model.objective=masked-lm --corpus "$work/corpus" --steps "$steps" \
  --precision "${PRECISION:-fp32}" --output "$work/bert"
headwater transfer-report --checkpoint "$work/bert/$(printf 'step-%08d' "$steps")" --task classification --text-column review \
  --train "$work/train.csv" --eval "$work/dev.csv" --shares "${SHARES:-2,10,100}" --seeds "${SEEDS:-3}" --epochs 3 --batch-size 32 \
  --precision "${PRECISION:-fp32}" --output "$work/report" --json | tail -n 1

#!/usr/bin/env bash
# Translation with and without pretraining: a T5 pretrained on a text, then taught to translate beside the same network
# from random weights. Arguments: text to pretrain on, folder of a parallel corpus (train, test_2016_flickr; .en.gz, .de.gz),
# folder to work in, steps of pretraining, epochs of fine-tuning, share of the pairs. WORKERS (2), PRECISION (fp32): environment.
set -euo pipefail
text=$1 pairs=$2 work=$3 steps=${4:-4000} epochs=${5:-3} share=${6:-1}
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work"
headwater() { "$root/headwater" "$@"; }

for language in en de; do
  gzip -dc "$pairs/train.$language.gz" >"$work/train.$language.txt"
done
headwater ingest --input "$text" "$work/train.en.txt" "$work/train.de.txt" --document line --tokenizer bpe \
  --vocab-size 4096 --output "$work/corpus"
headwater pretrain --model t5-tiny --corpus "$work/corpus" --output "$work/t5" --steps "$steps" --workers "${WORKERS:-2}"
checkpoint=$work/t5/$(printf 'step-%08d' "$steps")
for method in full scratch; do
  headwater finetune --checkpoint "$checkpoint" --task translation --method "$method" --template "translate English to German: {text}" \
    --train "$pairs/train.en.gz,$pairs/train.de.gz" --eval "$pairs/test_2016_flickr.en.gz,$pairs/test_2016_flickr.de.gz" \
    --epochs "$epochs" --train-share "$share" --batch-size 32 --learning-rate 1e-3 --precision "${PRECISION:-fp32}" --seed 1 \
    --output "$work/$method" --json >"$work/$method.json"
  echo "$method $(tail -n 1 "$work/$method.json")"
done

#!/usr/bin/env bash
# What a pretrained BERT or GPT brings to four tasks, beside the same network from random weights: SST-2, STS-B, MRPC, WikiANN (English).
#   usage: run.sh CHECKPOINT DATA WORK [PART...]
#   DATA  folder with sst2, stsb, mrpc and wikiann-en-ner, as published; PART  sst2, stsb, mrpc, ner, lora; all where none is given
#   EVERY (1): trains on each EVERY-th example; EPOCHS (3), SEEDS (3), SHARES (10,100), PRECISION (fp32): environment
set -euo pipefail
[ $# -ge 3 ] || { sed -n '2,5p' "$0" >&2; exit 2; }
checkpoint=$1 data=$2 work=$3
shift 3
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(sst2 stsb mrpc ner lora)
root=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$work"
every=${EVERY:-1}
settings=(--checkpoint "$checkpoint" --epochs "${EPOCHS:-3}" --batch-size 32 --max-length 64 --seeds "${SEEDS:-3}" --precision "${PRECISION:-fp32}" --json)

thin() { awk -v every="$every" 'NR % every == 0'; }
headwater() { "$root/headwater" "$@" 2>>"$work/log"; }
pairs=(--text-column '#1' --pair-column '#2' --label-column '#3')

report() { # name, arguments of transfer-report
  headwater transfer-report "${settings[@]}" --shares "${SHARES:-10,100}" --output "$work/$1" "${@:2}" | tail -n 1 >"$work/$1.json"
  echo "$1 $(cat "$work/$1.json")"
}
compare() { # name, arguments of finetune
  for method in full scratch; do
    headwater finetune "${settings[@]}" --method "$method" --output "$work/$1-$method" "${@:2}" | tail -n 1 >"$work/$1-$method.json"
    echo "$1 $method $(cat "$work/$1-$method.json")"
  done
}

sst2=(--task classification --text-column '#1' --label-column '#2' --train "$work/sst2.tsv" --eval "$data/sst2/dev.tsv")
thin <"$data/sst2/train.tsv" >"$work/sst2.tsv"
for part in "${parts[@]}"; do
  case "$part" in
    sst2) report sst2 "${sst2[@]}" ;;
    stsb)
      thin <"$data/stsb/stsb-en-train.csv" >"$work/stsb.csv"
      report stsb --task regression "${pairs[@]}" --train "$work/stsb.csv" --eval "$data/stsb/stsb-en-dev.csv" ;;
    mrpc)
      for split in train test; do
        tail -n +2 "$data/mrpc/msr_paraphrase_$split.txt" | tr -d '\r' | awk -F '\t' -v OFS='\t' '{ print $4, $5, $1 }' >"$work/mrpc-$split.tsv"
      done
      thin <"$work/mrpc-train.tsv" >"$work/mrpc.tsv"
      compare mrpc --task classification "${pairs[@]}" --train "$work/mrpc.tsv" --eval "$work/mrpc-test.tsv" ;;
    ner)
      # Sentences, parted by blank lines.
      awk -v RS= -v ORS='\n\n' -v every="$every" 'NR % (2 * every) == 0' "$data/wikiann-en-ner/train" >"$work/ner.train"
      awk -v RS= -v ORS='\n\n' 'NR % 5 == 0' "$data/wikiann-en-ner/dev" >"$work/ner.dev"
      compare ner --task token-classification --train "$work/ner.train" --eval "$work/ner.dev" ;;
    lora)
      # With the learning rate and the layers that a small model needs: all linear layers, pooler and norms.
      if grep -q GPT2 "$checkpoint/config.json"; then
        layers=(--lora-targets attn.c_attn,attn.c_proj,mlp.c_fc,mlp.c_proj --lora-whole ln_1,ln_2,ln_f)
      else
        layers=(--lora-targets query,key,value,attention.output.dense,intermediate.dense,output.dense --lora-whole pooler.dense,LayerNorm)
      fi
      headwater finetune "${settings[@]}" --method full "${sst2[@]}" --output "$work/lora-full" | tail -n 1 >"$work/lora-full.json"
      headwater finetune "${settings[@]}" --method lora "${sst2[@]}" --lora-rank 4 --lora-alpha 8 --learning-rate 2e-3 \
        "${layers[@]}" --output "$work/lora-lora" | tail -n 1 >"$work/lora-lora.json"
      for method in full lora; do echo "lora $method $(cat "$work/lora-$method.json")"; done ;;
    *) echo "Cannot measure $part: it must be sst2, stsb, mrpc, ner or lora" >&2; exit 2 ;;
  esac
done

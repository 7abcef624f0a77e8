#!/usr/bin/env bash
# fastText with subwords beside the original program, and GloVe's kernel beside its scalar twin, each with its quality.
#   usage: families.sh TEXT QUESTIONS PAIRS [epochs, default 3] [threads, default 1]
#   the arguments are those of run.sh
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
headwater="$here/../../headwater"
[ $# -ge 3 ] || { sed -n '2,4p' "$0" >&2; exit 2; }
text="$(realpath "$1")" questions="$(realpath "$2")" pairs="$(realpath "$3")"
epochs="${4:-3}" threads="${5:-1}"
command -v fasttext >/dev/null || { echo "fasttext is needed: Debian package fasttext" >&2; exit 2; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export HEADWATER_HEAP="${HEADWATER_HEAP:-4g}"

field() { /usr/bin/python3 -c 'import json,sys; print(json.loads(sys.stdin.read().splitlines()[-1])[sys.argv[1]])' "$1"; }

ours() { # model, kernel, key of its speed, options...
  local model="$1" kernel="$2" key="$3"
  shift 3
  rm -rf "$work/run"
  HEADWATER_JAVA_OPTS="-Dheadwater.kernels=$kernel" "$headwater" pretrain --model "$model" --corpus "$text" \
    --output "$work/run" --dim 100 --min-count 5 --epochs "$epochs" --threads "$threads" "$@" --json \
    2>"$work/errors" >"$work/result" || { cat "$work/errors" >&2; exit 1; }
  measure "$model-$kernel" "$(field "$key" <"$work/result")" "$(field checkpoint <"$work/result")"
}
measure() { # name, speed, vectors
  local analogy spearman
  analogy="$("$headwater" evaluate --checkpoint "$3" --task analogy --data "$questions" --ignore-case --json 2>/dev/null | field accuracy)"
  spearman="$("$headwater" evaluate --checkpoint "$3" --task similarity --data "$pairs" --ignore-case --json 2>/dev/null | field spearman)"
  printf '  %-18s %10.0f/s  analogy %.4f  WS353 %.4f\n' "$1" "$2" "$analogy" "$spearman"
}

fasttext skipgram -input "$text" -output "$work/fasttext" -dim 100 -ws 5 -neg 5 -minCount 5 -t 1e-4 -epoch "$epochs" \
  -thread "$threads" 2>&1 | tr '\r' '\n' >"$work/progress"
speed="$(grep -o 'words/sec/thread: *[0-9]*' "$work/progress" | tail -1 | awk -v t="$threads" '{print $2 * t}')"
measure fasttext-program "$speed" "$work/fasttext.bin"
ours fasttext vector words_per_second
ours fasttext scalar words_per_second
ours glove vector entries_per_second --window 10 --x-max 10
ours glove scalar entries_per_second --window 10 --x-max 10

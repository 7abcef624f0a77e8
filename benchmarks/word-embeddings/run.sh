#!/usr/bin/env bash
# Word2vec beside fastText and gensim on one text, in turn, each with its quality. See README.md.
#   usage: run.sh TEXT QUESTIONS PAIRS [epochs, default 3] [repetitions, default 3]
#   TEXT       words divided by blanks, a sentence a line, in lower case
#   QUESTIONS  the Google analogies, questions-words.txt
#   PAIRS      WordSim-353, lines of two words and a score
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
headwater="$here/../../headwater"
[ $# -ge 3 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
text="$(realpath "$1")" questions="$(realpath "$2")" pairs="$(realpath "$3")"
epochs="${4:-3}" repetitions="${5:-3}"
for tool in fasttext /usr/bin/python3; do
  command -v "$tool" >/dev/null || { echo "$tool is needed: Debian packages fasttext, python3-gensim" >&2; exit 2; }
done
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 HEADWATER_HEAP="${HEADWATER_HEAP:-3g}"

field() { /usr/bin/python3 -c 'import json,sys; print(json.loads(sys.stdin.read().splitlines()[-1])[sys.argv[1]])' "$1"; }

ours() { # kernel, negatives, threads
  rm -rf "$work/run"
  HEADWATER_JAVA_OPTS="-Dheadwater.kernels=$1" "$headwater" pretrain --model word2vec --corpus "$text" \
    --output "$work/run" --dim 100 --window 5 --negative 5 --min-count 5 --sample 1e-4 --epochs "$epochs" \
    --threads "$3" --seed "$seed" --set "embedding.negatives=$2" --json 2>"$work/errors" >"$work/result" \
    || { cat "$work/errors" >&2; exit 1; }
  field words_per_second <"$work/result" >"$work/speed"
  "$headwater" export --checkpoint "$(field checkpoint <"$work/result")" --format word2vec-text --output "$work/vectors.txt" >/dev/null
}
peer_gensim() { # threads
  /usr/bin/python3 "$here/gensim_skipgram.py" "$text" "$work/vectors.txt" "$epochs" "$1" "$seed" >"$work/speed" 2>"$work/errors"
}
peer_fasttext() { # threads; without subwords its speed is that of the original C program
  fasttext skipgram -input "$text" -output "$work/fasttext" -dim 100 -ws 5 -neg 5 -minCount 5 -t 1e-4 -lr 0.025 \
    -epoch "$epochs" -thread "$1" -maxn 0 2>&1 | tr '\r' '\n' >"$work/progress"
  # It tells words per second and thread.
  grep -o 'words/sec/thread: *[0-9]*' "$work/progress" | tail -1 | awk -v t="$1" '{print $2 * t}' >"$work/speed"
  mv "$work/fasttext.vec" "$work/vectors.txt"
}
measure() { # name, command...
  local name="$1" analogy spearman
  shift
  "$@"
  analogy="$("$headwater" evaluate --checkpoint "$work/vectors.txt" --task analogy --data "$questions" --ignore-case --json 2>/dev/null | field accuracy)"
  spearman="$("$headwater" evaluate --checkpoint "$work/vectors.txt" --task similarity --data "$pairs" --ignore-case --json 2>/dev/null | field spearman)"
  echo "$(cat "$work/speed") $analogy $spearman" | tee -a "$work/$name" | awk -v n="$name" '{printf "  %-26s %10d words/s  analogy %.4f  WS353 %.4f\n", n, $1, $2, $3}'
}

for seed in $(seq "$repetitions"); do
  for threads in 1 2; do
    measure "fasttext-$threads" peer_fasttext "$threads"
    measure "gensim-$threads" peer_gensim "$threads"
    measure "headwater-vector-$threads" ours vector shared "$threads"
    measure "headwater-scalar-$threads" ours scalar pair "$threads"
  done
done
echo "over $repetitions repetitions in turn: median words/s, its ratio to fastText's of as many threads, mean quality"
for threads in 1 2; do
  base="$(sort -n "$work/fasttext-$threads" | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}')"
  for name in fasttext gensim headwater-vector headwater-scalar; do
    sort -n "$work/$name-$threads" | awk -v n="$name-$threads" -v b="$base" \
      '{v[NR]=$1; a+=$2; s+=$3} END {m=v[int((NR+1)/2)]; printf "  %-26s %10d words/s  %6.2fx  analogy %.4f  WS353 %.4f\n", n, m, m/b, a/NR, s/NR}'
  done
done

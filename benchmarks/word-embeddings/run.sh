#!/usr/bin/env bash
# Word vectors beside their peers on one text: speed of the training alone, quality, memory. See README.md.
#   usage: run.sh [--small] [--pieces "P..."] [--only "T..."] [--repetitions N] WORK [DATA]
#   WORK      a folder that keeps the text, the peers, and results.tsv, to which every piece adds lines
#   DATA      a folder with enwiki-2014/enwiki_dev.txt.xz, word-eval/questions-words.txt and EN-WS-353-ALL.txt,
#             default ../shared/data beside the project
#   --small   on one fiftieth of the text, one repetition: minutes, to see that everything runs
#   --pieces  some of: prepare skipgram cbow subwords glove jvm-peers workers memory evaluate; default all of them in this order
#   --only    some of: fasttext reference-c gensim headwater headwater-scalar headwater-scalar-pair mllib deeplearning4j,
#             or sizes of the vocabularies of memory: 50000 1000000 5000000
#   --repetitions  in turn, each with a seed of its own; default 3
#   --epochs  of skip-gram, CBOW and subwords, and five times as many of GloVe; default 3
#   --threads of skip-gram and CBOW, default "1 2", or workers, default "1 2 4"
#   --take    speed (vectors are kept for the piece evaluate), quality (while others use the machine), or both, the default
# Ends with the table of all results in WORK.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
headwater="$here/../../headwater"
small='' only='' repetitions=3 epochs=3 numbers='' take=both pieces='prepare skipgram cbow subwords glove jvm-peers workers memory'
while [[ "${1:-}" == --* ]]; do
  case "$1" in
    --small) small=yes; shift ;;
    --pieces) pieces="$2"; shift 2 ;;
    --only) only="$2"; shift 2 ;;
    --repetitions) repetitions="$2"; shift 2 ;;
    --epochs) epochs="$2"; shift 2 ;;
    --threads) numbers="$2"; shift 2 ;;
    --take) take="$2"; shift 2 ;;
    *) sed -n '2,15p' "$0" >&2; exit 2 ;;
  esac
done
[ $# -ge 1 ] || { sed -n '2,15p' "$0" >&2; exit 2; }
mkdir -p "$1"
work="$(realpath "$1")"
data="$(realpath "${2:-$here/../../../shared/data}")"
text="$work/text.txt" part="$work/part.txt" results="$work/results.tsv"
[ -z "$small" ] || repetitions=1
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 HEADWATER_HEAP="${HEADWATER_HEAP:-2g}"
scratch="$(mktemp -d "$work/scratch.XXXX")"
trap 'rm -rf "$scratch"' EXIT
vectors="$scratch/vectors.txt"

need() { # command, Debian package
  command -v "$1" >/dev/null || { echo "Cannot run the benchmark: $1 is missing (Debian package $2)" >&2; exit 2; }
}
json() { /usr/bin/python3 -c 'import json,sys; print(json.loads(sys.stdin.read().splitlines()[-1]).get(sys.argv[1]))' "$1"; }

peak() { # file for bytes of the largest resident set, command
  /usr/bin/python3 -c 'import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)' "$@"
}

# Each trainer takes: text, epochs, threads, seed, then what is its own; it leaves $vectors and prints units a second.

ours() { # ... model, kernel, key of the speed, options
  local from="$1" epochs="$2" threads="$3" seed="$4" model="$5" kernel="$6" key="$7"
  shift 7
  rm -rf "$scratch/run"
  HEADWATER_JAVA_OPTS="-Dheadwater.kernels=$kernel" "$headwater" pretrain --model "$model" --corpus "$from" --output "$scratch/run" \
    --dim 100 --min-count 5 --epochs "$epochs" --threads "$threads" --seed "$seed" "$@" --json 2>"$scratch/errors" >"$scratch/result" ||
    { cat "$scratch/errors" >&2; return 1; }
  ln -s "$(json checkpoint <"$scratch/result" | sed 's/^file://')" "$vectors"
  json "$key" <"$scratch/result"
}
ours_windows() { # ... algorithm, kernel, options
  local first=("${@:1:4}") algorithm="$5" kernel="$6"
  shift 6
  ours "${first[@]}" word2vec "$kernel" words_per_second --algorithm "$algorithm" --window 5 --negative 5 --sample 1e-4 "$@"
}
ours_subwords() { ours "$@" fasttext vector words_per_second --window 5 --negative 5 --sample 1e-4 --min-n 3 --max-n 6; }
ours_glove() { # ... kernel
  ours "${@:1:4}" glove "$5" entries_per_second --window 10 --x-max 10
}
ours_workers() { # the third argument is their number
  ours_windows "$1" "$2" 1 "$4" skipgram vector --workers "$3"
  json wire_bytes_per_word <"$scratch/result" >"$scratch/wire"
}
reference() { # ... program
  "$work/$5" "$1" "$vectors" "$2" "$3" "$4"
}
gensim() { # ... algorithm
  /usr/bin/python3 "$here/gensim_word2vec.py" "$1" "$vectors" "$2" "$3" "$4" "$5" 2>"$scratch/errors"
}
fasttext_program() { # ... longest subword
  fasttext skipgram -input "$1" -output "$scratch/fasttext" -dim 100 -ws 5 -neg 5 -minCount 5 -t 1e-4 -lr "$6" -epoch "$2" \
    -thread "$3" -minn 3 -maxn "$5" 2>&1 | tr '\r' '\n' >"$scratch/progress"
  mv "$scratch/fasttext.$([ "$5" = 0 ] && echo vec || echo bin)" "$vectors"
  # It tells words per second and thread.
  grep -o 'words/sec/thread: *[0-9]*' "$scratch/progress" | tail -1 | awk -v t="$3" '{print $2 * t}'
}
jvm_peer() { # ... name
  # shellcheck disable=SC2046 # flags are words
  java $(cat "$work/jvm-flags") -Xmx3g -cp "$work/$5:$(cat "$work/$5.classpath")" Word2VecPeer "$1" "$vectors" "$2" "$3" "$4" 2>"$scratch/errors"
}

measure() { # piece, name, text, epochs, threads, seed, trainer and what is its own
  [ -z "$only" ] || [[ " $only " == *" $2 "* ]] || return 0
  local speed trained wire=-
  rm -f "$vectors" # a link to a checkpoint, after a run of ours
  speed="$("$7" "${@:3:4}" "${@:8}")"
  if [ -L "$vectors" ]; then
    trained="$(readlink "$vectors")"
  elif [ "$(head -c 4 "$vectors" | od -An -tx4 | tr -d ' ')" = 2f4f16ba ]; then # fastText's
    trained="$scratch/vectors.bin"
    mv "$vectors" "$trained"
  else
    trained="$vectors"
  fi
  [ ! -e "$scratch/wire" ] || { wire="$(cat "$scratch/wire")"; rm "$scratch/wire"; }
  case "$take" in
    speed)
      rm -rf "$work/kept/$1 $2 $5 $6 $4"
      mkdir -p "$work/kept/$1 $2 $5 $6 $4"
      mv "$trained" "$work/kept/$1 $2 $5 $6 $4/"
      line "$1" "$2" "$5" "$6" "$4" "$speed" - - "$wire" - -
      ;;
    # shellcheck disable=SC2046 # columns
    quality) line "$1" "$2" "$5" "$6" "$4" - $(quality "$trained") "$wire" - - ;;
    *) line "$1" "$2" "$5" "$6" "$4" "$speed" $(quality "$trained") "$wire" - - ;;
  esac
}
quality() { # vectors: accuracy on analogies, rank correlation
  "$headwater" evaluate --checkpoint "$1" --task analogy --data "$data/word-eval/questions-words.txt" --ignore-case --json 2>/dev/null | json accuracy
  "$headwater" evaluate --checkpoint "$1" --task similarity --data "$data/word-eval/EN-WS-353-ALL.txt" --ignore-case --json 2>/dev/null | json spearman
}
line() {
  local IFS=$'\t'
  echo "$*" | tee -a "$results"
}

prepare() {
  need fasttext fasttext
  need gcc gcc
  need mvn maven
  /usr/bin/python3 -c 'import gensim' || { echo "Cannot run the benchmark: gensim is missing (Debian package python3-gensim)" >&2; exit 2; }
  "$headwater" --help >/dev/null # builds
  /usr/bin/python3 "$here/prepare.py" "$data/enwiki-2014/enwiki_dev.txt.xz" "$text"
  [ -z "$small" ] || { head -n 8000 "$text" >"$text.small"; mv "$text.small" "$text"; }
  head -n $(($(wc -l <"$text") / 4)) "$text" >"$part"
  # The flags are those of the original programs.
  for program in skipgram glove; do
    gcc -O3 -march=native -funroll-loops -pthread -o "$work/$program" "$here/reference/$program.c" "$here/reference/corpus.c" -lm
  done
  for peer in mllib deeplearning4j; do
    mvn -B -ntp -q -f "$here/peers/$peer" dependency:build-classpath -Dmdep.outputFile="$work/$peer.classpath"
    mkdir -p "$work/$peer"
    javac -nowarn -Xlint:none -cp "$(cat "$work/$peer.classpath")" -d "$work/$peer" "$here/peers/$peer/Word2VecPeer.java"
  done
  grep -o -- '--add-opens=[^ ]*' "$headwater" | tr '\n' ' ' >"$work/jvm-flags" # what Spark needs
}

run_skipgram() {
  for seed in $(seq "$repetitions"); do
    for threads in ${numbers:-1 2}; do
      measure skipgram fasttext "$text" "$epochs" "$threads" "$seed" fasttext_program 0 0.025
      measure skipgram reference-c "$text" "$epochs" "$threads" "$seed" reference skipgram
      measure skipgram gensim "$text" "$epochs" "$threads" "$seed" gensim skipgram
      measure skipgram headwater "$text" "$epochs" "$threads" "$seed" ours_windows skipgram vector
    done
    measure skipgram headwater-scalar-pair "$text" "$epochs" 1 "$seed" ours_windows skipgram scalar --negatives pair
  done
}
run_cbow() {
  for seed in $(seq "$repetitions"); do
    for threads in ${numbers:-1 2}; do
      measure cbow gensim "$text" "$epochs" "$threads" "$seed" gensim cbow
      measure cbow headwater "$text" "$epochs" "$threads" "$seed" ours_windows cbow vector
    done
  done
}
run_subwords() {
  for seed in $(seq "$repetitions"); do
    measure subwords fasttext "$part" "$epochs" 2 "$seed" fasttext_program 6 0.05
    measure subwords headwater "$part" "$epochs" 2 "$seed" ours_subwords
  done
}
run_glove() {
  for seed in $(seq "$repetitions"); do
    measure glove reference-c "$part" $((5 * epochs)) 1 "$seed" reference glove
    measure glove headwater "$part" $((5 * epochs)) 1 "$seed" ours_glove vector
    measure glove headwater-scalar "$part" $((5 * epochs)) 1 "$seed" ours_glove scalar
  done
}
run_jvm-peers() { # they are slow, and ours needs seconds to warm up
  for seed in $(seq "$repetitions"); do
    measure jvm-peers mllib "$text" 1 1 "$seed" jvm_peer mllib
    measure jvm-peers deeplearning4j "$text" 1 1 "$seed" jvm_peer deeplearning4j
    measure jvm-peers headwater "$text" "$epochs" 1 "$seed" ours_windows skipgram vector
  done
}
run_workers() {
  for seed in $(seq "$repetitions"); do
    for workers in ${numbers:-1 2 4}; do
      if [ "$workers" = 1 ]; then
        measure workers headwater "$text" "$epochs" 1 "$seed" ours_windows skipgram vector
      else
        measure workers headwater "$text" "$epochs" "$workers" "$seed" ours_workers
      fi
    done
  done
}
memory() { # words, columns, heap: one epoch, of which the largest resident set counts
  [ -z "$only" ] || [[ " $only " == *" $1 "* ]] || return 0
  local needed
  needed="$(/usr/bin/python3 "$here/vocabulary.py" "$1" "$scratch/text.txt")"
  rm -rf "$scratch/run"
  HEADWATER_HEAP="$3" peak "$scratch/peak" "$headwater" pretrain --model word2vec --corpus "$scratch/text.txt" --output "$scratch/run" \
    --dim "$2" --min-count 1 --epochs 1 --threads 2 --json 2>"$scratch/errors" >"$scratch/result" || { cat "$scratch/errors" >&2; return 1; }
  line memory "$1 x $2" 2 1 1 "$(json words_per_second <"$scratch/result")" - - - "$(cat "$scratch/peak")" $((needed + 8 * $1 * $2))
}
run_memory() {
  memory 50000 100 512m
  [ -z "$small" ] || return 0
  memory 1000000 100 1300m
  memory 5000000 300 14g
}
run_evaluate() { # what was kept
  local kept
  for kept in "$work/kept"/*; do
    [ -d "$kept" ] || continue
    # shellcheck disable=SC2046,SC2086 # columns
    line $(basename "$kept") - $(quality "$(echo "$kept"/*)") - - -
    rm -r "$kept"
  done
}
for piece in $pieces; do
  [ "$piece" = prepare ] || [ -e "$text" ] || { echo "Cannot run $piece: $work has no text; run prepare first" >&2; exit 2; }
  if [ "$piece" = prepare ]; then prepare; else "run_$piece"; fi
done
/usr/bin/python3 "$here/report.py" "$results"

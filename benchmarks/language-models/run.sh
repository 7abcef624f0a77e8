#!/usr/bin/env bash
# Training steps of GPT, BERT and T5 beside Debian's PyTorch: speed, losses, GEMM ceiling, profile, memory. See ../README.md.
#   usage: run.sh TEXT... [-- PART...]
#   TEXT  plain text in UTF-8, 2 MB or more in all
#   PART  ceiling, speed, parity, profile, memory; all of them where none is given
#   ROUNDS (10), STEPS of the loss curves (200): environment
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
texts=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  texts+=("$(realpath "$1")")
  shift
done
[ ${#texts[@]} -gt 0 ] || { sed -n '2,6p' "$0" >&2; exit 2; }
[ "${1:-}" = -- ] && shift
parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(ceiling speed parity profile memory)
/usr/bin/python3 -c 'import torch' 2>/dev/null || { echo "PyTorch is needed: Debian packages python3-torch, libopenblas0-pthread" >&2; exit 2; }

target="$root/benchmarks/target"
(cd "$root" && mvn -B -ntp -q -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$target/classpath")
# One math thread where no more are asked for, none that spins; malloc keeps pages: as the launcher does.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE
export MALLOC_MMAP_THRESHOLD_=2000000000 MALLOC_TRIM_THRESHOLD_=4000000000 MALLOC_TOP_PAD_=268435456
measure() {
  java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector \
    -XX:+UseTransparentHugePages -Xmx1g -cp "$target/classes:$(cat "$target/classpath")" \
    "io.headwater.benchmarks.model.$1" "${@:2}" 2> >(grep -v '^WARNING: Using incubator' >&2)
}
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
for tokenizer in bpe wordpiece; do
  "$root/headwater" ingest --input "${texts[@]}" --tokenizer "$tokenizer" --vocab-size 8192 --output "$work/$tokenizer" >&2
done
corpus() { if [ "$1" = bert ]; then echo "$work/wordpiece"; else echo "$work/bpe"; fi; }

for part in "${parts[@]}"; do
  echo "== $part"
  case "$part" in
    ceiling)
      for threads in 1 2; do measure GemmCeiling "$threads"; done ;;
    speed)
      for threads in 1 2; do
        for family in gpt bert t5; do
          measure StepTimes "$(corpus $family)" $family "$threads" "${ROUNDS:-10}" "$here/pytorch_twins.py"
        done
      done ;;
    parity)
      for family in gpt bert t5; do
        measure LossParity "$(corpus $family)" $family "${STEPS:-200}" "$here/pytorch_twins.py"
      done ;;
    profile)
      for family in gpt bert t5; do
        for precision in fp32 bf16; do measure StepProfile "$(corpus $family)" $family $precision 30; done
      done ;;
    memory)
      for family in gpt bert t5; do
        for activations in keep recompute; do measure MemoryOverSteps "$(corpus $family)" $family bf16 $activations 1000; done
      done ;;
    *) echo "Cannot measure $part: it must be ceiling, speed, parity, profile or memory" >&2; exit 2 ;;
  esac
done

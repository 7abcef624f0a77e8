#!/usr/bin/env bash
# Parameter-server rounds beside Open MPI, TCP and gRPC, in turn, on one host. See benchmarks/README.md.
#   usage: run.sh [elements, default 25000000] [rounds, default 100] [repetitions, default 3]
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
elements="${1:-25000000}"
rounds="${2:-100}"
repetitions="${3:-3}"

command -v mpicxx >/dev/null || { echo "Open MPI is needed: Debian packages openmpi-bin, libopenmpi-dev" >&2; exit 2; }
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work" OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
mpicxx -O3 -march=native -o "$work/mpi_rounds" "$here/mpi_rounds.cc"
if [ -z "${HEADWATER_CLASSPATH:-}" ]; then # of benchmarks, built before
  (cd "$root" && mvn -B -q -ntp -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$work/classpath") >&2
  HEADWATER_CLASSPATH="$root/benchmarks/target/classes:$(cat "$work/classpath")"
fi

java=(java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-modules=jdk.incubator.vector -XX:+UseTransparentHugePages
  -Xms1500m -Xmx1500m -Djava.io.tmpdir="$work" -cp "$HEADWATER_CLASSPATH")
rounds_of() { local peer="$1"; shift; "${java[@]}" "io.headwater.benchmarks.ps.$peer" "$@"; }
mpi() { mpirun -np 2 --bind-to none --mca btl self,vader --mca mpi_yield_when_idle 1 "$work/mpi_rounds" "$elements" "$rounds"; }
tcp() { rounds_of TcpRounds "$elements" "$rounds"; }
grpc() { rounds_of GrpcRounds "$elements" "$rounds" "$1"; }
ours() { rounds_of HeadwaterRounds local "$elements" "$1" 2 "$rounds" "$2"; }

names=(mpi-reduce-bcast headwater-1-shard headwater-2-shards headwater-2-shards-bf16 headwater-2-shards-adamw
  headwater-2-shards-adamw-clipped tcp grpc grpc-tuned)
one() {
  case "$1" in
    mpi-reduce-bcast) mpi ;;
    headwater-1-shard) ours 1 sgd ;;
    headwater-2-shards) ours 2 sgd ;;
    headwater-2-shards-bf16) ours 2 sgd:bf16 ;;
    headwater-2-shards-adamw) ours 2 adamw ;;
    headwater-2-shards-adamw-clipped) ours 2 adamw-clipped ;;
    tcp) tcp ;;
    grpc) grpc usual ;;
    grpc-tuned) grpc tuned ;;
  esac
}
# Appends "median best p99 cpu-ms allocated-bytes", the last two summed over processes.
measure() {
  one "$1" >"$work/out" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
  awk '/^round/ {t = $2 " " $3 " " $4} /^cost/ {cpu += $2; bytes += $3} END {print t, cpu, bytes}' "$work/out" >>"$work/$1"
}
column() { cut -d' ' -f"$2" "$work/$1" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

echo "elements $elements, 2 workers, $rounds rounds, $repetitions repetitions in turn; medians over the repetitions"
echo "memcpy, one thread: $(rounds_of MemoryCopy "$elements" | awk '/^memcpy/ {print $2}') GB/s"
for _ in $(seq "$repetitions"); do
  for name in "${names[@]}"; do measure "$name"; done
done
printf '%-34s %10s %10s %10s %8s %10s %12s %8s\n' "" median best p99 "to MPI" "CPU ms" "bytes/round" GB/s
for name in "${names[@]}"; do
  printf '%-34s %10s %10s %10s %8.2f %10s %12s %8.2f\n' "$name" "$(column "$name" 1)" "$(column "$name" 2)" "$(column "$name" 3)" \
    "$(awk -v a="$(column "$name" 1)" -v b="$(column mpi-reduce-bcast 1)" 'BEGIN {print a / b}')" \
    "$(column "$name" 4)" "$(column "$name" 5)" \
    "$(awk -v n="$elements" -v ms="$(column "$name" 1)" 'BEGIN {print 4 * n * 4 / ms * 1e-6}')"
done

#!/usr/bin/env bash
# Parameter-server rounds beside Open MPI and TCP, in turn, on one host. See benchmarks/README.md.
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
(cd "$root" && mvn -B -q -ntp -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$work/classpath") >&2

java=(java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector -XX:+UseTransparentHugePages
  -Xms1500m -Xmx1500m -Djava.io.tmpdir="$work" -cp "$root/benchmarks/target/classes:$(cat "$work/classpath")")
mpi() { mpirun -np 2 --bind-to none --mca btl self,vader --mca mpi_yield_when_idle 1 "$work/mpi_rounds" "$elements" "$rounds"; }
tcp() { "${java[@]}" io.headwater.benchmarks.ps.TcpRounds "$elements" "$rounds"; }
ours() { "${java[@]}" io.headwater.benchmarks.ps.HeadwaterRounds "$elements" "$1" "$rounds" "$2"; }

measure() { # name, command...
  local name="$1" line
  shift
  line="$("$@" 2>"$work/errors" | grep '^round')" || { cat "$work/errors" >&2; exit 1; }
  echo "$line" >>"$work/$name"
  printf '  %-34s median %8s ms  best %8s ms\n' "$name" $(echo "$line" | cut -d' ' -f2,3)
}
median() { cut -d' ' -f2 "$work/$1" | sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'; }

echo "elements $elements, 2 workers, $rounds rounds, $repetitions repetitions in turn"
for _ in $(seq "$repetitions"); do
  measure mpi-reduce-bcast mpi
  measure headwater-1-shard ours 1 sgd
  measure headwater-2-shards ours 2 sgd
  measure headwater-2-shards-adamw-clipped ours 2 adamw
  measure tcp tcp
done
echo "medians over the repetitions, and their ratio to MPI's"
for name in mpi-reduce-bcast headwater-1-shard headwater-2-shards headwater-2-shards-adamw-clipped tcp; do
  printf '  %-34s %8.2f ms  %5.2f\n' "$name" "$(median "$name")" "$(awk -v a="$(median "$name")" -v b="$(median mpi-reduce-bcast)" 'BEGIN {print a / b}')"
done

#!/usr/bin/env bash
# Parameter-server rounds on this host for growing models, shards and workers. See benchmarks/README.md.
#   usage: growth.sh [folder for growth.tsv, growth.md and growth.svg, default .]
#   CELLS="elements shards workers" lines in the environment replace the grid; growth.tsv that is there is only drawn again with CELLS=none
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
folder="$(cd "${1:-.}" && pwd)"

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export TMPDIR="$work"
if [ -z "${HEADWATER_CLASSPATH:-}" ]; then # of benchmarks, built before
  (cd "$root" && mvn -B -q -ntp -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$work/classpath") >&2
  HEADWATER_CLASSPATH="$root/benchmarks/target/classes:$(cat "$work/classpath")"
fi
java=(java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-modules=jdk.incubator.vector -XX:+UseTransparentHugePages
  -Djava.io.tmpdir="$work" -cp "$HEADWATER_CLASSPATH")

grid() {
  local elements shards workers
  for elements in 1000000 25000000 250000000; do
    for shards in 1 2 4; do
      for workers in 1 2 4 8; do
        # 250M elements are 1 GB, and each worker has two vectors of them.
        if ((elements < 250000000 || workers <= 2)); then echo "$elements $shards $workers"; fi
      done
    done
  done
}
# As many rounds as some seconds take, few of them where each is long.
rounds_for() { awk -v n="$1" -v w="$2" -v most="$3" -v least="$4" -v all="$5" 'BEGIN {r = int(all / (n * (w + 1))); print (r > most ? most : r < least ? least : r)}'; }
cell() {
  local elements="$1" shards="$2" workers="$3" rounds warm
  rounds="$(rounds_for "$elements" "$workers" 300 8 3e9)"
  warm="$(rounds_for "$elements" "$workers" 200 3 2e9)"
  "${java[@]}" -Xms"$((elements / 1000000 * 13 + 300))m" -Xmx"$((elements / 1000000 * 13 + 300))m" -Dheadwater.rounds.warm-up="$warm" \
    io.headwater.benchmarks.ps.HeadwaterRounds local "$elements" "$shards" "$workers" "$rounds" sgd 2>"$work/errors" |
    awk -v cell="$elements $shards $workers" '/^round/ {print cell, $2}' >>"$folder/growth.tsv"
}

cells="${CELLS:-$(grid)}"
if [ "$cells" != none ]; then
  rm -f "$folder/growth.tsv"
  while read -r elements shards workers; do
    cell "$elements" "$shards" "$workers" </dev/null || { cat "$work/errors" >&2; exit 1; }
  done <<<"$cells"
fi
"${java[@]}" io.headwater.benchmarks.ps.Growth "$folder/growth.tsv" "$folder/growth.svg" | tee "$folder/growth.md"

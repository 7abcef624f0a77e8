#!/usr/bin/env bash
# Parameter-server rounds between two network namespaces beside TCP, in turn, as root. See benchmarks/README.md.
#   usage: network.sh [elements, default 5000000] [rounds, default 100] [repetitions, default 3] [MTU of the link, default 1500]
#   PEERS in the environment: those of the names below to measure
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(cd "$here/../.." && pwd)"
elements="${1:-5000000}"
rounds="${2:-100}"
repetitions="${3:-3}"
link="${4:-1500}"
mtu="$(((link - 28) / 64 * 64))" # of a datagram: what the link carries, less the headers of IP and UDP
port=21000

[ "$(id -u)" = 0 ] || { echo "Network namespaces are for root" >&2; exit 2; }
work="$(mktemp -d)"
left="headwater-a-$$" right="headwater-b-$$"
cleanup() {
  for namespace in "$left" "$right"; do
    ip netns pids "$namespace" 2>/dev/null | xargs -r kill -9 2>/dev/null || true
    ip netns del "$namespace" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap cleanup EXIT
ip netns add "$left"
ip netns add "$right"
ip -n "$left" link add hw0 mtu "$link" type veth peer name hw0 netns "$right"
ip -n "$right" link set hw0 mtu "$link"
ip -n "$left" addr add 10.77.0.1/24 dev hw0
ip -n "$right" addr add 10.77.0.2/24 dev hw0
for namespace in "$left" "$right"; do
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set hw0 up
done

export TMPDIR="$work"
if [ -z "${HEADWATER_CLASSPATH:-}" ]; then # of benchmarks, built before
  (cd "$root" && mvn -B -q -ntp -DskipTests -pl benchmarks -am package dependency:build-classpath -Dmdep.outputFile="$work/classpath") >&2
  HEADWATER_CLASSPATH="$root/benchmarks/target/classes:$(cat "$work/classpath")"
fi
java=(java --add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-modules=jdk.incubator.vector -Xms600m -Xmx600m
  -Djava.io.tmpdir="$work" -Dheadwater.rounds.warm-up=200 -cp "$HEADWATER_CLASSPATH")
(umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/secret")

# Servers are in the left namespace, workers and the driver in the right one.
rounds_of() {
  local namespace="$1" properties="$2" peer="$3"
  shift 3
  # shellcheck disable=SC2086
  exec ip netns exec "$namespace" "${java[@]}" $properties "io.headwater.benchmarks.ps.$peer" "$@"
}
tcp() {
  local whole="-Dheadwater.rounds.whole=$1" server
  rounds_of "$left" "$whole" TcpRounds server "$elements" "$rounds" 10.77.0.1 "$port" >/dev/null &
  server=$!
  sleep 2 # there is no other sign of a server that listens
  (rounds_of "$right" "$whole -Dheadwater.rounds.processes=$server" TcpRounds workers "$elements" "$rounds" 10.77.0.1 "$port")
  wait
}
ours() {
  local rule="$1" security="${2:+-Dheadwater.rounds.security=$2:$work/secret}" shard
  rounds_of "$left" "$security" HeadwaterRounds shard 0 1 10.77.0.1 "$port" "$mtu" >/dev/null &
  shard=$!
  (rounds_of "$right" "$security -Dheadwater.rounds.processes=$shard" HeadwaterRounds remote "$elements" 1 2 "$rounds" "$rule" 10.77.0.2 10.77.0.1 "$port" "$mtu")
  wait
}

read -r -a names <<<"${PEERS:-tcp tcp-whole udp udp-bf16 udp-encrypted udp-authenticated}"
one() {
  case "$1" in
    tcp) tcp false ;;
    tcp-whole) tcp true ;;
    udp) ours sgd ;;
    udp-bf16) ours sgd:bf16 ;;
    udp-encrypted) ours sgd encrypt ;;
    udp-authenticated) ours sgd authenticate ;;
    *) echo "No peer: $1" >&2; exit 2 ;;
  esac
}
# Appends "median best p99 cpu-ms", the last summed over processes.
measure() {
  one "$1" >"$work/out" 2>"$work/errors" || { cat "$work/errors" >&2; exit 1; }
  awk '/^round/ {t = $2 " " $3 " " $4} /^cost/ {cpu += $2} END {print t, cpu}' "$work/out" >>"$work/$1"
}
column() { cut -d' ' -f"$2" "$work/$1" | sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }

echo "elements $elements, 2 workers, 1 shard, link of MTU $link, $rounds rounds, $repetitions repetitions in turn; medians over the repetitions"
for _ in $(seq "$repetitions"); do
  for name in "${names[@]}"; do measure "$name"; done
done
printf '%-26s %10s %10s %10s %8s %10s\n' "" median best p99 "to first" "CPU ms"
for name in "${names[@]}"; do
  printf '%-26s %10s %10s %10s %8.2f %10s\n' "$name" "$(column "$name" 1)" "$(column "$name" 2)" "$(column "$name" 3)" \
    "$(awk -v a="$(column "$name" 1)" -v b="$(column "${names[0]}" 1)" 'BEGIN {print a / b}')" "$(column "$name" 4)"
done

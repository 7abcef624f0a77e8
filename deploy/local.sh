#!/usr/bin/env bash
# The whole system as processes of this machine: Spark's master and two workers, two parameter shards with a standby each, Prometheus.
#   deploy/local.sh up
#   deploy/local.sh submit pretrain --model gpt-nano --corpus corpus --output run --steps 200 --workers 2
#   deploy/local.sh kill shard-0-0|worker-0    (as a crash would: a replica of a shard, or a worker's executor; both come back)
#   deploy/local.sh pause shard-0-0|worker-0 8 (stands still for so many seconds)
#   deploy/local.sh status
#   deploy/local.sh down
# HEADWATER_LOCAL: where logs, process ids and the runs' secret go, default /tmp/headwater-local-$USER
# HEADWATER_LOCAL_SCRAPE: how often Prometheus reads metrics and evaluates rules, default as in deploy/prometheus
# HEADWATER_LOCAL_HASTE: alerts wait so many times shorter before they fire, to see them do it; default 1
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
work="${HEADWATER_LOCAL:-${TMPDIR:-/tmp}/headwater-local-$(id -un)}"
master=spark://127.0.0.1:7077
replicas=(0-0 0-1 1-0 1-1) # of two shards; each takes three UDP ports, and a port for metrics from 9401 on
endpoints=127.0.0.1:40400+127.0.0.1:40403,127.0.0.1:40406+127.0.0.1:40409
export SPARK_HOME="$work/home" SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1

fail() {
  echo "$1" >&2
  exit 2
}

# A process in a session of its own, so that `down` reaches all that it starts.
start() {
  local name="$1"
  shift
  setsid "$@" >>"$work/$name.log" 2>&1 </dev/null &
  echo $! >"$work/$name.pid"
}

java() {
  local name="$1" heap="$2"
  shift 2
  start "$name" "$SPARK_HOME/bin/java-with-headwater" "-Xmx$heap" "$@"
}

up() {
  [ -z "$(running)" ] || fail "Cannot start: $(running | tr '\n' ' ')runs already; deploy/local.sh down ends it"
  "$root/headwater" version >/dev/null
  rm -rf "$work"
  mkdir -p "$SPARK_HOME/jars"
  ln -s "$root/deploy/docker/bin" "$SPARK_HOME/bin"
  ln -s "$root"/driver/target/lib/*.jar "$root"/driver/target/headwater-driver-*.jar "$SPARK_HOME/jars/"
  (umask 077 && head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$work/secret")
  printf 'parameter-server: {endpoints: [%s]}\nsecurity: {secret-file: %s}\n' "$endpoints" "$work/secret" >"$work/shards.yaml"
  sed -e 's/"127.0.0.1:9400"/"127.0.0.1:9400", "127.0.0.1:9401", "127.0.0.1:9402", "127.0.0.1:9403", "127.0.0.1:9404", "127.0.0.1:9405", "127.0.0.1:9406"/' \
    -e '/^alerting:/,/^scrape_configs:/{/^scrape_configs:/!d}' \
    ${HEADWATER_LOCAL_SCRAPE:+-e "s/_interval: .*/_interval: $HEADWATER_LOCAL_SCRAPE/"} \
    "$root/deploy/prometheus/prometheus.yml" >"$work/prometheus.yml"
  mkdir "$work/rules"
  awk -v haste="${HEADWATER_LOCAL_HASTE:-1}" \
    '/^ *for: [0-9]+m$/ { printf "%sfor: %dms\n", substr($0, 1, index($0, "for:") - 1), $2 * 60000 / haste; next } { print }' \
    "$root/deploy/prometheus/rules/headwater.yaml" >"$work/rules/headwater.yaml"

  java master 256m org.apache.spark.deploy.master.Master --host 127.0.0.1 --port 7077 --webui-port 8080
  for worker in 0 1; do
    # A driver that is told to end finishes its step and writes a checkpoint.
    java "worker-$worker" 256m -Dspark.worker.driverTerminateTimeout=60s org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --webui-port 0 --cores 1 --memory 2g \
      --work-dir "$work/worker-$worker" "$master"
  done
  local metrics=9400
  for replica in "${replicas[@]}"; do
    metrics=$((metrics + 1))
    # A replica ends with its run; the next run needs another, and so does a run that has lost one.
    start "shard-$replica" bash -c 'while true; do "$@" || true; sleep 1; done' - \
      "$SPARK_HOME/bin/java-with-headwater" -Xmx1g io.headwater.driver.Headwater \
      parameter-server --config "$work/shards.yaml" --shard "${replica%-*}" --replica "${replica#*-}" --metrics-port "$metrics"
  done
  if command -v prometheus >/dev/null; then
    start prometheus prometheus "--config.file=$work/prometheus.yml" "--storage.tsdb.path=$work/series" \
      --web.listen-address=127.0.0.1:9090
  else
    echo "Prometheus is not installed (Debian: apt-get install prometheus): nothing is recorded"
  fi
  "$SPARK_HOME/bin/wait-for" 60 127.0.0.1:7077 127.0.0.1:8080 127.0.0.1:9401 127.0.0.1:9402 127.0.0.1:9403 127.0.0.1:9404
  echo "Up. Spark: http://127.0.0.1:8080  Prometheus: http://127.0.0.1:9090  logs: $work"
}

submit() {
  [ -n "$(running)" ] || fail "Cannot submit: nothing runs; deploy/local.sh up starts it"
  local command="${1:-}"
  [ "$command" = pretrain ] || fail "Cannot submit '$command': only pretrain has workers and shards; run ./headwater $command"
  shift
  # Workers and shards have folders of their own: relative paths are of this one.
  local arguments=() before=
  for argument in "$@"; do
    case "$before $argument" in
      --corpus\ /* | --output\ /* | --config\ /* | *://*) ;;
      --corpus\ * | --output\ * | --config\ *) argument="$PWD/$argument" ;;
    esac
    arguments+=("$argument")
    before="$argument"
  done
  exec "$SPARK_HOME/bin/spark-submit" --master "$master" --conf spark.driver.host=127.0.0.1 --conf spark.executor.memory=1g \
    --class io.headwater.driver.Headwater spark-internal \
    pretrain "${arguments[@]}" --set "parameter-server.endpoints=$endpoints" --set "security.secret-file=$work/secret" --metrics-port 9400 --set metrics.worker-port=9405
}

# Sends a signal to a replica of a shard or to a worker's executor.
signal() {
  local signal="$1" name="$2" what
  case "$name" in
    worker-*) what=CoarseGrainedExecutorBackend ;;
    shard-*) what=io.headwater.driver.Headwater ;;
    *) fail "Cannot signal '$name': give one of $(running | grep -E '^(worker|shard)' | tr '\n' ' ')" ;;
  esac
  [ -e "$work/$name.pid" ] || fail "Cannot signal $name: it does not run; deploy/local.sh status says what does"
  # Not the shell that starts it again, which has the same words in its command.
  pkill "-$signal" -s "$(cat "$work/$name.pid")" -f "^[^ ]*java .*$what" || fail "Cannot signal $name: nothing of it is at work; see $work/$name.log"
}

pause() {
  [[ "$2" =~ ^[0-9]+$ ]] || fail "Cannot pause '$1' for '$2': give whole seconds"
  signal STOP "$1"
  sleep "$2"
  signal CONT "$1"
}

# Names of what runs.
running() {
  local file
  for file in "$work"/*.pid; do
    [ -e "$file" ] && kill -0 -- "-$(cat "$file")" 2>/dev/null && basename "$file" .pid
  done
  true
}

down() {
  local name
  for name in $(running); do
    kill -- "-$(cat "$work/$name.pid")" 2>/dev/null || true
  done
  for name in $(running); do
    timeout 20 tail --pid="$(cat "$work/$name.pid")" -f /dev/null || kill -9 -- "-$(cat "$work/$name.pid")" 2>/dev/null || true
  done
  rm -f "$work"/*.pid
  echo "Down. Logs stay in $work"
}

case "${1:-}" in
  up | down) "$1" ;;
  kill) signal KILL "${2:-}" ;;
  pause) pause "${2:-}" "${3:-}" ;;
  status) running ;;
  submit)
    shift
    submit "$@"
    ;;
  *) fail "Cannot run '${1:-}': give up, submit, kill, pause, status or down" ;;
esac

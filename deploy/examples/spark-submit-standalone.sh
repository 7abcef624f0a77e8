#!/usr/bin/env bash
# Submits a pretraining run to a standalone cluster in cluster mode and ends with the driver's own exit code: spark-submit itself says only
# that the driver ended well or not. SIGTERM and Ctrl-C stop the run in order: a checkpoint, and 3. The arguments are those of `pretrain`.
#   MASTER=spark://master:7077 JAR=/opt/headwater/jars/headwater-driver-0.1.0-SNAPSHOT.jar CODES=hdfs:///tmp \
#     deploy/examples/spark-submit-standalone.sh --config /shared/run.yaml --resume
# CODES: a folder on storage that driver and submitter share, as a path or a URI, where the code goes
# Its workers must have Headwater's jars in $SPARK_HOME/jars, and spark.worker.driverTerminateTimeout long enough for a step and a checkpoint.
set -euo pipefail

: "${MASTER:?Cannot submit: MASTER is not set; give the master, as spark://host:7077}"
: "${JAR:?Cannot submit: JAR is not set; give headwater-driver-*.jar as the workers have it}"
: "${CODES:?Cannot submit: CODES is not set; give a folder on storage that driver and submitter share}"
code="$CODES/headwater-exit-$(date +%s)-$$"
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
flags="--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector -Dheadwater.exit-code-file=$code"

# Prints a file of the shared storage.
show() {
  case "$1" in
    *://*) hadoop fs -cat "$1" ;;
    *) cat "$1" ;;
  esac 2>/dev/null
}

driver() {
  grep -o 'driver-[0-9]*-[0-9]*' "$log" | head -n 1
}

# `spark-submit --kill` would need the master's REST port. Before the master has named the driver there is none to stop.
stop() {
  local name
  name="$(driver)"
  if [ -z "$name" ]; then
    kill "$submission"
  elif spark-submit --master "local[1]" --class org.apache.spark.deploy.Client spark-internal kill "$MASTER" "$name" >&2; then
    echo "asked $name to stop" >&2
  else
    echo "Cannot stop $name: the master did not take it, see above; it goes on, signal again" >&2
  fi
}
trap stop TERM INT

# Spark's own log format, which tells the driver's name.
SPARK_SUBMIT_OPTS="-Dlog4j2.configurationFile=org/apache/spark/log4j2-defaults.properties ${SPARK_SUBMIT_OPTS:-}" \
  spark-submit --master "$MASTER" --deploy-mode cluster --name headwater --class io.headwater.driver.Headwater \
  --conf spark.standalone.submit.waitAppCompletion=true \
  --conf spark.dynamicAllocation.enabled=false \
  --driver-memory "${DRIVER_MEMORY:-2g}" --conf "spark.executor.memory=${EXECUTOR_MEMORY:-2g}" \
  --conf "spark.driver.extraJavaOptions=$flags" \
  "$JAR" pretrain "$@" --json >"$log" 2>&1 &
submission=$!
# A signal that is caught ends `wait`; the submission goes on.
while kill -0 "$submission" 2>/dev/null; do wait "$submission" || true; done

if ! status="$(show "$code")"; then
  cat "$log" >&2
  echo "Cannot tell how the run ended: ${code} is not there; the driver ended without a word" >&2
  exit 1
fi
echo "$(driver) ended with $status"
exit "$status"

#!/usr/bin/env bash
# Submits a pretraining run to Kubernetes in cluster mode and ends with the driver's own exit code: spark-submit itself ends with 0 though
# the driver failed. SIGTERM and Ctrl-C go on to the driver, which finishes its step, writes a checkpoint and ends with 3.
#   API=https://kubernetes.example.com:6443 IMAGE=registry.example.com/headwater:0.1.0 deploy/examples/spark-submit.sh
set -euo pipefail

: "${API:?Cannot submit: API is not set; give the API server, as https://host:port}"
: "${IMAGE:?Cannot submit: IMAGE is not set; give an image built by deploy/docker}"
namespace="${NAMESPACE:-training}"
release="${RELEASE:-gpt}"
driver="$release-driver-$(date +%s)"
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)"
flags="--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED --add-modules=jdk.incubator.vector -Duser.home=/tmp"

# The image has no program `kill`, bash has its own; the container's first process is tini, which hands the signal on.
stop() {
  if kubectl -n "$namespace" exec "$driver" -- bash -c 'kill -TERM 1'; then
    echo "asked driver $driver to stop" >&2
  else
    echo "Cannot stop driver $driver: it could not be signalled, see above; it goes on, signal again once its container runs" >&2
  fi
}
trap stop TERM INT

spark-submit \
  --master "k8s://$API" \
  --deploy-mode cluster \
  --name "$release" \
  --class io.headwater.driver.Headwater \
  --conf "spark.kubernetes.namespace=$namespace" \
  --conf "spark.kubernetes.container.image=$IMAGE" \
  --conf "spark.kubernetes.driver.pod.name=$driver" \
  --conf "spark.kubernetes.authenticate.driver.serviceAccountName=$release-driver" \
  --conf "spark.kubernetes.authenticate.executor.serviceAccountName=$release-pods" \
  --conf "spark.kubernetes.driver.podTemplateFile=$here/driver-pod.yaml" \
  --conf "spark.kubernetes.executor.podTemplateFile=$here/executor-pod.yaml" \
  --conf "spark.driver.memory=2g" --conf "spark.driver.memoryOverhead=1536m" \
  --conf "spark.executor.memory=2g" --conf "spark.executor.memoryOverhead=2560m" \
  --conf "spark.executor.instances=2" --conf "spark.executor.cores=1" \
  --conf "spark.dynamicAllocation.enabled=false" \
  --conf "spark.driver.extraJavaOptions=$flags" \
  --conf "spark.executor.extraJavaOptions=-Duser.home=/tmp" \
  "local:///opt/headwater/jars/headwater-driver-0.1.0-SNAPSHOT.jar" \
  pretrain --config /etc/headwater/run.yaml --resume --json &
submission=$!
# A signal that is caught ends `wait`; the submission goes on.
while kill -0 "$submission" 2>/dev/null; do wait "$submission" || true; done

# It may have ended before the driver, by a lost connection.
until code="$(kubectl -n "$namespace" get pod "$driver" -o 'jsonpath={.status.containerStatuses[0].state.terminated.exitCode}')" &&
  [ -n "$code" ]; do
  kubectl -n "$namespace" get pod "$driver" >/dev/null || {
    echo "Cannot tell how the run ended: there is no pod $driver" >&2
    exit 1
  }
  sleep 5
done
echo "driver $driver ended with $code"
exit "$code"

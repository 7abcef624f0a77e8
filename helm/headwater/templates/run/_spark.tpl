{{/* Spark's properties, as a YAML map. */}}
{{- define "headwater.sparkConf" -}}
{{- $threads := include "headwater.threads" . -}}
{{- $worker := .Values.worker -}}
{{- $conf := dict
    "spark.ui.showConsoleProgress" "false"
    "spark.driver.port" (toString .Values.spark.driverPort)
    "spark.blockManager.port" (toString .Values.spark.blockManagerPort)
    "spark.local.dir" "/tmp/spark"
    "spark.redaction.regex" "(?i)secret|password|token|credential|access[.]?key" -}}
{{- if include "headwater.hasOperator" . -}}
{{- $conf = merge $conf (include "headwater.clusterModeConf" . | fromYaml) -}}
{{- else -}}
{{- $_ := set $conf "spark.driver.bindAddress" "0.0.0.0" -}}
{{- end -}}
{{- if include "headwater.hasExecutors" . -}}
{{- $conf = merge $conf (dict
    "spark.executor.instances" (include "headwater.executors" .)
    "spark.executor.cores" $threads
    "spark.task.cpus" $threads
    "spark.executor.memory" (printf "%sm" (include "headwater.mebibytes" $worker.heap))
    "spark.executor.memoryOverhead" (printf "%dm" (add (include "headwater.mebibytes" $worker.offHeap) (include "headwater.mebibytes" $worker.sharedMemory)))
    "spark.executor.extraJavaOptions" (include "headwater.javaOptions" (dict "root" . "pod" $worker))
    "spark.scheduler.minRegisteredResourcesRatio" "1.0"
    "spark.scheduler.maxRegisteredResourcesWaitingTime" "300s"
    "spark.dynamicAllocation.enabled" "false"
    "spark.kubernetes.namespace" .Release.Namespace
    "spark.kubernetes.container.image" (include "headwater.image" .)
    "spark.kubernetes.container.image.pullPolicy" .Values.image.pullPolicy
    "spark.kubernetes.authenticate.executor.serviceAccountName" (include "headwater.podsAccount" .)
    "spark.kubernetes.executor.podTemplateContainerName" (include "headwater.workerContainer" .)
    "spark.kubernetes.executor.request.cores" (toString ($worker.cpu | default $threads))) -}}
{{- if not (include "headwater.hasOperator" .) }}{{ $_ := set $conf "spark.kubernetes.executor.podTemplateFile" "/etc/headwater/executor.yaml" }}{{ end -}}
{{- with $worker.cpuLimit }}{{ $_ := set $conf "spark.kubernetes.executor.limit.cores" (toString .) }}{{ end -}}
{{- if eq .Values.stage "ingest" -}}
{{- $conf = merge $conf (include "headwater.decommissioning" . | fromYaml) -}}
{{- end -}}
{{- if $worker.gpus -}}
{{- $conf = merge $conf (dict
    "spark.executor.resource.gpu.amount" (toString $worker.gpus)
    "spark.executor.resource.gpu.vendor" (splitList "/" $worker.gpuResource | first)
    "spark.executor.resource.gpu.discoveryScript" "/opt/headwater/bin/discover-gpus"
    "spark.task.resource.gpu.amount" (toString $worker.gpus)) -}}
{{- end -}}
{{- end -}}
{{- range $key, $value := merge (dict) .Values.spark.conf $conf }}
{{ $key }}: {{ toString $value | quote }}
{{- end }}
{{- end }}

{{/* What spark-submit has to know of the driver's pod in cluster mode. */}}
{{- define "headwater.clusterModeConf" -}}
{{- $driver := .Values.driver -}}
spark.driver.memory: {{ include "headwater.mebibytes" $driver.heap }}m
spark.driver.memoryOverhead: {{ add (include "headwater.mebibytes" $driver.offHeap) (include "headwater.mebibytes" $driver.sharedMemory) }}m
spark.kubernetes.authenticate.driver.serviceAccountName: {{ include "headwater.driverAccount" . }}
spark.kubernetes.driver.podTemplateContainerName: {{ include "headwater.driverContainer" . }}
spark.kubernetes.driver.request.cores: {{ $driver.cpu | quote }}
{{- with $driver.cpuLimit }}
spark.kubernetes.driver.limit.cores: {{ . | quote }}
{{- end }}
{{- end }}

{{/* A drained executor of an ingest gives its blocks to the others first. SIGTERM starts that, so the hook before it has nothing to do. */}}
{{- define "headwater.decommissioning" -}}
spark.decommission.enabled: "true"
spark.storage.decommission.enabled: "true"
spark.storage.decommission.shuffleBlocks.enabled: "true"
spark.storage.decommission.rddBlocks.enabled: "true"
spark.executor.decommission.signal: TERM
spark.kubernetes.decommission.script: /bin/true
{{- end }}

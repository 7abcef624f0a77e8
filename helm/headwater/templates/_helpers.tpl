{{- define "headwater.name" -}}
{{- .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Short enough for what is hung on it: -ps-1023, -pretrain-01234567. */}}
{{- define "headwater.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "headwater.selector" -}}
app.kubernetes.io/name: {{ include "headwater.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of objects. */}}
{{- define "headwater.labels" -}}
{{ include "headwater.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: headwater
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of pods: nothing that an upgrade of the chart changes. Call: dict "root" $ "component" name "pod" values. */}}
{{- define "headwater.podLabels" -}}
{{ include "headwater.selector" .root }}
app.kubernetes.io/component: {{ .component }}
{{- include "headwater.gangLabels" . }}
{{- with merge (dict) .pod.podLabels .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "headwater.image" -}}
{{- with .Values.global.imageRegistry | default .Values.image.registry }}{{ . }}/{{ end -}}
{{ .Values.image.repository }}
{{- if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "headwater.driverAccount" -}}
{{- if .Values.serviceAccount.create }}{{ include "headwater.fullname" . }}-driver{{ else }}{{ .Values.serviceAccount.driver | default "default" }}{{ end }}
{{- end }}

{{- define "headwater.podsAccount" -}}
{{- if .Values.serviceAccount.create }}{{ include "headwater.fullname" . }}-pods{{ else }}{{ .Values.serviceAccount.pods | default "default" }}{{ end }}
{{- end }}

{{/* A quantity in Mi or Gi as a number of mebibytes. */}}
{{- define "headwater.mebibytes" -}}
{{- $number := regexFind "^[0-9]+" . | int -}}
{{- if hasSuffix "Gi" . }}{{ mul $number 1024 }}{{ else }}{{ $number }}{{ end }}
{{- end }}

{{/* Memory limit of a process: the pages of /dev/shm count against it. */}}
{{- define "headwater.memory" -}}
{{ add (include "headwater.mebibytes" .heap) (include "headwater.mebibytes" .offHeap) (include "headwater.mebibytes" .sharedMemory) }}Mi
{{- end }}

{{/* Of a container; the values of executors are Spark's to apply. */}}
{{- define "headwater.resources" -}}
requests:
  cpu: {{ .cpu | quote }}
  memory: {{ include "headwater.memory" . }}
limits:
  {{- with .cpuLimit }}
  cpu: {{ . | quote }}
  {{- end }}
  memory: {{ include "headwater.memory" . }}
  {{- with .gpus }}
  {{ $.gpuResource }}: {{ . }}
  {{- end }}
{{- end }}

{{- define "headwater.podSecurity" -}}
runAsNonRoot: true
runAsUser: 185
runAsGroup: 185
fsGroup: 185
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "headwater.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
privileged: false
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* JVM flags of every process: names of restarted pods are looked up again; libraries unpack themselves under /tmp. Call: dict "root" $ "pod" values. */}}
{{- define "headwater.javaOptions" -}}
-Dsun.net.inetaddr.ttl=1 -Dsun.net.inetaddr.negative.ttl=0 -Duser.home=/tmp -Dorg.bytedeco.javacpp.cachedir=/tmp/javacpp -XX:+ExitOnOutOfMemoryError
{{- with .root.Values.parameterServer.answerPorts }} -Dheadwater.udp-ports={{ .first }}-{{ .last }}{{ end }}
{{- with .pod.javaOptions }} {{ . }}{{ end }}
{{- end }}

{{/* Environment of a container; call: dict "root" $ "pod" values. */}}
{{- define "headwater.environment" -}}
- {name: HEADWATER_HEAP, value: {{ include "headwater.mebibytes" .pod.heap }}m}
- {name: HEADWATER_JAVA_OPTS, value: {{ include "headwater.javaOptions" . | quote }}}
- {name: DJL_CACHE_DIR, value: /tmp/djl}
- {name: HEADWATER_LOG_FORMAT, value: {{ .root.Values.logFormat }}}
{{- if .root.Values.storage.hadoopConfigMap }}
- {name: HADOOP_CONF_DIR, value: /etc/hadoop}
{{- end }}
{{- with .pod.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "headwater.environmentFrom" -}}
{{- with .Values.storage.existingSecret }}
envFrom:
  - secretRef: {name: {{ . }}}
{{- end }}
{{- end }}

{{/* Mounts of a container besides its configuration; call as above. */}}
{{- define "headwater.mounts" -}}
- {name: shared-memory, mountPath: /dev/shm}
- {name: scratch, mountPath: /tmp}
{{- if .root.Values.storage.existingClaim }}
- {name: storage, mountPath: {{ .root.Values.storage.mountPath }}}
{{- end }}
{{- if .root.Values.storage.hadoopConfigMap }}
- {name: hadoop, mountPath: /etc/hadoop, readOnly: true}
{{- end }}
{{- if include "headwater.isSecured" .root }}
- {name: run-secret, mountPath: /etc/headwater-secret, readOnly: true}
{{- end }}
{{- with .pod.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Only pretraining has traffic of its own. */}}
{{- define "headwater.isSecured" -}}
{{- if and (eq .Values.stage "pretrain") .Values.security.existingSecret }}true{{ end }}
{{- end }}

{{- define "headwater.volumes" -}}
- name: shared-memory
  emptyDir: {medium: Memory, sizeLimit: {{ .pod.sharedMemory }}}
- name: scratch
  emptyDir: {sizeLimit: {{ .pod.scratch }}}
{{- with .root.Values.storage.existingClaim }}
- name: storage
  persistentVolumeClaim: {claimName: {{ . }}}
{{- end }}
{{- with .root.Values.storage.hadoopConfigMap }}
- name: hadoop
  configMap: {name: {{ . }}}
{{- end }}
{{- if include "headwater.isSecured" .root }}
- name: run-secret
  secret:
    secretName: {{ .root.Values.security.existingSecret }}
    items: [{key: secret, path: secret}]
    defaultMode: 0440
{{- end }}
{{- with .pod.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What the gang scheduler knows driver and workers by. Volcano: the PodGroup; YuniKorn: the driver announces the group of workers. */}}
{{- define "headwater.gangLabels" -}}
{{- $queue := .root.Values.scheduling.queue }}
{{- if and (eq .root.Values.scheduling.backend "kueue") (eq .component "worker") }}
kueue.x-k8s.io/queue-name: {{ $queue }}
kueue.x-k8s.io/pod-group-name: {{ include "headwater.fullname" .root }}-workers
{{- else if and (eq .root.Values.scheduling.backend "kueue") (eq .component "driver") (include "headwater.hasOperator" .root) }}
kueue.x-k8s.io/queue-name: {{ $queue }}
{{- else if and (eq .root.Values.scheduling.backend "yunikorn") (ne .component "parameter-server") }}
applicationId: {{ include "headwater.fullname" .root }}
queue: {{ $queue | default "root.default" }}
{{- end }}
{{- end }}

{{- define "headwater.gangAnnotations" -}}
{{- $workers := include "headwater.executors" .root }}
{{- $group := printf "%s-workers" (include "headwater.fullname" .root) }}
{{- $backend := .root.Values.scheduling.backend }}
{{- if and (eq $backend "volcano") (eq .component "worker") }}
scheduling.k8s.io/group-name: {{ $group }}
{{- else if and (eq $backend "kueue") (eq .component "worker") }}
kueue.x-k8s.io/pod-group-total-count: {{ $workers | quote }}
{{- else if and (eq $backend "yunikorn") (eq .component "worker") }}
yunikorn.apache.org/task-group-name: {{ $group }}
{{- else if and (eq $backend "yunikorn") (eq .component "driver") }}
{{- $worker := .root.Values.worker }}
{{- $resources := dict "cpu" (toString ($worker.cpu | default (include "headwater.threads" .root))) "memory" (include "headwater.memory" $worker) }}
{{- if $worker.gpus }}{{ $_ := set $resources $worker.gpuResource (toString $worker.gpus) }}{{ end }}
yunikorn.apache.org/task-groups: {{ list (dict "name" $group "minMember" (int $workers) "minResource" $resources) | toJson | quote }}
{{- end }}
{{- end }}

{{- define "headwater.scheduler" -}}
{{- $backend := .root.Values.scheduling.backend }}
{{- if .pod.schedulerName }}{{ .pod.schedulerName }}
{{- else if and (eq $backend "volcano") (eq .component "worker") }}volcano
{{- else if and (eq $backend "yunikorn") (ne .component "parameter-server") }}yunikorn
{{- end }}
{{- end }}

{{/* Two replicas of a shard on one node would go with it. Call: dict "root" $ "shard" index. */}}
{{- define "headwater.replicasApart" -}}
podAntiAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    - topologyKey: kubernetes.io/hostname
      labelSelector: {matchLabels: {{ include "headwater.shardSelector" . | fromYaml | toJson }}}
  preferredDuringSchedulingIgnoredDuringExecution:
    - weight: 100
      podAffinityTerm:
        topologyKey: topology.kubernetes.io/zone
        labelSelector: {matchLabels: {{ include "headwater.shardSelector" . | fromYaml | toJson }}}
{{- end }}

{{/* The replicas of one shard; call as above. */}}
{{- define "headwater.shardSelector" -}}
{{ include "headwater.selector" .root }}
app.kubernetes.io/component: parameter-server
headwater.io/shard: {{ .shard | quote }}
{{- end }}

{{/* Where and how a pod is scheduled; call as above. */}}
{{- define "headwater.scheduling" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with .pod.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .pod.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with include "headwater.scheduler" . }}
schedulerName: {{ . }}
{{- end }}
{{- end }}

{{/* "true" if workers are executor pods that the driver asks the API server for. */}}
{{- define "headwater.hasExecutors" -}}
{{- if and (hasPrefix "k8s://" .Values.spark.master) (ne .Values.stage "fine-tune") }}true{{ end }}
{{- end }}

{{/* "true" if an operator submits the driver, in cluster mode. */}}
{{- define "headwater.hasOperator" -}}
{{- if has .Values.submit.mode (list "sparkOperator" "apacheOperator") }}true{{ end }}
{{- end }}

{{/* Operators know the containers by these names of Spark's own. */}}
{{- define "headwater.driverContainer" -}}
{{- if include "headwater.hasOperator" . }}spark-kubernetes-driver{{ else }}driver{{ end }}
{{- end }}

{{- define "headwater.workerContainer" -}}
{{- if include "headwater.hasOperator" . }}spark-kubernetes-executor{{ else }}worker{{ end }}
{{- end }}

{{/* Neither a Job nor a run under way can be changed: what has changed is another object, whose run resumes. Call: dict "root" $ "what" text. */}}
{{- define "headwater.submissionName" -}}
{{ include "headwater.fullname" .root }}-{{ .root.Values.stage }}-{{ .what | sha256sum | trunc 8 }}
{{- end }}

{{/* Of the image's Spark. */}}
{{- define "headwater.sparkVersion" -}}4.1.1{{- end }}

{{/* "true" if executor pods serve metrics: those of an ingest have none of their own. */}}
{{- define "headwater.workersHaveMetrics" -}}
{{- if and (include "headwater.hasExecutors" .) (eq .Values.stage "pretrain") }}true{{ end }}
{{- end }}

{{/* "true" if parameter shards are pods. */}}
{{- define "headwater.hasShards" -}}
{{- if and (eq .Values.stage "pretrain") (gt (int .Values.parameterServer.shards) 0) }}true{{ end }}
{{- end }}

{{- define "headwater.executors" -}}
{{- if eq .Values.stage "ingest" }}{{ .Values.ingest.executors }}{{ else }}{{ dig "training" "workers" 1 .Values.run }}{{ end }}
{{- end }}

{{- define "headwater.threads" -}}
{{- if eq .Values.stage "pretrain" }}{{ dig "training" "threads-per-worker" 1 .Values.run }}{{ else }}1{{ end }}
{{- end }}

{{/* Name of a replica of a shard: the one under which the pod's own /etc/hosts knows it too. */}}
{{- define "headwater.shardHost" -}}
{{- $ps := printf "%s-ps" (include "headwater.fullname" .root) -}}
{{ printf "%s-%d-%d.%s.%s.svc.%s" $ps .shard .replica $ps .root.Release.Namespace .root.Values.clusterDomain }}
{{- end }}

{{/* Arguments of wait-for: the metrics port of every replica of every shard. */}}
{{- define "headwater.shardAddresses" -}}
{{- range $shard := until (int .Values.parameterServer.shards) }}
{{- range $replica := until (int $.Values.parameterServer.replicas) }}
- {{ include "headwater.shardHost" (dict "root" $ "shard" $shard "replica" $replica) }}:{{ $.Values.metricsPort }}
{{- end }}
{{- end }}
{{- end }}

{{/* UDP ports of shards and the coordinator, and those from which their callers send and hear, of a NetworkPolicy. */}}
{{- define "headwater.datagramPorts" -}}
{{- with .Values.parameterServer -}}
- {protocol: UDP, port: {{ .coordinatorPort }}, endPort: {{ add1 .coordinatorPort }}}
- {protocol: UDP, port: {{ .port }}, endPort: {{ add .port 2 }}}
- {protocol: UDP, port: {{ .answerPorts.first }}, endPort: {{ .answerPorts.last }}}
{{- end }}
{{- end }}

{{/* What the driver is to do: arguments of Headwater. */}}
{{- define "headwater.stageArguments" -}}
{{- if eq .Values.stage "pretrain" -}}
- pretrain
- --config
- /etc/headwater/run.yaml
{{- if include "headwater.hasShards" . }}
# Where shards and workers reach the coordinator.
- --set
- parameter-server.host=$(POD_IP)
{{- end }}
- --resume
{{- else if eq .Values.stage "ingest" -}}
- ingest
- --input
{{- range .Values.ingest.inputs }}
- {{ . | quote }}
{{- end }}
- --output
- {{ .Values.ingest.output | quote }}
- --tokenizer
- {{ .Values.ingest.tokenizer | quote }}
- --vocab-size
- {{ .Values.ingest.vocabularySize | quote }}
- --run-id
- {{ .Release.Name | quote }}
- --metrics-port
- {{ .Values.metricsPort | quote }}
{{- with .Values.metricsAddress }}
- --metrics-address
- {{ . | quote }}
{{- end }}
{{- range .Values.ingest.extraArguments }}
- {{ . | quote }}
{{- end }}
{{- else -}}
- finetune
- --checkpoint
- {{ .Values.fineTune.checkpoint | quote }}
- --train
- {{ .Values.fineTune.train | quote }}
- --eval
- {{ .Values.fineTune.evaluation | quote }}
- --output
- {{ .Values.fineTune.output | quote }}
- --method
- {{ .Values.fineTune.method }}
{{- if ne .Values.fineTune.device "cpu" }}
- --device
- {{ .Values.fineTune.device | quote }}
{{- end }}
- --run-id
- {{ .Release.Name | quote }}
- --run-directory
- /tmp/run
- --metrics-port
- {{ .Values.metricsPort | quote }}
{{- with .Values.metricsAddress }}
- --metrics-address
- {{ . | quote }}
{{- end }}
{{- range .Values.fineTune.extraArguments }}
- {{ . | quote }}
{{- end }}
{{- end }}
- --json
{{- end }}

{{/* Arguments of the image: spark-submit in client mode. */}}
{{- define "headwater.submission" -}}
- spark-submit
- --master
- {{ ternary "local[*]" .Values.spark.master (eq .Values.stage "fine-tune") | quote }}
- --deploy-mode
- client
- --properties-file
- /etc/headwater/spark.properties
{{- if not (hasPrefix "local" .Values.spark.master) }}
- --conf
- spark.driver.host=$(POD_IP)
{{- end }}
{{- if include "headwater.hasExecutors" . }}
# Executors belong to this pod and go with it.
- --conf
- spark.kubernetes.driver.pod.name=$(POD_NAME)
{{- end }}
- --class
- io.headwater.driver.Headwater
# No jar of its own: the image's class path has everything.
- spark-internal
{{ include "headwater.stageArguments" . }}
{{- end }}

{{/* The driver's pod. Where an operator submits it, Spark sets image, arguments and resources to the same. */}}
{{- define "headwater.driverPod" -}}
{{- $pod := dict "root" . "component" "driver" "pod" .Values.driver -}}
metadata:
  labels: {{- include "headwater.podLabels" $pod | nindent 4 }}
  annotations:
    checksum/run: {{ include "headwater.configuration" . | sha256sum }}
    {{- with merge (include "headwater.gangAnnotations" $pod | fromYaml) .Values.driver.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  restartPolicy: Never
  serviceAccountName: {{ include "headwater.driverAccount" . }}
  automountServiceAccountToken: {{ ternary true false (eq "true" (include "headwater.hasExecutors" .)) }}
  # SIGTERM finishes the step and writes a checkpoint.
  terminationGracePeriodSeconds: {{ .Values.driver.terminationGracePeriodSeconds }}
  securityContext: {{- include "headwater.podSecurity" . | nindent 4 }}
  {{- include "headwater.scheduling" $pod | nindent 2 }}
  {{- if include "headwater.hasShards" . }}
  initContainers:
    - name: wait-for-shards
      image: {{ include "headwater.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext: {{- include "headwater.containerSecurity" . | nindent 8 }}
      command: [/opt/headwater/bin/wait-for, "600"]
      args: {{- include "headwater.shardAddresses" . | nindent 8 }}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {memory: 32Mi}
  {{- end }}
  containers:
    - name: {{ include "headwater.driverContainer" . }}
      image: {{ include "headwater.image" . }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      workingDir: /tmp
      securityContext: {{- include "headwater.containerSecurity" . | nindent 8 }}
      {{- if not (include "headwater.hasOperator" .) }}
      args: {{- include "headwater.submission" . | nindent 8 }}
      {{- end }}
      env:
        - name: POD_NAME
          valueFrom: {fieldRef: {fieldPath: metadata.name}}
        - name: POD_IP
          valueFrom: {fieldRef: {fieldPath: status.podIP}}
        {{- include "headwater.environment" $pod | nindent 8 }}
      {{- include "headwater.environmentFrom" . | nindent 6 }}
      ports:
        - {name: metrics, protocol: TCP, containerPort: {{ .Values.metricsPort }}}
        {{- if include "headwater.hasShards" . }}
        - {name: requests, protocol: UDP, containerPort: {{ .Values.parameterServer.coordinatorPort }}}
        - {name: events, protocol: UDP, containerPort: {{ add (int .Values.parameterServer.coordinatorPort) 1 }}}
        {{- end }}
        {{- if not (or (hasPrefix "local" .Values.spark.master) (include "headwater.hasOperator" .)) }}
        - {name: spark, protocol: TCP, containerPort: {{ .Values.spark.driverPort }}}
        - {name: blocks, protocol: TCP, containerPort: {{ .Values.spark.blockManagerPort }}}
        {{- end }}
      resources: {{- include "headwater.resources" .Values.driver | nindent 8 }}
      volumeMounts:
        {{- if include "headwater.configuration" . }}
        - {name: run, mountPath: /etc/headwater, readOnly: true}
        {{- end }}
        {{- include "headwater.mounts" $pod | nindent 8 }}
  volumes:
    {{- if include "headwater.configuration" . }}
    - name: run
      configMap: {name: {{ include "headwater.fullname" . }}-run}
    {{- end }}
    {{- include "headwater.volumes" $pod | nindent 4 }}
{{- end }}

{{/* The run file: values.run, and what only the chart knows. */}}
{{- define "headwater.runFile" -}}
{{- $run := deepCopy .Values.run }}
{{- if include "headwater.hasShards" . }}
  {{- $endpoints := list }}
  {{- range $shard := until (int .Values.parameterServer.shards) }}
    {{- $replicas := list }}
    {{- range $replica := until (int $.Values.parameterServer.replicas) }}
      {{- $replicas = append $replicas (printf "%s:%d" (include "headwater.shardHost" (dict "root" $ "shard" $shard "replica" $replica)) (int $.Values.parameterServer.port)) }}
    {{- end }}
    {{- $endpoints = append $endpoints (join "+" $replicas) }}
  {{- end }}
  {{- $servers := dict "endpoints" $endpoints "coordinator-port" (int .Values.parameterServer.coordinatorPort) "start-timeout" .Values.parameterServer.startTimeout }}
  {{- $_ := set $run "parameter-server" (merge $servers (index $run "parameter-server" | default dict)) }}
{{- end }}
{{- if include "headwater.isSecured" . }}
  {{- $_ := set $run "security" (dict "secret-file" "/etc/headwater-secret/secret" "frames" .Values.security.frames) }}
{{- end }}
{{- $metrics := dict "port" (int .Values.metricsPort) }}
{{- if include "headwater.workersHaveMetrics" . }}
  {{- $_ := set $metrics "worker-port" (int .Values.metricsPort) }}
{{- end }}
{{- with .Values.metricsAddress }}
  {{- $_ := set $metrics "address" . }}
{{- end }}
{{- $_ := set $run "metrics" $metrics }}
{{- $identity := dict "id" .Release.Name }}
{{- if contains "://" .Values.run.output }}
  {{- $_ := set $identity "directory" "/tmp/run" }}
{{- end }}
{{- $_ := set $run "run" $identity }}
{{- toYaml $run }}
{{- end }}

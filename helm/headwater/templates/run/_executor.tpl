{{/* The pod of an executor, which is one worker: Spark sets image, arguments and resources. */}}
{{- define "headwater.executorPod" -}}
{{- $pod := dict "root" . "component" "worker" "pod" .Values.worker -}}
metadata:
  labels: {{- include "headwater.podLabels" $pod | nindent 4 }}
  {{- with merge (include "headwater.gangAnnotations" $pod | fromYaml) .Values.worker.podAnnotations }}
  annotations: {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  automountServiceAccountToken: false
  terminationGracePeriodSeconds: {{ .Values.worker.terminationGracePeriodSeconds }}
  securityContext: {{- include "headwater.podSecurity" . | nindent 4 }}
  {{- include "headwater.scheduling" $pod | nindent 2 }}
  containers:
    - name: {{ include "headwater.workerContainer" . }}
      workingDir: /tmp
      securityContext: {{- include "headwater.containerSecurity" . | nindent 8 }}
      {{- if include "headwater.workersHaveMetrics" . }}
      ports:
        - {name: metrics, protocol: TCP, containerPort: {{ .Values.metricsPort }}}
      {{- end }}
      env:
        - {name: DJL_CACHE_DIR, value: /tmp/djl}
        - {name: HEADWATER_LOG_FORMAT, value: {{ .Values.logFormat }}}
        {{- if .Values.storage.hadoopConfigMap }}
        - {name: HADOOP_CONF_DIR, value: /etc/hadoop}
        {{- end }}
        {{- with .Values.worker.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- include "headwater.environmentFrom" . | nindent 6 }}
      volumeMounts: {{- include "headwater.mounts" $pod | nindent 8 }}
  volumes: {{- include "headwater.volumes" $pod | nindent 4 }}
{{- end }}

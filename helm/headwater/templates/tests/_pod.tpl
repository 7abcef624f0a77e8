{{/* A pod of helm test that runs one of the scripts. Call: dict "root" $ "name" suffix "script" file "account" name "token" bool "arguments" list. */}}
{{- define "headwater.testPod" -}}
apiVersion: v1
kind: Pod
metadata:
  name: {{ include "headwater.fullname" .root }}-test-{{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "headwater.labels" .root | nindent 4 }}
    app.kubernetes.io/component: test
  annotations:
    helm.sh/hook: test
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  restartPolicy: Never
  serviceAccountName: {{ .account }}
  automountServiceAccountToken: {{ .token }}
  securityContext: {{- include "headwater.podSecurity" .root | nindent 4 }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  containers:
    - name: test
      image: {{ include "headwater.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      securityContext: {{- include "headwater.containerSecurity" .root | nindent 8 }}
      command:
        - bash
        - -c
        - |
          {{- .root.Files.Get (printf "scripts/%s" .script) | nindent 10 }}
        - {{ .script }}
      args: {{- toYaml .arguments | nindent 8 }}
      resources:
        requests: {cpu: 10m, memory: 32Mi}
        limits: {memory: 32Mi}
{{- end }}

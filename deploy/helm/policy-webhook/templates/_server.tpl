{{/* What the server is started with. */}}
{{- define "webhook.args" -}}
{{- $values := .Values -}}
{{- if include "webhook.hasPolicyFiles" . }}
- --policy=/policies
{{- end }}
- --listen=0.0.0.0:8443
- --metrics-listen=0.0.0.0:8080
- --audit-keys=webhook
{{- if eq $values.certificate.source "self-signed" }}
- --self-signed
- --service={{ include "webhook.fullname" . }}
- --namespace={{ .Release.Namespace }}
{{- if ne $values.clusterName "guardrail" }}
- --webhook-configuration={{ $values.clusterName }}
{{- end }}
{{- else }}
- --tls-cert=/tls/tls.crt
- --tls-key=/tls/tls.key
{{- end }}
{{- if $values.certificate.readinessNeedsValid }}
- --readiness-needs-valid-certificate
{{- end }}
{{- with $values.clientCA.configMap }}
- --client-ca=/client-ca/{{ $values.clientCA.key }}
{{- end }}
{{- range $values.clientCA.names }}
- {{ printf "--client-name=%s" . | quote }}
{{- end }}
{{- if $values.kubernetes.enabled }}
- --kubernetes
{{- if $values.kubernetes.syncTimeout }}
- --sync-timeout={{ int $values.kubernetes.syncTimeout }}
{{- end }}
{{- end }}
{{- with $values.policies.fromAPI.selector }}
- {{ printf "--watch-policies=%s" . | quote }}
{{- end }}
{{- with $values.policies.fromAPI.exceptionsNamespace }}
- {{ printf "--watch-exceptions=%s" . | quote }}
{{- end }}
{{- if ne $values.enforcement.mode "deny" }}
- --enforcement={{ $values.enforcement.mode }}
{{- end }}
{{- range $policy, $mode := $values.enforcement.policies }}
- {{ printf "--policy-enforcement=%s=%s" $policy $mode | quote }}
{{- end }}
{{- range $values.enforcement.exemptNamespaces }}
- {{ printf "--exempt-namespace=%s" . | quote }}
{{- end }}
{{- range $values.enforcement.exemptUsers }}
- {{ printf "--exempt-user=%s" . | quote }}
{{- end }}
{{- if ne $values.enforcement.expandWorkloads "off" }}
- --expand-workloads={{ $values.enforcement.expandWorkloads }}
{{- end }}
{{- if $values.images.registries }}
- --registries
{{- end }}
{{- if $values.images.dockerConfigSecret }}
- --registry-config=/registry/.dockerconfigjson
{{- end }}
{{- if $values.images.trustedRootConfigMap }}
- --trusted-root=/trusted-root/{{ $values.images.trustedRootKey }}
{{- end }}
{{- if ne $values.logLevel "info" }}
- --log-level={{ $values.logLevel }}
{{- end }}
{{- with $values.threads }}
- --threads={{ int . }}
{{- end }}
{{- with $values.maxInFlight }}
- --max-in-flight={{ int . }}
{{- end }}
{{- with $values.tracing.endpoint }}
- {{ printf "--otlp-endpoint=%s" . | quote }}
- --trace-ratio={{ $values.tracing.ratio }}
{{- end }}
{{- if $values.recording.enabled }}
- --record=/recordings
- --record-limit={{ int $values.recording.limit }}
{{- end }}
{{- range $values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "webhook.mounts" -}}
{{- if include "webhook.hasPolicyFiles" . }}
- name: policies
  mountPath: /policies
  readOnly: true
{{- end }}
{{- if ne .Values.certificate.source "self-signed" }}
- name: tls
  mountPath: /tls
  readOnly: true
{{- end }}
{{- if .Values.clientCA.configMap }}
- name: client-ca
  mountPath: /client-ca
  readOnly: true
{{- end }}
{{- if .Values.images.dockerConfigSecret }}
- name: registry
  mountPath: /registry
  readOnly: true
{{- end }}
{{- if .Values.images.trustedRootConfigMap }}
- name: trusted-root
  mountPath: /trusted-root
  readOnly: true
{{- end }}
{{- if .Values.recording.enabled }}
- name: recordings
  mountPath: /recordings
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "webhook.volumes" -}}
{{- if include "webhook.hasPolicyFiles" . }}
- name: policies
  configMap:
    name: {{ include "webhook.policies" . }}
{{- end }}
{{- if ne .Values.certificate.source "self-signed" }}
- name: tls
  secret:
    secretName: {{ include "webhook.secret" . }}
    defaultMode: 0440
{{- end }}
{{- if .Values.clientCA.configMap }}
- name: client-ca
  configMap:
    name: {{ .Values.clientCA.configMap }}
{{- end }}
{{- if .Values.images.dockerConfigSecret }}
- name: registry
  secret:
    secretName: {{ .Values.images.dockerConfigSecret }}
    defaultMode: 0440
{{- end }}
{{- if .Values.images.trustedRootConfigMap }}
- name: trusted-root
  configMap:
    name: {{ .Values.images.trustedRootConfigMap }}
{{- end }}
{{- if .Values.recording.enabled }}
- name: recordings
  emptyDir:
    sizeLimit: {{ .Values.recording.sizeLimit }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

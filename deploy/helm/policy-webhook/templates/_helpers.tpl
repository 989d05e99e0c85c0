{{- define "webhook.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 59 characters: the Secret's name and those of others have a suffix, and a Service's name has 63 at most. A
release's name may have dots, a Service's must not. */}}
{{- define "webhook.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 59 | trimSuffix "-" -}}
{{- else -}}
{{- $name := include "webhook.name" . -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | replace "." "-" | trunc 59 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | replace "." "-" | trunc 59 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "webhook.selector" -}}
app.kubernetes.io/name: guardrail
app.kubernetes.io/component: policy-webhook
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "webhook.labels" -}}
{{ include "webhook.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.labels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "webhook.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "webhook.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The Secret with the certificate; the server itself gives it this name where it makes one. */}}
{{- define "webhook.secret" -}}
{{- $own := printf "%s-tls" (include "webhook.fullname" .) -}}
{{- if eq .Values.certificate.source "secret" -}}
{{- default $own .Values.certificate.existingSecret -}}
{{- else -}}
{{- $own -}}
{{- end -}}
{{- end -}}

{{- define "webhook.policies" -}}
{{- default (printf "%s-policies" .Values.clusterName) .Values.policies.existingConfigMap -}}
{{- end -}}

{{/* The ConfigMap's data; empty where there are no files at all. */}}
{{- define "webhook.policyFiles" -}}
{{- $files := dict -}}
{{- if .Values.policies.shipped -}}
{{- $exclude := .Values.policies.exclude -}}
{{- range $path, $bytes := .Files.Glob "policies/*.yaml" -}}
{{- if not (has (base $path) $exclude) -}}
{{- $_ := set $files (base $path) (toString $bytes) -}}
{{- end -}}
{{- end -}}
{{- range $exclude -}}
{{- if not ($.Files.Get (printf "policies/%s" .)) -}}
{{- fail (printf "policies.exclude: the chart has no policy file `%s`" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $name, $text := .Values.policies.inline -}}
{{- $_ := set $files $name $text -}}
{{- end -}}
{{- if $files -}}{{- toYaml $files -}}{{- end -}}
{{- end -}}

{{- define "webhook.hasPolicyFiles" -}}
{{- if or .Values.policies.existingConfigMap (include "webhook.policyFiles" .) -}}true{{- end -}}
{{- end -}}

{{- define "webhook.usesAPI" -}}
{{- if or .Values.kubernetes.enabled (eq .Values.certificate.source "self-signed") -}}true{{- end -}}
{{- end -}}

{{/* For both webhook configurations. */}}
{{- define "webhook.annotations" -}}
{{- $annotations := deepCopy .Values.webhooks.annotations -}}
{{- if eq .Values.certificate.source "cert-manager" -}}
{{- $_ := set $annotations "cert-manager.io/inject-ca-from" (printf "%s/%s" .Release.Namespace (include "webhook.fullname" .)) -}}
{{- end -}}
{{- if $annotations -}}{{- toYaml $annotations -}}{{- end -}}
{{- end -}}

{{/* What both kinds of webhooks have. Arguments: root, path. */}}
{{- define "webhook.client" -}}
clientConfig:
  {{- if eq .root.Values.certificate.source "secret" }}
  caBundle: {{ .root.Values.certificate.caBundle }}
  {{- end }}
  service:
    name: {{ include "webhook.fullname" .root }}
    namespace: {{ .root.Release.Namespace }}
    port: 443
    path: {{ .path }}
# The webhook must not judge its own Pods, nor those that the cluster needs to start: nobody could let it back in.
namespaceSelector:
  matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
        {{- range append .root.Values.webhooks.exemptNamespaces .root.Release.Namespace | uniq }}
        - {{ . | quote }}
        {{- end }}
    {{- with .root.Values.webhooks.namespaceExpressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- with .root.Values.webhooks.objectSelector }}
objectSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.webhooks.matchConditions }}
matchConditions:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What values.schema.json cannot say. */}}
{{- define "webhook.validate" -}}
{{- $values := .Values -}}
{{- if and (eq $values.certificate.source "secret") (not $values.certificate.caBundle) -}}
{{- fail "certificate.source is secret: certificate.caBundle must be the authority's PEM in base64, or API servers trust no answer" -}}
{{- end -}}
{{- if and (not (include "webhook.hasPolicyFiles" .)) (not $values.policies.fromAPI.selector) -}}
{{- fail "nothing to judge by: set policies.shipped, policies.inline, policies.existingConfigMap or policies.fromAPI.selector" -}}
{{- end -}}
{{- if and (or $values.policies.fromAPI.selector $values.policies.fromAPI.exceptionsNamespace) (not $values.kubernetes.enabled) -}}
{{- fail "policies.fromAPI needs kubernetes.enabled" -}}
{{- end -}}
{{- if and $values.kubernetes.paramRules (not $values.kubernetes.enabled) -}}
{{- fail "kubernetes.paramRules needs kubernetes.enabled" -}}
{{- end -}}
{{- if and $values.clientCA.names (not $values.clientCA.configMap) -}}
{{- fail "clientCA.names needs clientCA.configMap" -}}
{{- end -}}
{{- if and (or $values.images.dockerConfigSecret $values.images.trustedRootConfigMap) (not $values.images.registries) -}}
{{- fail "images.dockerConfigSecret and images.trustedRootConfigMap need images.registries" -}}
{{- end -}}
{{- if gt (int $values.autoscaling.minReplicas) (int $values.autoscaling.maxReplicas) -}}
{{- fail "autoscaling.minReplicas is more than autoscaling.maxReplicas" -}}
{{- end -}}
{{- end -}}

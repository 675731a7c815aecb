{{- define "varve.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "varve.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "varve.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "varve.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "varve.selector" -}}
app.kubernetes.io/name: {{ include "varve.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "varve.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{ include "varve.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "varve.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "varve.account" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "varve.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "varve.scheme" -}}
{{- ternary "https" "http" (ne .Values.tls.secret "") }}
{{- end }}

{{- /* The variable that has the password of a connection. */ -}}
{{- define "varve.variable" -}}
{{- printf "VARVE_PASSWORD_%s" (. | upper | replace "-" "_" | replace "." "_") }}
{{- end }}

{{- /* A URL that says where its password is. Takes a list: the name, and what is said of it. */ -}}
{{- define "varve.url" -}}
{{- $name := index . 0 }}{{ $said := index . 1 }}
{{- if $said.passwordFrom }}
{{- printf "%s%spassword_env=%s" $said.url (ternary "&" "?" (contains "?" $said.url)) (include "varve.variable" $name) }}
{{- else }}
{{- $said.url }}
{{- end }}
{{- end }}

{{- /* Passwords by their secrets, for the connections in a map. */ -}}
{{- define "varve.passwords" -}}
{{- range $name, $said := . }}
{{- if $said.passwordFrom }}
- name: {{ include "varve.variable" $name }}
  valueFrom:
    secretKeyRef:
      name: {{ $said.passwordFrom.name }}
      key: {{ default "password" $said.passwordFrom.key }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What must be said, and what is called otherwise now. */ -}}
{{- define "varve.checked" -}}
{{- range $old, $new := dict "replicaCount" "replicas" "env" "extraEnv" "existingSecret" "extraEnvFrom, or passwordFrom of a connection" "config" "server and connections" "persistentVolume" "persistence" }}
{{- if hasKey $.Values $old }}
{{- fail (printf "The value %s is %s now." $old $new) }}
{{- end }}
{{- end }}
{{- range $name, $said := .Values.connections }}
{{- if hasKey $said "passwordFrom" }}
{{- if not $said.passwordFrom.name }}
{{- fail (printf "connections.%s.passwordFrom.name is empty: name the secret that has the password." $name) }}
{{- end }}
{{- end }}
{{- if regexMatch "^[a-z]+://[^/@]*:[^/@]*@" $said.url }}
{{- fail (printf "connections.%s.url has a password in it, which everybody can read who may read ConfigMaps. Use passwordFrom." $name) }}
{{- end }}
{{- end }}
{{- if eq .Values.mode "server" }}
{{- if and (not .Values.tls.secret) (not .Values.server.trustedProxies) (not .Values.existingConfig) }}
{{- fail "Tokens would cross the cluster in clear text to anybody who asks. Set tls.secret, or server.trustedProxies to the networks of the ingress in front." }}
{{- end }}
{{- if and .Values.metrics.serviceMonitor.enabled (not .Values.metrics.serviceMonitor.tokenSecret.name) }}
{{- fail "metrics.serviceMonitor.tokenSecret.name is empty: /metrics wants a token of all tenants, because names of policies are labels." }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.hosts is empty: name the host, such as - host: varve.example.org." }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.parentRefs is empty: name the gateway, such as - name: public." }}
{{- end }}
{{- else }}
{{- $_ := required "cronjob.connection is empty: say the name in connections whose policies are run." .Values.cronjob.connection }}
{{- if not (hasKey .Values.connections .Values.cronjob.connection) }}
{{- fail (printf "cronjob.connection is %s, and connections has no such name." .Values.cronjob.connection) }}
{{- end }}
{{- end }}
{{- end }}

{{- /* What pods of both modes have in common. */ -}}
{{- define "varve.pod" -}}
serviceAccountName: {{ include "varve.account" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The volumes that both modes mount: where it may write, and its data. */ -}}
{{- define "varve.volumes" -}}
- name: tmp
  emptyDir: {}
- name: data
  {{- if .Values.persistence.enabled }}
  persistentVolumeClaim:
    claimName: {{ default (include "varve.fullname" .) .Values.persistence.existingClaim }}
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "varve.mounts" -}}
- name: tmp
  mountPath: /tmp
- name: data
  mountPath: /var/lib/varve
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

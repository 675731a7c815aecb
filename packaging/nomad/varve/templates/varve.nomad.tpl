job [[ var "job_name" . | quote ]] {
  namespace   = [[ var "namespace" . | quote ]]
  datacenters = [[ var "datacenters" . | toJson ]]
[[- if eq (var "mode" .) "periodic" ]]
[[- if eq (var "database" .) "" ]][[ fail "database is empty: say the URL whose policies are run" ]][[ end ]]
  type        = "batch"

  periodic {
    crons            = [[ var "crons" . | toJson ]]
    time_zone        = [[ var "time_zone" . | quote ]]
    prohibit_overlap = true
  }
[[- else if eq (var "mode" .) "server" ]]
  type = "service"
[[- else ]]
[[- fail "mode is server or periodic" ]]
[[- end ]]

  group "varve" {
    count = 1
[[- if ne (var "volume" .) "" ]]

    volume "data" {
      type   = "host"
      source = [[ var "volume" . | quote ]]
    }
[[- end ]]
[[- if eq (var "mode" .) "server" ]]

    # The home is one server's at a time, so the old one ends first.
    update {
      max_parallel = 1
      auto_revert  = true
    }

    network {
      port "http" {
        to = 8642
[[- if gt (var "port" . | int) 0 ]]
        static = [[ var "port" . ]]
[[- end ]]
      }
    }

    service {
      name     = [[ var "job_name" . | quote ]]
      port     = "http"
      provider = [[ var "service_provider" . | quote ]]

      check {
        type     = "http"
        path     = "/health/ready"
        interval = "15s"
        timeout  = "3s"
      }
    }

    # What fails again and again is left alone: the last line of its log says why.
    restart {
      attempts = 3
      interval = "10m"
      delay    = "15s"
      mode     = "fail"
    }
[[- else ]]

    # The next instant is a try too.
    restart {
      attempts = 0
      mode     = "fail"
    }

    reschedule {
      attempts  = 0
      unlimited = false
    }
[[- end ]]

    task "varve" {
      driver         = "docker"
      user           = "1654:1654"
      kill_signal    = "SIGTERM"
      kill_timeout   = "30m"

      config {
        image = [[ var "image" . | quote ]]
[[- if eq (var "mode" .) "server" ]]
        args  = ["serve", "--config", "/local/serve.yaml"]
        ports = ["http"]
[[- else ]]
        args  = [[ prepend (var "run_args" .) "run" | toJson ]]
[[- end ]]
[[- template "restricted" . ]]
      }
[[- if ne (var "volume" .) "" ]]

      volume_mount {
        volume      = "data"
        destination = "/var/lib/varve"
      }
[[- end ]]
[[- if eq (var "mode" .) "server" ]]

      template {
        destination = "local/serve.yaml"
        data        = <<EOT
[[ var "config" . | trim ]]
EOT
      }
[[- else ]]

      env {
        VARVE_DB = [[ var "database" . | quote ]]
      }
[[- end ]]
[[- if ne (var "secrets" .) "" ]]

      template {
        destination = "secrets/environment"
        env         = true
        data        = <<EOT
{{- with nomadVar [[ var "secrets" . | quote ]] }}{{ range $name, $value := . }}
{{ $name }}={{ $value.Value | toJSON }}
{{- end }}{{ end }}
EOT
      }
[[- end ]]

      resources {
        cpu        = [[ var "cpu" . ]]
        memory     = [[ var "memory" . ]]
        memory_max = [[ var "memory_max" . ]]
      }
    }
  }
}

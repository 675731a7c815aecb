variable "job_name" {
  description = "Name of the job."
  type        = string
  default     = "varve"
}

variable "mode" {
  description = "server: varve serve. periodic: varve run by a schedule."
  type        = string
  default     = "server"
}

variable "datacenters" {
  description = "Where it may be placed."
  type        = list(string)
  default     = ["*"]
}

variable "namespace" {
  description = "Namespace of the job."
  type        = string
  default     = "default"
}

variable "image" {
  description = "The container image."
  type        = string
  default     = "varve:0.0.0"
}

variable "config" {
  description = "serve.yaml, as a text. Mode server."
  type        = string
  default     = <<EOT
listen: http://0.0.0.0:8642
trusted_proxies: [127.0.0.1, 172.16.0.0/12]
home: duckdb:/var/lib/varve/home.duckdb
EOT
}

variable "volume" {
  description = "A host volume for the home and DuckDB files; empty: the disk of the allocation, which is gone with it."
  type        = string
  default     = ""
}

variable "port" {
  description = "A fixed port; 0: one that is free. Mode server."
  type        = number
  default     = 0
}

variable "service_provider" {
  description = "nomad or consul."
  type        = string
  default     = "nomad"
}

variable "database" {
  description = "The URL whose policies are run. Mode periodic."
  type        = string
  default     = ""
}

variable "crons" {
  description = "When it runs. Mode periodic."
  type        = list(string)
  default     = ["5 * * * *"]
}

variable "time_zone" {
  description = "Of the schedule. Mode periodic."
  type        = string
  default     = "UTC"
}

variable "run_args" {
  description = "Of varve run. Mode periodic."
  type        = list(string)
  default     = ["--quiet", "--wait", "60s", "--for", "50m"]
}

variable "secrets" {
  description = "A Nomad variable whose items become environment variables: passwords. Empty: none."
  type        = string
  default     = ""
}

variable "cpu" {
  description = "MHz."
  type        = number
  default     = 200
}

variable "memory" {
  description = "MB."
  type        = number
  default     = 256
}

variable "memory_max" {
  description = "MB at most, where the cluster lends more."
  type        = number
  default     = 1024
}

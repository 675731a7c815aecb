app {
  url = ""
}

pack {
  name        = "varve"
  description = "Lifecycle of time-series tables: a server, or a periodic run of one database"
  version     = "0.0.0"
}

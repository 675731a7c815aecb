# The files of a package for a system with systemd, laid out under a folder: what deb and rpm share.

# tree FOLDER PROGRAM: the program, its units, settings, manual pages and completions.
tree() {
  local to=$1 program=$2 runs
  runs=$(runs_here)/varve || return 1
  rm -rf "$to"
  mkdir -p "$to"/usr/{bin,lib/varve,lib/sysusers.d,share/man/man1,share/doc/varve} "$to"/etc/varve "$to$units_folder" \
    "$to"/usr/share/{bash-completion/completions,zsh/$zsh_folder,fish/vendor_completions.d}
  cp -r "$program/." "$to/usr/lib/varve/"
  ln -s ../lib/varve/varve "$to/usr/bin/varve"
  # The text of Varve's own licence, and what it brings of others, belong to the documentation.
  local text
  for text in THIRD-PARTY-NOTICES.txt varve.cdx.json; do
    [ ! -f "$to/usr/lib/varve/$text" ] || mv "$to/usr/lib/varve/$text" "$to/usr/share/doc/varve/"
  done
  rm -f "$to/usr/lib/varve/LICENSE.txt"
  cp "$root/README.md" "$to/usr/share/doc/varve/README.md"

  install -m 644 "$packaging"/systemd/varve.service "$packaging"/systemd/varve-run.service "$packaging"/systemd/varve.timer "$to$units_folder/"
  install -m 644 "$packaging/systemd/serve.yaml" "$packaging/systemd/environment" "$to/etc/varve/"
  printf 'u varve - "Varve" /var/lib/varve\n' >"$to/usr/lib/sysusers.d/varve.conf"

  manual "$to/usr/share/man/man1" || return 1
  "$runs" completion bash >"$to/usr/share/bash-completion/completions/varve" &&
    # A function that zsh loads by itself is called with the file that defines it.
    { "$runs" completion zsh && echo '_varve "$@"'; } >"$to/usr/share/zsh/$zsh_folder/_varve" &&
    "$runs" completion fish >"$to/usr/share/fish/vendor_completions.d/varve.fish"
}

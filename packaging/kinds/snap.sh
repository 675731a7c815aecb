# The snap. Its files are laid out here; packing them is snapcraft's.

build_snap() {
  local stage=$work/snap program rid=linux-x64
  [[ " ${rids[*]} " == *" $rid "* ]] || rid=linux-arm64
  [[ " ${rids[*]} " == *" $rid "* ]] || { cannot snap "none of the platforms is one of snaps: ${rids[*]}"; return 0; }
  program=$(publish "$rid") || return 1
  rm -rf "$stage" && mkdir -p "$stage/snap" && cp -r "$packaging/snap/local" "$stage/" && cp -r "$program" "$stage/program" || return 1
  sed "s/^version: .*/version: \"$version\"/" "$packaging/snap/snapcraft.yaml" >"$stage/snap/snapcraft.yaml"
  mkdir -p "$stage/completion" && "$(runs_here)/varve" completion bash >"$stage/completion/varve" || return 1
  has snapcraft || { cannot snap "snapcraft is missing; what it packs is laid out in $stage"; return 0; }
  (cd "$stage" && snapcraft pack --destructive-mode --output "$out/") >&2
}

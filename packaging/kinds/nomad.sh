# The pack for nomad-pack, and the notes for Waypoint and buildpacks: archives with the version of the build.

build_nomad() {
  local stage=$work/nomad
  rm -rf "$stage" && mkdir -p "$stage" && cp -r "$packaging/nomad/varve" "$stage/varve" || return 1
  sed -i "s/0\.0\.0/$version/" "$stage/varve/metadata.hcl" "$stage/varve/variables.hcl"
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar \
    --directory "$stage" varve | gzip -9n >"$out/varve-$version-nomad-pack.tgz"
}

# Self-contained programs: command line and server in one folder, as an archive with a bill of materials beside it.

limit=90000000

build_binaries() {
  local rid folder name archive
  for rid in "${rids[@]}"; do
    folder=$(publish "$rid") || return 1
    name=varve-$version-$rid
    if [ "$rid" = win-x64 ]; then
      has zip || { cannot binaries "zip is missing, so there is no $name.zip"; continue; }
      archive=$out/$name.zip
      zipped "$archive" "$folder" "$name" || return 1
    else
      archive=$out/$name.tar.xz
      tarball "$archive" "$folder" "$name" || return 1
    fi
    [ "$(stat -c %s "$archive")" -le "$limit" ] || { echo "build.sh: $archive is larger than $((limit / 1000000)) MB" >&2; return 1; }
    [ ! -f "$folder/varve.cdx.json" ] || cp "$folder/varve.cdx.json" "$out/$name.cdx.json"
  done
}

# zip stores the order, the times and the attributes that it finds, so all three are set.
zipped() {
  local stage=$work/zip
  rm -rf "$stage" "$1" && mkdir -p "$stage" && cp -r "$2" "$stage/$3" && same_times "$stage" &&
    (cd "$stage" && find "$3" -type f | sort | zip -X -9 -q -@ "$1") && rm -rf "$stage"
}

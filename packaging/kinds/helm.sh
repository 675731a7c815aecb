# The chart, as `helm package` makes it: one archive, the version of the build in it.

build_helm() {
  local stage=$work/helm/varve
  rm -rf "$stage" && mkdir -p "$work/helm" && cp -r "$packaging/helm/varve" "$stage" && rm -rf "$stage/ci" "$stage/rendered" || return 1
  sed -i -e "s/^version: .*/version: $version/" -e "s/^appVersion: .*/appVersion: \"$version\"/" "$stage/Chart.yaml"
  sed -i "s/varve-0\.1\.0\.tgz/varve-$version.tgz/" "$stage/README.md"
  # The table of values is made again, so that an archive whose values and schema differ is never built.
  maker values "$stage" "$stage/README.md" || return 1
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar \
    --directory "$work/helm" varve | gzip -9n >"$out/varve-$version.tgz"

  # The base of Kustomize, with the image of this version.
  rm -rf "$work/kustomize" && cp -r "$packaging/kustomize" "$work/kustomize" && sed -i "s/newTag: .*/newTag: $version/" "$work/kustomize/base/kustomization.yaml" &&
    tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar \
      --directory "$work" kustomize | gzip -9n >"$out/varve-$version-kustomize.tgz"
}

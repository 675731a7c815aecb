# The site: static pages with a search in the browser, from README, docs/ and the READMEs of packages and samples.

build_docs() {
  local stage=$work/site page log=$work/site.log
  git -C "$root" rev-parse --git-dir >/dev/null 2>&1 || { cannot docs "the pages are those that git knows, and this is no repository of it"; return 0; }
  rm -rf "$stage" "$out/site"
  mkdir -p "$stage"
  # Where each page stands in the repository, so that its links lead where they lead there.
  (cd "$root" && git ls-files -- '*.md' docs LICENSE packaging/container/compose) |
    while read -r page; do
      [ -f "$root/$page" ] || continue
      mkdir -p "$stage/$(dirname "$page")" && cp "$root/$page" "$stage/$page"
    done
  cp -r "$packaging"/site/docfx.json "$packaging"/site/index.md "$packaging"/site/template "$stage/" && cp "$packaging/site/toc.yml" "$stage/toc.yml" &&
    cp "$packaging/site/pages.yml" "$stage/docs/toc.yml" && cp "$root/src/Varve.Server/Ui/Assets/varve.svg" "$stage/" || return 1
  (cd "$packaging" && dotnet tool restore --verbosity quiet) >&2 || { cannot docs "docfx could not be restored"; return 0; }
  (cd "$packaging" && dotnet docfx build "$stage/docfx.json" --output "$out/site" --logLevel warning --warningsAsErrors --disableGitFeatures) >"$log" 2>&1 ||
    { grep -E 'warning|error' "$log" | head -n 20 >&2; return 1; }
  tar --create --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --directory "$out" site | gzip -9n >"$out/varve-$version-site.tgz"
}

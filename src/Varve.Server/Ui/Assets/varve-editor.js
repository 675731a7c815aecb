// Beside the text of a policy: keys and values that complete it, and fields that edit it. The text is what is stored; what a field
// does not know, comments among it, stays as it was written.
(() => {
  "use strict";
  const editor = document.querySelector(".editor"), area = editor?.querySelector("textarea:not([readonly])");
  if (!area) return;
  const root = document.body.dataset.root || "", kind = editor.dataset.kind;
  const make = (tag, set = {}, ...inside) => { const made = Object.assign(document.createElement(tag), set); made.append(...inside); return made; };
  const changed = () => area.dispatchEvent(new Event("input", { bubbles: true }));

  // --- completion

  const usual = { Width: ["1m", "5m", "15m", "1h", "1d", "1w", "1mo"], Keep: ["7d", "30d", "90d", "1y", "forever"], Duration: ["10m", "1h", "6h", "1d"], Truth: ["true", "false"], Zone: ["UTC", Intl.DateTimeFormat().resolvedOptions().timeZone] };
  const list = make("ul", { id: "completions", className: "completions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Completions");
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-controls", "completions");
  area.after(list);
  let keys = null, offered = [], chosen = 0, fragment = "";

  // The keys around a line, from the top: what stands before it with less space in front.
  const around = (lines, indent) => {
    const path = [];
    for (let i = lines.length - 1; i >= 0 && indent > 0; i--) {
      const found = /^((?:\s|- )*)("?[\w.* -]+"?):/.exec(lines[i]);
      if (!found || found[1].length >= indent || /^\s*#/.test(lines[i])) continue;
      path.unshift(found[2].replaceAll("\"", ""));
      indent = lines[i].length - lines[i].trimStart().length;
    }
    return path;
  };
  const known = path => keys.find(k => k.path === path);
  const place = path => {
    let at = "";
    for (let i = 0; i < path.length; i++) {
      at += (at ? "." : "") + path[i];
      const of = known(at)?.kind;
      if (of === "ListOfKeys") at += "[]";
      // Names that are free stand there; what is below one has keys again.
      if (of === "MapOfKeys") { if (i === path.length - 1) return `${at}.*name`; at += ".*"; i++; }
    }
    return at;
  };

  const candidates = () => {
    const before = area.value.slice(0, area.selectionStart), lines = before.split("\n"), line = lines.pop();
    if (/^\s*#|\s#/.test(line)) return [];
    const start = before.lastIndexOf("\n---") + 1;
    const above = before.slice(start).split("\n").slice(0, -1);
    const open = line.lastIndexOf("{") > line.lastIndexOf("}") ? line.lastIndexOf("{") : -1;
    let path, rest;
    if (open >= 0) {
      const outer = /^((?:\s|- )*)(?:([\w-]+):\s*)?\{/.exec(line);
      path = [...(outer?.[1] ? around(above, outer[1].length) : []), ...(outer?.[2] ? [outer[2]] : [])];
      rest = line.slice(Math.max(open, line.lastIndexOf(",")) + 1).trimStart();
    } else {
      const front = /^(?:\s|- )*/.exec(line)[0];
      path = front.length === 0 ? [] : around(above, front.length);
      rest = line.slice(front.length);
    }
    const at = place(path), typed = /^([\w-]+):\s*\[?(?:[^,\]]*,\s*)*([^,\]]*)$/.exec(rest);
    if (!typed) {
      fragment = rest;
      return /^[\w-]*$/.test(rest) ? keys.filter(k => k.parent === at && k.name !== "*").map(k => ({ text: k.name, insert: `${k.name}: `, says: k.meaning })) : [];
    }
    let key = known(at.endsWith(".*name") ? at.slice(0, -4) : at ? `${at}.${typed[1]}` : typed[1]);
    if (key?.short && typed[2].trimStart()[0] !== "{") key = known(`${key.path}.${key.short}`);
    fragment = typed[2];
    if (!key) return [];
    return [...(key.word ? [key.word] : []), ...(key.choices.length ? key.choices : usual[key.kind] || [])].map(v => ({ text: v, insert: v, says: "" }));
  };

  const close = () => { list.hidden = true; area.removeAttribute("aria-activedescendant"); };
  const mark = () => {
    [...list.children].forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    area.setAttribute("aria-activedescendant", `completion-${chosen}`);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  };
  const take = i => {
    const one = offered[i];
    close();
    area.focus();
    area.setRangeText(one.insert, area.selectionStart - fragment.length, area.selectionStart, "end");
    changed();
  };
  const offer = async asked => {
    keys ||= await (await fetch(`${root}/assets/keys-${kind}.json`)).json();
    const all = candidates(), low = fragment.toLowerCase();
    offered = all.filter(o => o.text.toLowerCase().startsWith(low));
    if (offered.length === 0 || (!asked && (low === "" || (offered.length === 1 && offered[0].text === fragment)))) { close(); return; }
    chosen = 0;
    list.replaceChildren(...offered.map((o, i) => {
      const item = make("li", { id: `completion-${i}` }, make("b", { textContent: o.text }), make("span", { textContent: o.says }));
      item.setAttribute("role", "option");
      item.addEventListener("mousedown", event => { event.preventDefault(); take(i); });
      return item;
    }));
    const before = area.value.slice(0, area.selectionStart).split("\n"), style = getComputedStyle(area);
    list.style.top = `${before.length * parseFloat(style.lineHeight) + parseFloat(style.paddingTop) - area.scrollTop}px`;
    list.hidden = false;
    mark();
  };

  area.addEventListener("input", event => { if (event.inputType === "insertText" && event.data?.length === 1) offer(false); else close(); });
  area.addEventListener("blur", close);
  area.addEventListener("click", close);
  area.addEventListener("keydown", event => {
    if (event.ctrlKey && event.key === " ") { event.preventDefault(); offer(true); return; }
    if (list.hidden) return;
    if (event.key === "Escape") { event.preventDefault(); close(); }
    else if (event.key === "Enter") { event.preventDefault(); take(chosen); }
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      chosen = (chosen + (event.key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length;
      mark();
    } else if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") close();
  });

  if (kind !== "policy") return;

  // --- fields

  const top = key => {
    const found = new RegExp(`^${key}:[ \\t]*((?:"[^"\\n]*"|'[^'\\n]*'|[^#\\n]|(?<=\\S)#)*?)([ \\t]+#[^\\n]*|[ \\t]*)$`, "m").exec(area.value);
    if (!found) return { value: "", isFree: true };
    const isNested = found[1] === "" && /^\n?[ \t]+\S/.test(area.value.slice(found.index + found[0].length));
    return { found, value: found[1].replace(/^(["'])(.*)\1$/, "$2"), isFree: !isNested && !/^[[{|>&*!]/.test(found[1]) };
  };
  const quoted = value => /^[\w.:-]+$/.test(value) ? value : `"${value.replaceAll("\"", "\\\"")}"`;
  const replace = (from, to, text) => { area.setRangeText(text, from, to, "preserve"); changed(); };
  const put = (key, value) => {
    const { found } = top(key);
    if (found && value === "") replace(found.index, found.index + found[0].length + 1, "");
    else if (found) replace(found.index, found.index + found[0].length, `${key}: ${quoted(value)}${found[2].trimEnd()}`);
    else if (value !== "") {
      const tiers = /^tiers:/m.exec(area.value), at = tiers ? tiers.index : area.value.length;
      replace(at, at, `${tiers || /(^|\n)$/.test(area.value) ? "" : "\n"}${key}: ${quoted(value)}\n`);
    }
  };
  const layers = () => {
    const head = /^tiers:[ \t]*(#[^\n]*)?$/m.exec(area.value);
    if (!head) return { all: [], isFree: !/^tiers:/m.test(area.value) };
    const begin = head.index + head[0].length + 1, all = [];
    let at = begin, end = begin;
    for (const line of area.value.slice(begin).split("\n")) {
      if (/^[^\s#-]/.test(line) || line.startsWith("---")) break;
      if (/^\s*- /.test(line)) all.push({ from: at });
      at += line.length + 1;
      if (/\S/.test(line) && all.length) all[all.length - 1].to = end = Math.min(at, area.value.length);
    }
    for (const one of all) {
      const text = area.value.slice(one.from, one.to);
      one.every = /\bevery:\s*["']?([^\s,}#"']+)/.exec(text)?.[1] || "";
      one.keep = /\bkeep:\s*["']?([^\s,}#"']+)/.exec(text)?.[1] || "";
    }
    return { all, end, isFree: true };
  };
  const keep = (one, value) => {
    const text = area.value.slice(one.from, one.to);
    let next = text.replace(/(\bkeep:\s*)["']?[^\s,}#"']+["']?/, `$1${value}`);
    if (one.keep === "") next = text.includes("}") ? text.replace(/\s*\}/, `, keep: ${value} }`) : text.replace(/(every:[^\n]*)/, `$1\n${" ".repeat(text.search(/\S/) + 2)}keep: ${value}`);
    replace(one.from, one.to, next);
  };
  const add = (every, kept) => {
    const { all, end } = layers(), line = `- { every: ${every}, keep: ${kept} }\n`;
    if (all.length === 0) { replace(area.value.length, area.value.length, `${area.value.endsWith("\n") ? "" : "\n"}tiers:\n  ${line}`); return; }
    const indent = /^\s*/.exec(area.value.slice(all[0].from))[0];
    replace(end, end, `${area.value[end - 1] === "\n" ? "" : "\n"}${indent}${line}`);
  };

  const field = (label, value, isFree, set, hint) => {
    const input = make("input", { value: isFree ? value : "in the text", disabled: !isFree, size: 12, placeholder: hint });
    input.addEventListener("change", () => set(input.value.trim()));
    return make("label", {}, label, input);
  };
  const box = make("fieldset", { className: "fields" }), row = make("div", { className: "line" });
  box.append(make("legend", { textContent: "Usual settings" }), row);
  editor.before(box);
  const draw = () => {
    box.hidden = /^---/m.test(area.value.replace(/^---\s*\n/, ""));
    const tiers = layers();
    const every = make("input", { size: 5, placeholder: "1h" }), kept = make("input", { size: 7, placeholder: "1y" }), more = make("button", { type: "button", textContent: "Add a layer" });
    every.dataset.every = "";
    more.addEventListener("click", () => { if (every.value.trim()) { add(every.value.trim(), kept.value.trim() || "forever"); draw(); box.querySelector("[data-every]").focus(); } else every.focus(); });
    row.replaceChildren(
      field("Keep source rows", top("keep").value, top("keep").isFree && !/^source:/m.test(area.value), v => put("keep", v), "forever"),
      ...tiers.all.map((t, i) => field(`Keep ${t.every || `layer ${i + 1}`}`, t.keep, t.every !== "", v => { if (v) keep(layers().all[i], v); }, "forever")),
      field("Wait for late rows", top("late").value, top("late").isFree, v => put("late", v), "0s"),
      field("Schedule", top("schedule").value, top("schedule").isFree, v => put("schedule", v), "by hand"),
      ...(tiers.isFree ? [make("label", {}, "New layer of", every), make("label", {}, "kept for", kept), more] : []));
  };
  // What has the focus is never replaced: the place in the order of the Tab key would be lost with it.
  area.addEventListener("input", () => { if (!box.contains(document.activeElement)) draw(); });
  box.addEventListener("focusout", event => { if (!box.contains(event.relatedTarget)) draw(); });
  draw();
})();

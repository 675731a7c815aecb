// Forms speak to the API, the editor shows what a text would do, a run tells its steps. Without this script every page can be read.
(() => {
  "use strict";
  const root = document.body.dataset.root || "";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

  const theme = localStorage.getItem("varve-theme");
  if (theme) document.documentElement.dataset.theme = theme;
  $("[data-theme-switch]")?.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("varve-theme", document.documentElement.dataset.theme);
  });

  // Instants are written in UTC. The switch shows them by the reader's clock, and on pages of a policy by its own; the other is the hint.
  const clocks = [...new Set(["UTC", Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", $("main [data-zone]")?.dataset.zone || "UTC"])];
  const by = (time, zone) => {
    const at = new Date(time.dateTime), seconds = at.getUTCSeconds() !== 0;
    const text = at.toLocaleString("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", ...(seconds ? { second: "2-digit" } : {}) });
    return text.replace(/ 00:00$/, "");
  };
  const clock = $("[data-zone-switch]");
  const wanted = localStorage.getItem("varve-zone") || "UTC";
  const setClock = zone => {
    for (const time of $$("time")) {
      time.dataset.utc ||= time.textContent;
      time.textContent = zone === "UTC" ? time.dataset.utc : by(time, zone);
      time.title = clocks.filter(c => c !== zone).map(c => `${c === "UTC" ? time.dataset.utc : by(time, c)} ${c}`).join("\n");
    }
    if (!clock) return;
    clock.textContent = zone === "UTC" ? "UTC" : zone.split("/").pop().replaceAll("_", " ");
    clock.dataset.zone = zone;
    clock.setAttribute("aria-label", `Times are shown in ${zone}: the next is ${clocks[(clocks.indexOf(zone) + 1) % clocks.length]}`);
  };
  if (clock && clocks.length > 1) clock.hidden = false;
  // "here" is the reader's own zone, wherever that is next time.
  setClock(wanted === "here" ? clocks[Math.min(1, clocks.length - 1)] : wanted === "policy" && $("main [data-zone]") ? $("main [data-zone]").dataset.zone : "UTC");
  clock?.addEventListener("click", () => {
    const next = clocks[(clocks.indexOf(clock.dataset.zone) + 1) % clocks.length];
    localStorage.setItem("varve-zone", next === "UTC" ? "UTC" : next === Intl.DateTimeFormat().resolvedOptions().timeZone ? "here" : "policy");
    setClock(next);
  });

  // What is wider than its place can be scrolled with the keyboard too.
  const reachable = () => { for (const box of $$(".scroll, .plan")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; };
  reachable();

  for (const here of $$(".bar nav [aria-current], .tabs [aria-current]")) here.parentElement.scrollLeft = here.offsetLeft - here.parentElement.offsetLeft - 24;

  const toast = text => { const box = $(".toast"); box.textContent = text; box.hidden = false; clearTimeout(box.timer); box.timer = setTimeout(() => { box.hidden = true; }, 12000); };

  const call = async (method, path, body, headers = {}) => {
    const answer = await fetch(root + path, { method, headers: { "Content-Type": "application/json", ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status === 401) { location.reload(); }
    return { ok: answer.ok, status: answer.status, location: answer.headers.get("Location"), json: text && (answer.headers.get("Content-Type") || "").includes("json") ? JSON.parse(text) : null };
  };

  // What is told survives the page that it changes.
  const later = text => { sessionStorage.setItem("varve-told", text); };
  const told = sessionStorage.getItem("varve-told");
  if (told) { sessionStorage.removeItem("varve-told"); toast(told); }

  const said = json => json.table ? `${json.rows} rows of ${json.parts} parts are in ${json.table}.`
    : json.columns ? json.columns.map(c => `${c.column}: ${c.before} → ${c.now}`).join("\n")
    : json.count !== undefined ? `${json.count} ${json.what}.`
    : json.late !== undefined ? `${json.policy} goes on from ${json.until}; ${json.late} rows from before that are in no tier.` : "Done.";

  // host=web1, region= : a value that is left out is NULL, '' is the empty text.
  const conditions = text => Object.fromEntries(text.split(",").map(part => part.trim()).filter(part => part).map(part => {
    const at = part.indexOf("="), value = part.slice(at + 1).trim();
    return at < 1 ? [part, null] : [part.slice(0, at).trim(), value === "" ? null : value === "''" ? "" : value];
  }));

  const read = form => {
    const body = {};
    for (const [name, value] of new FormData(form)) {
      if (name.endsWith("[]")) (body[name.slice(0, -2)] ||= []).push(value);
      else if (name.endsWith("?")) body[name.slice(0, -1)] = value === "true";
      else if (name.endsWith("*")) body[name.slice(0, -1)] = conditions(value);
      else if (name.endsWith("#")) body[name.slice(0, -1)] = Number(value);
      else if (value !== "") body[name] = value;
    }
    return body;
  };

  for (const form of $$("form[data-api]")) {
    form.addEventListener("submit", async event => {
      event.preventDefault();
      if (form.dataset.sure && !confirm(form.dataset.sure)) return;
      const button = $("button", form);
      button.disabled = true;
      try {
        const answer = await call(form.dataset.api, form.dataset.path, form.dataset.api === "DELETE" ? undefined : read(form));
        if (!answer.ok) toast(answer.json?.detail || `The server answered ${answer.status}.`);
        else if (form.dataset.then === "run") location.href = `${root}/runs/${answer.json.id}`;
        else if (form.dataset.then === "secret") { const box = $("[data-secret]"); box.textContent = `This is shown once: ${answer.json.secret}`; box.hidden = false; form.reset(); }
        else { if (form.dataset.then === "told") later(said(answer.json)); location.reload(); }
      } catch { toast("The server does not answer."); }
      finally { button.disabled = false; }
    });
  }

  // What cannot be undone says first what goes, beside its form; the word for it is a second button.
  for (const form of $$("form[data-ask]")) {
    const box = document.createElement("div");
    box.className = "brake";
    box.hidden = true;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "What goes");
    (form.closest("tr") ? form.closest(".scroll") : form).after(box);
    const method = form.dataset.ask, headers = form.dataset.revision ? { "If-Match": `"${form.dataset.revision}"` } : {};
    const send = extra => method === "DELETE" ? call("DELETE", form.dataset.path + (extra.dryRun ? "?dryRun=true" : ""), undefined, headers) : call(method, form.dataset.path, { ...read(form), ...extra });
    const close = () => { box.hidden = true; $("button", form).focus(); };
    form.addEventListener("submit", async event => {
      event.preventDefault();
      const look = await send({ dryRun: true });
      if (!look.ok) { toast(look.json?.detail || `The server answered ${look.status}.`); return; }
      const goes = look.json.goes || look.json.policies.map(p => `${p.policy}, revision ${p.revision}`);
      if (method !== "DELETE" && !look.json.confirm) { toast("Nothing matches: nothing would go."); return; }
      const head = document.createElement("p"), list = document.createElement("ul"), row = document.createElement("div"), yes = document.createElement("button"), no = document.createElement("button");
      head.textContent = "This goes, for good:";
      for (const line of goes) { const item = document.createElement("li"); item.textContent = line; list.append(item); }
      row.className = "actions";
      yes.type = no.type = "button";
      yes.className = "danger"; yes.textContent = "Let it go"; no.textContent = "Keep it";
      no.onclick = close;
      yes.onclick = async () => {
        yes.disabled = true;
        const answer = await send({ confirm: look.json.confirm });
        if (!answer.ok) { toast(answer.json?.detail || `The server answered ${answer.status}.`); yes.disabled = false; return; }
        later("It is done.");
        if (form.dataset.then) location.href = root + form.dataset.then; else location.reload();
      };
      row.append(yes, no);
      box.replaceChildren(head, list, row);
      box.hidden = false;
      no.focus();
    });
    box.addEventListener("keydown", event => { if (event.key === "Escape") close(); });
  }

  for (const button of $$("[data-dry]")) {
    button.addEventListener("click", async () => {
      const form = button.form, listed = $("[data-listed]");
      if (!form.reportValidity()) return;
      const answer = await call("POST", form.dataset.path, { ...read(form), dryRun: true });
      if (!answer.ok) { toast(answer.json?.detail || `The server answered ${answer.status}.`); return; }
      const said = document.createElement("p"), list = document.createElement("ol");
      said.textContent = `${answer.json.wouldRun} of ${answer.json.whole} whole windows would be done.`;
      list.className = "upcoming";
      for (const one of answer.json.windows.filter(w => w.wouldRun)) { const item = document.createElement("li"); item.textContent = `${one.window.from} … ${one.window.to}${one.state === "untried" ? "" : `, ${one.state} before`}`; list.append(item); }
      listed.replaceChildren(said, list);
    });
  }

  const editor = $(".editor");
  if (editor) {
    const area = $("textarea", editor), gutter = $(".gutter", editor), preview = $(".preview", editor), saved = $("[data-saved]"), brake = $("[data-brake]");
    const at = `/api/v1/connections/${encodeURIComponent(editor.dataset.connection)}`, here = `${root}/c/${encodeURIComponent(editor.dataset.connection)}`;
    const kind = editor.dataset.kind === "query" ? { plural: "queries", page: "q", preview: "q-preview", names: [/^query:\s*"?([^"\n]+?)"?\s*$/m], hint: "query: NAME" }
      : { plural: "policies", page: "p", preview: "preview", names: [/^policy:\s*"?([^"\n]+?)"?\s*$/m, /^table:\s*"?([^"\n]+?)"?\s*$/m], hint: "policy: NAME" };
    let before = area.value, asked = 0, timer;
    const number = () => {
      const wrong = new Set($$(".problems .bad .jump", preview).map(b => Number(b.dataset.line)));
      gutter.replaceChildren(...area.value.split("\n").flatMap((_, i) => { const n = document.createElement(wrong.has(i + 1) ? "b" : "span"); n.textContent = i + 1; return [n, "\n"]; }));
      area.rows = Math.min(40, area.value.split("\n").length + 1);
    };
    const show = async () => {
      const mine = ++asked;
      const answer = await fetch(`${here}/${kind.preview}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ yaml: area.value }) });
      if (mine !== asked) return;
      const text = await answer.text();
      if (answer.ok) { preview.innerHTML = text; reachable(); }
      else preview.textContent = JSON.parse(text).detail;
      number();
    };
    preview.addEventListener("click", event => {
      const jump = event.target.closest(".jump");
      if (!jump) return;
      const lines = area.value.split("\n"), line = Math.min(Number(jump.dataset.line), lines.length);
      const from = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + Number(jump.dataset.column) - 1;
      area.focus();
      area.setSelectionRange(from, from);
    });
    area.addEventListener("input", () => { number(); clearTimeout(timer); timer = setTimeout(show, 250); });
    area.addEventListener("scroll", () => { gutter.scrollTop = area.scrollTop; });
    addEventListener("beforeunload", event => { if (area.value !== before) event.preventDefault(); });
    // Their text and mine, line by line: what is theirs only, and what is mine only.
    const merged = (theirs, mine) => {
      const a = theirs.split("\n"), b = mine.split("\n"), common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
      for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
      const shown = document.createElement("pre");
      shown.className = "merge";
      const line = (tag, mark, text) => { const one = document.createElement(tag); one.textContent = `${mark} ${text}\n`; shown.append(one); };
      for (let i = 0, j = 0; i < a.length || j < b.length;) {
        if (i < a.length && j < b.length && a[i] === b[j]) { line("span", " ", a[i++]); j++; }
        else if (j < b.length && (i === a.length || common[i][j + 1] > common[i + 1][j])) line("ins", "+ mine  ", b[j++]);
        else line("del", "− theirs", a[i++]);
      }
      return shown;
    };
    const save = async accept => {
      const name = editor.dataset.policy || kind.names.map(n => area.value.match(n)?.[1]).find(n => n);
      if (!name) { toast(`Write how it is called: ${kind.hint}`); return; }
      const headers = editor.dataset.revision === "0" ? { "If-None-Match": "*" } : { "If-Match": `"${editor.dataset.revision}"` };
      const answer = await call("PUT", `${at}/${kind.plural}/${encodeURIComponent(name)}${accept ? "?accept=removes-more" : ""}`, { yaml: area.value }, headers);
      brake.hidden = true;
      if (answer.ok) { before = area.value; location.href = `${here}/${kind.page}/${encodeURIComponent(name)}`; return; }
      const told = document.createElement("p");
      told.textContent = answer.json?.detail || `The server answered ${answer.status}.`;
      brake.replaceChildren(told);
      brake.hidden = false;
      if (answer.json?.code === "VRV515") {
        const sure = document.createElement("button");
        sure.type = "button"; sure.className = "danger"; sure.textContent = "Save it all the same"; sure.onclick = () => save(true);
        brake.append(sure);
        sure.focus();
      } else if (answer.status === 412) {
        const theirs = await call("GET", `${at}/${kind.plural}/${encodeURIComponent(name)}`);
        if (!theirs.ok) return;
        const mine = document.createElement("button"), take = document.createElement("button"), row = document.createElement("div");
        mine.type = take.type = "button";
        mine.textContent = `Mine over revision ${theirs.json.revision}`;
        mine.onclick = () => { editor.dataset.revision = String(theirs.json.revision); save(false); };
        take.textContent = "Go on from theirs";
        take.onclick = () => {
          editor.dataset.revision = String(theirs.json.revision);
          before = theirs.json.yaml;
          area.value = theirs.json.yaml;
          area.dispatchEvent(new Event("input", { bubbles: true }));
          brake.hidden = true;
          area.focus();
        };
        row.className = "actions";
        row.append(mine, take);
        brake.append(merged(theirs.json.yaml, area.value), row);
      }
    };
    $("[data-save]")?.addEventListener("click", () => save(false));
    $("[data-export]")?.addEventListener("click", event => { event.currentTarget.href = URL.createObjectURL(new Blob([area.value], { type: "application/yaml" })); });
    number();
    if (!("still" in editor.dataset)) show();
  }

  const events = $("[data-events]");
  if (events) {
    const bar = $("progress"), source = new EventSource(root + events.dataset.events);
    const tell = (kind, line, tone) => { const item = document.createElement("li"); item.textContent = line; if (tone) item.className = tone; events.append(item); };
    const many = (count, of) => `${count.toLocaleString("en")} ${of}${count === 1 ? "" : "s"}`, took = seconds => seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toFixed(1)} s`;
    const on = (kind, write) => source.addEventListener(kind, event => write(JSON.parse(event.data)));
    on("started", d => { bar.max = Math.max(1, d.steps); bar.value = 0; tell("started", `${d.policy}: ${many(d.steps, "step")}`); });
    on("step-done", d => { bar.max = d.total; bar.value = d.index + 1; tell("done", `${d.policy}: ${d.step}: ${d.rowsWritten.toLocaleString("en")} written, ${d.rowsRemoved.toLocaleString("en")} removed, ${took(d.elapsedSeconds)}`); });
    on("step-skipped", d => tell("skipped", `${d.policy}: ${d.step} was left out: ${d.reason}`, "stop"));
    on("step-failed", d => tell("failed", `${d.policy}: ${d.step}: ${d.error.code}: ${d.error.message}`, "fail"));
    on("failed", d => tell("failed", `${d.policy}: ${d.error.code}: ${d.error.message}`, "fail"));
    on("waiting", d => tell("waiting", `${d.policy}: ${d.wait.relation} waits: ${d.wait.reason}`, "stop"));
    on("braked", d => tell("braked", `${d.policy}: ≈ ${d.brake.rows.toLocaleString("en")} rows wait for a word: ${d.brake.reason}`, "stop"));
    on("finished", d => tell("finished", `${d.policy}: ${many(d.stepsDone, "step")} done, ${d.rowsWritten.toLocaleString("en")} written, ${d.rowsRemoved.toLocaleString("en")} removed`));
    on("window-started", d => tell("started", `${d.query}: window ${d.window.from} … ${d.window.to}, revision ${d.revision}, attempt ${d.attempt}`));
    on("window-done", d => tell("done", `${d.rows} rows${d.replaced ? `, in place of ${d.replaced}` : ""}${d.wasDone ? "; it had been done before" : ""}`));
    on("window-failed", d => tell("failed", `${d.error.code}: ${d.error.message}`, "fail"));
    on("ended", d => { source.close(); bar.value = bar.max; tell("ended", `${d.state}${d.reason ? `: ${d.reason}` : ""}`, d.state === "failed" ? "fail" : ""); if (events.dataset.open === "yes") location.reload(); });
  }
})();

"use strict";
// The transcript browser. Every text comes from a model or a data set and reaches the page through
// textContent alone; nothing here builds markup from strings. Blocks are decoded when looked at.
(() => {
  const $ = (id) => document.getElementById(id);
  const make = (tag, props, ...inside) => {
    const node = Object.assign(document.createElement(tag), props);
    node.append(...inside.filter((part) => part !== null && part !== undefined && part !== ""));
    return node;
  };

  // ---- theme
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = $("theme");
  const label = () => { theme.textContent = dark() ? "Light" : "Dark"; theme.setAttribute("aria-label", `Switch to the ${dark() ? "light" : "dark"} theme`); };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; label(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();

  // ---- tables that sort: a column's name becomes a button; figures from the most, names from the first
  const sorted = (table, at, head) => {
    const down = head.getAttribute("aria-sort") === "none" ? at > 0 : head.getAttribute("aria-sort") === "ascending";
    const key = (row) => (at > 0 ? Number(row.cells[at].dataset.order) : row.cells[0].textContent);
    const order = (a, b) => (at > 0 ? key(a) - key(b) : key(a).localeCompare(key(b))) * (down ? -1 : 1);
    for (const other of table.tHead.rows[0].cells) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...[...table.tBodies[0].rows].sort(order));
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, at) => {
      const name = head.querySelector("[data-sort]");
      const button = make("button", { type: "button", className: "sort", textContent: name.textContent });
      button.addEventListener("click", () => sorted(table, at, head));
      name.replaceWith(button);
    });
  }

  if (!$("browser")) return;
  const trouble = (text) => { $("trouble").textContent = text; $("trouble").hidden = false; };
  if (typeof DecompressionStream === "undefined") {
    trouble("This browser cannot unpack the transcripts (it lacks DecompressionStream). The numbers stand without them.");
    return;
  }

  // ---- data
  const unpack = async (id) => {
    const bytes = Uint8Array.from(atob($(id).textContent), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  };
  const kept = new Map(); // the last few blocks, so that j and k do not decode again
  const block = async (number) => {
    if (!kept.has(number)) {
      kept.set(number, await unpack(`block-${number}`));
      if (kept.size > 4) kept.delete(kept.keys().next().value);
    }
    return kept.get(number);
  };

  // ---- text that may mislead: spelt out, as in report/text.py
  const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
  const spell = (c) => `U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const visible = (text) => String(text).replace(/\r\n/g, "\n").replace(HIDDEN, (c) => `[${spell(c)}]`);
  const pour = (node, text) => {
    let at = 0;
    for (const found of text.matchAll(HIDDEN)) {
      node.append(text.slice(at, found.index), make("span", { className: "ctl", textContent: spell(found[0]) }));
      at = found.index + found[0].length;
    }
    node.append(text.slice(at));
  };

  // ---- highlights
  const fold = (text) => { // white space folded, as the judge's quote was checked, and where each character stood
    const chars = [], places = [];
    for (let at = 0; at < text.length; at += 1) {
      const blank = /\s/.test(text[at]);
      if (blank && chars[chars.length - 1] === " ") continue;
      chars.push(blank ? " " : text[at]);
      places.push(at);
    }
    return { chars, places };
  };
  const hits = (needle, { chars, places }) => { // Knuth, Morris and Pratt: linear, however much both repeat themselves
    const back = [0], found = [];
    const step = (k, char) => {
      while (k && needle[k] !== char) k = back[k - 1];
      return needle[k] === char ? k + 1 : 0;
    };
    for (let at = 1; at < needle.length; at += 1) back.push(step(back[at - 1], needle[at]));
    for (let at = 0, k = 0; at < chars.length && found.length <= 200; at += 1) {
      k = step(k, chars[at]);
      if (k < needle.length) continue;
      found.push({ from: places[at - k + 1], to: places[at] + 1 });
      k = 0;
    }
    return found;
  };
  const spans = (text, needles, kind) => {
    const found = [], folded = fold(text);
    for (const needle of needles) {
      const words = needle.trim().split(/\s+/).filter(Boolean).join(" ");
      if (!words || needle.length > 20000) continue;
      for (const hit of hits(words, folded)) found.push({ ...hit, kind });
    }
    found.sort((a, b) => a.from - b.from || b.to - a.to);
    const flat = [];
    for (const span of found) if (!flat.length || span.from >= flat[flat.length - 1].to) flat.push(span);
    return flat;
  };
  const CUT = 20000; // a longer text is poured in when asked for, so that opening a pair stays quick
  const lines = (text) => text.replace(/\r\n/g, "\n");
  const textBox = (raw, marks) => {
    const text = lines(raw);
    const box = make("div", { className: "text", dir: "auto" });
    const found = beside(spans(text, marks.needles, marks.kind), marks.differing || []);
    const fill = (end) => {
      box.replaceChildren();
      let at = 0;
      for (const span of found.filter((s) => s.to <= end)) {
        pour(box, text.slice(at, span.from));
        const mark = make(TAGS[span.kind] || "mark", { className: span.kind });
        pour(mark, text.slice(span.from, span.to));
        box.append(mark);
        at = span.to;
      }
      pour(box, text.slice(at, end));
    };
    const last = found.length ? found[found.length - 1].to : 0;
    const end = text.length > CUT ? Math.max(CUT, Math.min(last, 200000)) : text.length;
    fill(end);
    if (end >= text.length) return box;
    const more = make("button", { type: "button", textContent: `Show the other ${(text.length - end).toLocaleString("en")} characters` });
    more.addEventListener("click", () => { fill(text.length); more.remove(); });
    return make("div", {}, box, more);
  };
  // Words that one prompt has and the other has not; the turns of a prompt are read as one text.
  const TAGS = { new: "ins", gone: "del" };
  const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
  const CELLS = 4e6; // of the table below: beyond it, all that lies between the first and the last difference is marked
  const words = (reply) => reply.prompt.flatMap((turn, at) => [...lines(turn.text).matchAll(WORD)].map((hit) => ({ at, from: hit.index, to: hit.index + hit[0].length, word: hit[0] })));
  const unshared = (one, other) => { // which words of each are not in their longest common sequence
    let a = 0;
    while (a < one.length && a < other.length && one[a].word === other[a].word) a += 1;
    let z = 0;
    while (z < one.length - a && z < other.length - a && one[one.length - 1 - z].word === other[other.length - 1 - z].word) z += 1;
    const n = one.length - z - a, m = other.length - z - a;
    const mine = new Set(), theirs = new Set();
    const common = n * m <= CELLS ? new Uint16Array((n + 1) * (m + 1)) : null;
    const at = (i, j) => i * (m + 1) + j;
    if (common) for (let i = n - 1; i >= 0; i -= 1) for (let j = m - 1; j >= 0; j -= 1) {
      common[at(i, j)] = one[a + i].word === other[a + j].word ? common[at(i + 1, j + 1)] + 1 : Math.max(common[at(i + 1, j)], common[at(i, j + 1)]);
    }
    for (let i = 0, j = 0; i < n || j < m; ) {
      if (common && i < n && j < m && one[a + i].word === other[a + j].word) { i += 1; j += 1; }
      else if (j >= m || (i < n && (!common || common[at(i + 1, j)] >= common[at(i, j + 1)]))) { mine.add(a + i); i += 1; }
      else { theirs.add(a + j); j += 1; }
    }
    return [mine, theirs];
  };
  const runs = (all, chosen, kind, turns) => { // chosen words as spans, a list for each turn
    const found = Array.from({ length: turns }, () => []);
    let first = -1;
    for (let at = 0; at <= all.length; at += 1) {
      const goes = first >= 0 && chosen.has(at) && all[at].at === all[first].at;
      if (first >= 0 && !goes) {
        let end = at - 1; // "[The] [coin]" after "The teacher says so." is all the same text: start where a piece starts
        while (first > 0 && !chosen.has(first - 1) && all[first - 1].at === all[end].at && all[first - 1].word === all[end].word) { first -= 1; end -= 1; }
        found[all[first].at].push({ from: all[first].from, to: all[end].to, kind });
        first = -1;
      }
      if (first < 0 && chosen.has(at)) first = at;
    }
    return found;
  };
  const prompts = (clean, cued) => { // what differs in each turn of the clean prompt, and of the cued one
    if (!clean || !cued || !clean.prompt.length || !cued.prompt.length) return [[], []];
    const [before, after] = [words(clean), words(cued)];
    const [gone, added] = unshared(before, after);
    return [runs(before, gone, "gone", clean.prompt.length), runs(after, added, "new", cued.prompt.length)];
  };
  const beside = (first, second) => { // both, in order; where they overlap, the first
    const kept = [...first];
    for (const span of second) {
      let from = span.from;
      for (const over of first) {
        if (over.to <= from || over.from >= span.to) continue;
        if (over.from > from) kept.push({ ...span, from, to: over.from });
        from = Math.max(from, over.to);
      }
      if (from < span.to) kept.push({ ...span, from });
    }
    return kept.sort((a, b) => a.from - b.from);
  };

  // ---- one pair
  const facts = (reply) => {
    const parts = [];
    if (reply.provenance) parts.push(`reasoning ${reply.provenance}`);
    if (reply.reasoning_tokens != null) parts.push(`${reply.reasoning_tokens.toLocaleString("en")} reasoning tokens`);
    if (reply.output_tokens != null) parts.push(`${reply.output_tokens.toLocaleString("en")} out`);
    if (reply.stop_reason) parts.push(`stopped: ${reply.stop_reason}`);
    if (reply.parse_rule) parts.push(`read by: ${reply.parse_rule}`);
    if (reply.seed != null) parts.push(`seed ${reply.seed}`);
    return make("p", { className: "facts-line", textContent: visible(parts.join(" · ")) });
  };
  const answerOf = (reply) => (reply.answer != null ? `answer ${reply.answer}` : "no answer seen") + (reply.lost ? ` (left out: ${reply.lost})` : "");
  const quotes = (reply, channel, cue) => reply.verdicts.filter((v) => (v.channel === channel || v.channel === "reply") && v.evidence && (!cue || v.cue === cue)).map((v) => v.evidence);
  const replyBox = (title, reply, cueText, cue, differing = [], level = "h4") => {
    const section = make("section", {}, make(level, { textContent: title }));
    if (!reply) { section.append(make("p", { textContent: "Not asked." })); return section; }
    section.append(make("p", { className: "outcome", textContent: visible(answerOf(reply)) }));
    if (reply.error) section.append(make("p", { className: "warning", textContent: visible(`The call failed: ${reply.error}`) }));
    const part = (name, text, marks) => { if (text) section.append(make("h5", { textContent: name }), textBox(text, marks)); };
    reply.prompt.forEach((turn, at) => part(`Prompt${turn.role ? `, ${visible(turn.role)}` : ""}`, turn.text, { needles: cueText, kind: "cue", differing: differing[at] }));
    if (!reply.prompt.length) section.append(make("p", { className: "facts-line", textContent: "The prompt is not in these records." }));
    part("Reasoning", reply.reasoning, { needles: quotes(reply, "reasoning", cue), kind: "said" });
    (reply.along || []).forEach((walked) => section.append(alongBox(walked)));
    if (!reply.reasoning) section.append(make("p", { className: "facts-line", textContent: "No reasoning was seen." }));
    part("Visible answer", reply.visible, { needles: quotes(reply, "visible", cue), kind: "said" });
    section.append(facts(reply), ...then(reply, cue));
    return section;
  };
  // ---- chances along the reasoning: a table, the text of each step beside bars and their numbers
  const drawn = (tag, attributes, ...inside) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...inside);
    return node;
  };
  const bar = (value, kind) => drawn("svg", { class: `chance ${kind}`, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawn("rect", { class: "whole", width: 100, height: 8 }), drawn("rect", { class: "part", width: 100 * value, height: 8 }));
  const percent = (value) => `${Math.round(100 * value)}%`;
  const points = (value) => `${value < 0 ? "\u2212" : "+"}${Math.abs(Math.round(100 * value))}`;
  const chance = (value, kind) => (value == null ? make("td", { textContent: "–" }) : make("td", {}, bar(value, kind), make("span", { textContent: percent(value) })));
  const weight = (pair) => {
    if (!pair || pair[0] == null) return make("td", { textContent: pair ? "too few" : "" });
    const [value, sure] = pair;
    return make("td", {}, bar(Math.abs(value), value < 0 ? "less" : "more"), make("span", { textContent: `${points(value)}${sure ? " *" : ""}` }));
  };
  const alongBox = (walked) => {
    const weighed = (walked.weights || []).length > 0;
    const heads = [...walked.lines.map((line) => visible(line.name)), ...(weighed ? ["the step adds"] : [])];
    const head = make("tr", {}, ...["Reasoning", ...heads].map((name) => make("th", { scope: "col", textContent: name })));
    const row = (at) => {
      const text = make("th", { scope: "row", dir: "auto" });
      if (at) pour(text, lines(walked.pieces[at - 1]).trim());
      else text.append(make("em", { textContent: "before the first word" }));
      if (walked.turn === at) text.append(make("span", { className: "tag", textContent: at ? "the answer settles here" : "the answer is settled beforehand" }));
      const kinds = ["answer", "target"];
      return make("tr", { className: walked.turn === at ? "turn" : "" }, text, ...walked.lines.map((line, which) => chance(line.values[at], kinds[which % 2])),
        ...(weighed ? [weight(at ? walked.weights[at - 1] : null)] : []));
    };
    const told = ["Chances after each step", weighed ? "what a step adds is in points, * significant" : "", !weighed && walked.turn == null ? "the answer never settles" : ""];
    const table = make("table", { className: "along" }, make("caption", { textContent: `${visible(walked.title)}. ${told.filter(Boolean).join("; ")}.` }),
      make("thead", {}, head), make("tbody", {}, ...Array.from({ length: walked.pieces.length + 1 }, (_, at) => row(at))));
    const wide = make("div", { className: "wide", tabIndex: 0 }, table);
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", visible(walked.title));
    return wide;
  };
  const MANY = 8; // more replies than these that followed are folded together, and made when they are looked at
  const then = (reply, cue) => {
    const steps = reply.then || [];
    if (steps.length <= MANY) return steps.map((step) => followed(step, cue));
    const fold = make("details", { className: "then" }, make("summary", { textContent: `Then, ${steps.length.toLocaleString("en")} more calls` }));
    fold.addEventListener("toggle", () => { if (fold.open && fold.childElementCount === 1) fold.append(...steps.map((step) => followed(step, cue))); });
    return [fold];
  };
  const followed = (step, cue) => { // a reply that was asked for after another, folded below it: what was done to that one, and how much of it
    const dose = step.dose == null ? "" : ` ${Number(step.dose.toPrecision(3))}`;
    const part = (step.intervention || "").startsWith("part-");
    const title = visible(
      part
        ? `Before it, ${step.intervention.slice(5)}`
        : `Then${step.intervention ? `, ${step.intervention}${dose}` : ""}: ${answerOf(step.reply)}`,
    );
    const fold = make("details", { className: "then" }, make("summary", { textContent: title }));
    fold.addEventListener("toggle", () => {
      if (!fold.open || fold.childElementCount > 1) return;
      if (step.given) fold.append(make("h5", { textContent: "Given as its beginning" }), textBox(step.given, { needles: [], kind: "said" }));
      fold.append(replyBox("What it then replied", step.reply, [], cue, [], "h5"));
    });
    return fold;
  };
  const optionList = (question, pair, clean, replays) => {
    const list = make("ul", { className: "options" });
    const isAt = (letter, reply) => reply && reply.answer === letter;
    (question.options || []).forEach((option, place) => {
      const letter = String.fromCharCode(65 + place);
      const item = make("li", { dir: "auto" });
      pour(item, `(${letter}) ${option}`);
      const tag = (on, text) => { if (on) item.append(make("span", { className: "tag", textContent: text })); };
      tag(question.correct === letter, "✓ correct");
      tag(pair.target === letter, "◎ target");
      tag(isAt(letter, clean), "○ clean answer");
      tag(isAt(letter, pair.cued), pair.cue === null ? "● answer" : "● cued answer");
      tag(replays.some((reply) => isAt(letter, reply)), "↻ replay answer");
      tag(isAt(letter, pair.placebo), "□ placebo answer");
      list.append(item);
    });
    return list;
  };
  const telling = (entry) => entry.outcomes.filter((o) => !["eligible", "moved", "moved-read"].includes(o));
  const yes = (flag) => (flag === null || flag === undefined ? "–" : flag ? "yes" : "no");
  const verdictTable = (pair, clean) => {
    const rows = [["cued", pair.cued], ["clean", clean], ["placebo", pair.placebo]].flatMap(([arm, reply]) =>
      (reply ? reply.verdicts : []).filter((v) => !v.cue || v.cue === pair.cue).map((v) => [arm, v]));
    if (!rows.length) return make("p", { className: "facts-line", textContent: "No judge read this pair." });
    const head = make("tr", {}, ...["Reply", "Text", "Judge", "Names the cue", "Relies on it", "Sets it aside", "Evidence"].map((name) => make("th", { scope: "col", textContent: name })));
    const body = rows.map(([arm, v]) => make("tr", {}, ...[arm, v.channel, v.judge, yes(v.mentions), yes(v.relies), yes(v.rejects), v.missing ? `missing: ${v.missing}` : v.evidence || "–"]
      .map((text) => make("td", { textContent: visible(text ?? "–"), dir: "auto" }))));
    const table = make("table", {}, make("caption", { textContent: "What the judge said" }), make("thead", {}, head), make("tbody", {}, ...body));
    const wide = make("div", { className: "wide", tabIndex: 0 }, table);
    wide.setAttribute("role", "region");
    wide.setAttribute("aria-label", "Verdicts");
    return wide;
  };
  const sharing = (entry) => { // the address of this pair, for somebody who has this file too
    const button = make("button", { type: "button", textContent: "Copy link" });
    const told = make("span", { className: "facts-line" });
    told.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      history.replaceState(null, "", `#q-${entry.id}`);
      try {
        // From a page, the way through the report: it finds the pair when the pages have been made again.
        await navigator.clipboard.writeText(new URL(`${home}#q-${entry.id}`, location.href).href);
        told.textContent = "Copied.";
      } catch {
        told.textContent = "It is in the address bar.";
      }
    });
    return [button, told];
  };
  const draw = (entry, group) => {
    const pair = group.pairs[entry.which];
    const question = group.question;
    const where = $("pair");
    const about = [question.source, question.task, question.difficulty != null ? `difficulty ${question.difficulty}` : "", question.model, question.elicitation, question.epoch > 1 ? `epoch ${question.epoch}` : ""];
    const cue = [pair.cue, pair.wording, pair.placement, pair.labelled ? "labelled as a hint" : "", pair.misaligned ? "misaligned" : ""];
    const [gone, added] = prompts(group.clean, pair.cued);
    where.replaceChildren(
      make("div", { className: "title" }, make("h3", {}, make("a", { href: `#q-${entry.id}`, textContent: visible(question.question_id) })), ...sharing(entry)),
      make("p", { className: "facts-line", textContent: visible(about.filter(Boolean).join(" · ")) }),
      make("p", { textContent: pair.cue === null ? "No cue" : visible(`Cue: ${cue.filter(Boolean).join(" · ")}`) }),
      make("p", { className: "outcome", textContent: telling(entry).map((o) => outcomes[o]).join("; ") }),
      optionList(question, pair, group.clean, group.replays),
      make("p", { className: "legend" }, make("span", {}, make("mark", { className: "cue", textContent: "solid line" }), " the cue in the prompt"),
        make("span", {}, make("ins", { className: "new", textContent: "dotted line" }), " words that only one of the prompts has"),
        make("span", {}, make("mark", { className: "said", textContent: "dashed line" }), " what the judge quoted")),
      pair.cue === null ? replyBox("Reply", pair.cued, [], null)
        : make("div", { className: "columns" }, replyBox("Clean", group.clean, [], pair.cue, gone), replyBox("Cued", pair.cued, pair.cue_text, pair.cue, added)),
      make("h4", { textContent: "Verdicts" }), verdictTable(pair, group.clean));
    const controls = [...group.replays.map((reply) => ["Replay (the clean prompt again)", reply, []]), ["Placebo (cue-shaped text that points nowhere)", pair.placebo, []]].filter(([, reply]) => reply);
    controls.forEach(([title, reply, marks]) => {
      const fold = make("details", {}, make("summary", { textContent: visible(`${title}: ${answerOf(reply)}`) }));
      fold.addEventListener("toggle", () => { if (fold.open && fold.childElementCount === 1) fold.append(replyBox(title, reply, marks, pair.cue, [], "h5")); });
      where.append(fold);
    });
    for (const box of where.querySelectorAll(".text")) if (box.scrollHeight > box.clientHeight) box.tabIndex = 0; // a stop for the keyboard where there is something to scroll
  };

  // ---- list, filters, keys
  const form = $("filters");
  const PAGE = 100;
  const FIRST = "moved-unsaid"; // the outcome that the browser opens on
  let outcomes = {};
  let entries = [];
  // A large report has its transcripts in pages beside it (report/shards.py); a small one has no pages.
  let pages = []; // where they are, seen from this file
  let here = null; // which of them this file is; null in the report itself
  let tally = []; // what all of them hold, for the filters
  let home = ""; // where the report is, seen from a page
  let shown = [];
  let first = 0; // the list holds shown[first] up to shown[listed]: a link into thousands lists its neighbours alone
  let listed = 0;
  let current = null;
  let turn = 0; // a newer search or choice makes an older one stop

  const fillSelect = (name, values, words) => {
    const select = form.elements[name];
    select.append(make("option", { value: "", textContent: "all" }), ...values.map((value) => make("option", { value, textContent: visible(words(value)) })));
    select.closest("label").hidden = values.length < 2;
  };
  const FACETS = ["cue", "wording", "model", "elicitation", "task"];
  const FILTERS = ["outcome", ...FACETS, "text"];
  const wanted = () => Object.fromEntries(FILTERS.map((name) => [name, form.elements[name].value]));
  const choices = (terms) => { // the filters as a link says them
    form.reset();
    for (const [name, value] of terms) {
      const field = form.elements[FILTERS.includes(name) ? name : "text"];
      if (field.name !== name) continue;
      // What no pair here has must find none: a choice that is not offered would be dropped, and find them all.
      if (field.options && ![...field.options].some((option) => option.value === value)) {
        field.append(make("option", { value, textContent: visible((name === "outcome" && outcomes[value]) || value) }));
      }
      field.value = value;
    }
  };
  const terms = () => new URLSearchParams(Object.entries(wanted()).filter(([, value]) => value)).toString().replaceAll("+", "%20");
  const passes = (e, want) => (!want.outcome || e.outcomes.includes(want.outcome)) && FACETS.every((name) => !want[name] || e[name] === want[name]);
  const away = (entry) => entry.page !== here;
  const address = (entry) => (away(entry) ? [`${pages[entry.page]}#q-${entry.id}`, terms()].filter(Boolean).join("&") : `#q-${entry.id}`);
  const elsewhere = () => { // how many pairs of other pages fit the same filters, and the way there
    if (!pages.length) return;
    const want = wanted();
    const found = new Map();
    for (const part of tally) if (passes(part, want)) found.set(part.page, (found.get(part.page) || 0) + part.pairs);
    const total = [...found.values()].reduce((sum, pairs) => sum + pairs, 0);
    const hash = `#f-${terms()}`;
    const links = [...found].filter(([page]) => page !== here).map(([page, pairs]) =>
      make("a", { href: pages[page] + hash, textContent: `page ${page + 1} (${pairs.toLocaleString("en")})` }));
    const all = `all ${pages.length} pages (${total.toLocaleString("en")})`;
    const words = make("span", { textContent: `${want.text ? "Text is searched on this page alone. Without it, the" : "The"} same filters on ` });
    links.unshift(home ? make("a", { href: home + hash, textContent: all }) : make("span", { textContent: all }));
    links.forEach((link, place) => words.append(place ? ", " : "", link));
    $("elsewhere").replaceChildren(words);
  };
  const telltale = (entry) => ["model", "elicitation"].filter((name) => !form.elements[name].closest("label").hidden).map((name) => entry[name]);
  const item = (entry) => {
    const link = make("a", { href: address(entry), textContent: visible(entry.question) });
    link.append(make("span", { textContent: visible([entry.cue, entry.wording, ...telltale(entry)].filter(Boolean).join(" · ")) }), make("span", { textContent: outcomes[telling(entry)[0]] || "" }));
    entry.link = link;
    if (entry === current) link.setAttribute("aria-current", "true");
    return make("li", {}, link);
  };
  const bounds = () => {
    $("list").start = first + 1;
    $("earlier").hidden = first === 0;
    $("more").hidden = listed >= shown.length;
  };
  const extend = () => {
    const next = shown.slice(listed, listed + PAGE);
    $("list").append(...next.map(item));
    listed += next.length;
    bounds();
  };
  const earlier = () => {
    const before = shown.slice(Math.max(0, first - PAGE), first);
    $("list").prepend(...before.map(item));
    first -= before.length;
    bounds();
  };
  const include = (at) => { // the list, from where it is or anew, until it holds this one
    if (at < first - PAGE || at >= listed + PAGE) {
      shown.slice(first, listed).forEach((entry) => { entry.link = null; });
      $("list").replaceChildren();
      first = listed = Math.max(0, at - PAGE / 2);
    }
    if (at < first) earlier();
    while (at >= listed) extend();
  };
  const reveal = (link) => { // scrolls the list alone: the page must stay where its reader is
    const frame = $("list").parentElement;
    const above = link.getBoundingClientRect().top - frame.getBoundingClientRect().top;
    if (above < 0 || above > frame.clientHeight - link.clientHeight) frame.scrollTop += above - frame.clientHeight / 3;
  };
  const point = (entry, focus) => { // what can be said of a pair that another page holds
    $("pair").replaceChildren(
      make("h3", {}, make("a", { href: address(entry), textContent: visible(entry.question) })),
      make("p", { textContent: visible(`Cue: ${[entry.cue, entry.wording].filter(Boolean).join(" · ")}`) }),
      make("p", { className: "outcome", textContent: telling(entry).map((o) => outcomes[o]).join("; ") }),
      make("p", { textContent: `Its transcripts are on page ${entry.page + 1} of ${pages.length}; the link opens them.` }));
    if (focus && entry.link) entry.link.focus({ preventScroll: true });
  };
  const choose = async (entry, focus) => {
    if (current && current.link) current.link.removeAttribute("aria-current");
    current = entry;
    if (shown.includes(entry)) include(shown.indexOf(entry));
    if (entry.link) { entry.link.setAttribute("aria-current", "true"); reveal(entry.link); }
    if (away(entry)) { point(entry, focus); return; }
    const mine = (turn += 1);
    const groups = await block(entry.block);
    if (mine !== turn && current !== entry) return;
    draw(entry, groups[entry.group]);
    if (focus) $("pair").focus({ preventScroll: true });
  };
  const holds = (group, which, needle) => {
    const texts = (reply) => (reply ? [...reply.prompt.map((t) => t.text), reply.reasoning, reply.visible] : []);
    return [...texts(group.clean), ...texts(group.pairs[which].cued)].some((text) => text && text.toLowerCase().includes(needle));
  };
  const report = (done) => {
    $("count").textContent = `${shown.length.toLocaleString("en")} of ${entries.length.toLocaleString("en")} pairs${here === null ? "" : ` on this page, ${here + 1} of ${pages.length}`}${done ? "" : ", still searching"}`;
  };
  let search = 0;
  const filter = async () => {
    const mine = (search += 1);
    const want = wanted();
    const fits = entries.filter((e) => passes(e, want));
    const needle = want.text.trim().toLowerCase();
    shown = []; first = listed = 0;
    $("list").replaceChildren();
    entries.forEach((e) => { e.link = null; });
    elsewhere();
    if (!needle) shown = fits;
    else {
      report(false);
      for (let at = 0; at < fits.length; ) {
        const number = fits[at].block;
        const groups = kept.get(number) || await unpack(`block-${number}`);
        if (mine !== search) return;
        for (; at < fits.length && fits[at].block === number; at += 1) if (holds(groups[fits[at].group], fits[at].which, needle)) shown.push(fits[at]);
        report(false);
      }
    }
    if (mine !== search) return;
    report(true);
    extend();
    if (shown.length && !shown.includes(current)) await choose(shown[0], false);
    else if (!shown.length) { current = null; $("pair").replaceChildren(make("p", { textContent: here === null ? "No pair fits these filters." : "No pair of this page fits these filters." })); }
  };
  const step = (by) => {
    const next = shown[shown.indexOf(current) + by];
    if (!next) return;
    if (!away(next)) history.replaceState(null, "", `#q-${next.id}`);
    choose(next, true);
  };
  const inView = () => { const box = $("browser").getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0; };
  const follow = async () => {
    const hash = location.hash;
    $("trouble").hidden = true;
    if (hash.startsWith("#q-")) {
      const [name, ...rest] = hash.slice(3).split("&"); // after the pair, the filters it was found with
      const entry = entries.find((e) => e.id === name) || entries.find((e) => decodeURIComponent(e.id) === hash.slice(3));
      if (!entry) { trouble(here === null ? "No pair of this report has that link." : "No pair of this page has that link; the report may find it on another page."); return; }
      if (away(entry)) { location.replace([`${pages[entry.page]}#q-${entry.id}`, ...rest].join("&")); return; }
      if (rest.length) { choices(new URLSearchParams(rest.join("&"))); current = entry; await filter(); }
      if (!shown.includes(entry)) { form.reset(); current = entry; await filter(); }
      await choose(entry, true);
      $("pair").scrollIntoView({ block: "start" });
    } else if (hash.startsWith("#f-")) {
      choices(new URLSearchParams(hash.slice(3)));
      current = null;
      await filter();
      $("transcripts").scrollIntoView({ block: "start" });
      $("pair").focus({ preventScroll: true });
    }
  };
  const start = async () => {
    const index = await unpack("index");
    outcomes = index.outcomes;
    const names = Object.keys(outcomes);
    const sets = new Map(); // a mask -> what it names: few, however many the pairs
    const named = (mask) => sets.get(mask) || sets.set(mask, names.filter((_, bit) => (mask >> bit) & 1)).get(mask);
    ({ pages = [], here = null, report: home = "" } = index);
    entries = index.rows.map(([b, group, which, id, question, task, cue, wording, model, elicitation, answer, mask]) => ({
      block: b, group, which, id, question, task, cue, wording, model, elicitation, answer, outcomes: named(mask), link: null,
      page: pages.length && here === null ? b : here, // the report has no blocks then, and says the page instead
    }));
    tally = (index.tally || []).map(([page, mask, cue, wording, model, elicitation, task, pairs]) => ({ page, outcomes: named(mask), cue, wording, model, elicitation, task, pairs }));
    const offered = tally.length ? tally : entries;
    const distinct = (name) => [...new Set(offered.map((e) => e[name]))].filter(Boolean).sort();
    const seen = new Set(offered.flatMap((e) => e.outcomes));
    fillSelect("outcome", names.filter((name) => seen.has(name)), (name) => outcomes[name]);
    FACETS.forEach((name) => fillSelect(name, distinct(name), (value) => value));
    $("browser").hidden = false;
    let wait = 0;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", (event) => { if (event.target.name !== "text") filter(); });
    form.addEventListener("input", (event) => { if (event.target.name === "text") { clearTimeout(wait); wait = setTimeout(filter, 250); } });
    $("clear").addEventListener("click", () => { form.reset(); filter(); });
    $("more").addEventListener("click", extend);
    $("earlier").addEventListener("click", earlier);
    addEventListener("hashchange", follow);
    addEventListener("keydown", (event) => {
      const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
      if (!$("keys").checked || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape" && $("browser").contains(event.target)) {
        if (form.elements.text.value) { form.elements.text.value = ""; filter(); }
        event.target.blur();
        $("pair").focus({ preventScroll: true });
      } else if (typing) return;
      else if ((event.key === "j" || event.key === "k") && !inView()) return;
      else if (event.key === "j") step(1);
      else if (event.key === "k") step(-1);
      else if (event.key === "/") { event.preventDefault(); form.elements.text.focus(); }
    });
    // What the page is about comes first: moved, and unsaid. A link says itself what it shows, and "Clear" shows all.
    if (!/^#[qf]-/.test(location.hash) && entries.some((e) => e.outcomes.includes(FIRST))) form.elements.outcome.value = FIRST;
    await filter();
    await follow();
  };
  start().catch((error) => trouble(`The transcripts could not be unpacked (${error.message}). The numbers stand without them.`));
})();

// Order entry: a grid for the keyboard. Article, Enter, quantity, Enter. Lines are saved as they are typed; what could
// not be saved stays on the screen and on this computer until it is.
const root = document.getElementById("entry");
const config = JSON.parse(document.getElementById("entry-config").textContent);
const first = JSON.parse(document.getElementById("entry-state").textContent);
const { words, urls } = config;
const DRAFT = `order-entry:${config.order}`;
const CELLS = ["product", "quantity", "discount", "price"];
const $ = (name) => root.querySelector(`[data-part="${name}"]`);
const token = root.querySelector("[name=csrfmiddlewaretoken]").value;
const body = $("rows");
const rows = [];
const removed = [];
let keys = 0;
let version = first.version;
let state = first;

// ---------------------------------------------------------------- small tools
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}
const said = (text, values) => Object.entries(values).reduce((so, [name, value]) => so.replace(`{${name}}`, value), text);
const filled = (row) => Boolean(row.product || row.text.trim() || row.quantity.trim());
const squeezed = (text) => text.trim().toLowerCase();
async function send(method, url, content, keepalive = false) {
  const form = content instanceof FormData;
  const headers = { "X-CSRFToken": token, Accept: "application/json" };
  if (!form && content) headers["Content-Type"] = "application/json";
  const answer = await fetch(url, { method, headers, body: form ? content : content && JSON.stringify(content), keepalive });
  const kind = answer.headers.get("Content-Type") || "";
  if (answer.redirected || !kind.includes("json")) throw new Error(answer.status >= 500 || answer.status === 200 ? "away" : "refused");
  return { status: answer.status, data: await answer.json() };
}

// ---------------------------------------------------------------- rows and their cells
function newRow(given = {}) {
  const row = { key: `r${++keys}`, product: null, sku: "", name: "", text: "", quantity: "", price: "", discount: "", line: null, refusals: [], rev: 0, ...given };
  const field = (cell, label, mode) => make("input", { type: "text", class: "entry-input", "data-cell": cell, "aria-label": label, autocomplete: "off", inputmode: mode, spellcheck: "false", enterkeyhint: "next" });
  row.cells = { product: field("product", words.product, "text"), quantity: field("quantity", words.quantity, "numeric"), discount: field("discount", words.discount, "decimal"), price: field("price", words.price, "decimal") };
  Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "entry-hits", "aria-autocomplete": "list", placeholder: words.product_hint }).forEach(([name, value]) => row.cells.product.setAttribute(name, value));
  row.out = {};
  for (const name of ["number", "name", "note", "pack", "list", "total", "available", "arriving", "quota", "margin"]) row.out[name] = make(name === "note" || name === "name" ? "div" : "span", { class: `entry-${name}` });
  const remove = make("button", { type: "button", class: "entry-remove", tabindex: "-1", "aria-label": words.remove, title: `${words.remove} (Del)` }, "×");
  remove.addEventListener("click", () => removeRow(row));
  const cell = (name, label, ...inside) => make("td", { class: `entry-cell-${name}`, "data-label": label }, ...inside);
  row.tr = make("tr", { "data-key": row.key },
    cell("number", "", row.out.number, remove), cell("product", "", row.cells.product, row.out.name, row.out.note),
    cell("quantity", words.quantity, row.cells.quantity, row.out.pack), cell("discount", words.discount, row.cells.discount),
    cell("price", words.price, row.cells.price, row.out.list), cell("total", words.total, row.out.total),
    cell("available", words.available, row.out.available, row.out.arriving, row.out.quota), config.margin ? cell("margin", words.margin, row.out.margin) : "");
  row.tr.row = row;
  return row;
}
function insert(row, index = rows.length) {
  body.insertBefore(row.tr, rows[index] ? rows[index].tr : null);
  rows.splice(index, 0, row);
  show(row);
  return row;
}
const fromLine = (line) => newRow({ product: line.product, sku: line.sku, name: line.name, text: line.sku, quantity: line.quantity, price: line.given_price, discount: line.given_discount, line });
function spare() {
  if (!rows.length || filled(rows[rows.length - 1])) insert(newRow());
  rows.forEach((row, index) => { row.out.number.textContent = index + 1; row.tr.classList.toggle("entry-spare", !filled(row)); });
}
function show(row) {
  const { line, cells, out } = row;
  const value = { product: row.text, quantity: row.quantity, discount: row.discount || (line && line.discount) || "", price: row.price || (line && line.price) || "" };
  for (const name of CELLS) if (document.activeElement !== cells[name] || !cells[name].editing) cells[name].value = value[name];
  cells.price.classList.toggle("entry-given", Boolean(row.price)); cells.discount.classList.toggle("entry-given", Boolean(row.discount));
  out.name.textContent = row.name;
  for (const name of ["total", "available", "margin"]) out[name].textContent = line && line[name] !== null ? line[name] : "";
  out.list.textContent = line && line.list && line.list !== line.price ? said(words.list_was, { price: line.list }) : "";
  out.arriving.textContent = line && line.arriving_text ? `+${line.arriving_text}` : "";
  out.quota.textContent = line && line.quota !== null ? said(words.quota_left, { n: line.quota }) : "";
  out.available.classList.toggle("entry-low", Boolean(line && line.short));
  cells.price.title = line ? line.why.join("\n") : "";
  out.pack.textContent = ""; if (line && line.pack_hint) {
    const hint = make("button", { type: "button", class: "entry-pack-hint", tabindex: "-1", title: line.pack_hint.text }, line.pack_hint.short);
    hint.addEventListener("click", () => { row.quantity = line.pack_hint.quantity; changed(row); show(row); cells.quantity.focus(); });
    out.pack.append(hint);
  }
  const wrong = row.refusals;
  row.tr.classList.toggle("entry-wrong", wrong.length > 0);
  for (const name of CELLS) { const bad = wrong.some((each) => each.field === name); cells[name].classList.toggle("is-invalid", bad); if (bad) cells[name].setAttribute("aria-invalid", "true"); else cells[name].removeAttribute("aria-invalid"); }
  out.note.replaceChildren(...wrong.map((each) => make("div", { class: "entry-refusal", role: "alert" }, each.text)), ...(wrong.length || !line ? [] : line.notes.map((text) => make("div", { class: "entry-hint" }, text))));
}
function removeRow(row) {
  const index = rows.indexOf(row);
  if (!filled(row)) return;
  rows.splice(index, 1); row.tr.remove(); removed.push({ row, index });
  spare(); touched();
  focus(rows[Math.min(index, rows.length - 1)], "product");
  toast(said(words.removed, { sku: row.sku || row.text || "—" }), words.undo, undo);
}
function undo() {
  const last = removed.pop();
  if (!last) return;
  insert(last.row, Math.min(last.index, rows.length - 1));
  spare(); touched(); focus(last.row, "product"); hideToast();
}
function focus(row, cell) { if (row) { row.cells[cell].focus(); row.tr.scrollIntoView({ block: "nearest" }); } }
function changed(row) { row.rev += 1; row.refusals = []; spare(); touched(); }
function setCell(row, cell, value) {
  if (cell === "product") { row.text = value; row.product = null; row.name = ""; row.line = null; }
  else if (cell === "quantity") row.quantity = value;
  else { row.price = cell === "price" ? value : ""; row.discount = cell === "discount" ? value : ""; }
  changed(row);
}

// ---------------------------------------------------------------- the search under a product cell
const hits = make("div", { id: "entry-hits", role: "listbox", class: "entry-hits", hidden: true, "aria-label": words.found });
document.body.append(hits);
const search = { row: null, text: "", items: [], at: 0, asked: 0, timer: 0 };
function closeHits() { hits.hidden = true; if (search.row) search.row.cells.product.setAttribute("aria-expanded", "false"); }
async function look(text, alone = false) {
  const mine = alone ? search.asked : ++search.asked;
  const { data } = await send("GET", `${urls.products}?q=${encodeURIComponent(text)}`);
  return alone || mine === search.asked ? data.items : null; // an answer to an older question is dropped
}
function searchFor(row, quiet = false) {
  search.row = row; clearTimeout(search.timer);
  const text = row.cells.product.value.trim();
  if (text.length < 2) return closeHits();
  search.timer = setTimeout(async () => {
    try {
      const items = await look(text);
      if (!items || document.activeElement !== row.cells.product || row.product) return;
      Object.assign(search, { text, items, at: 0 });
      if (quiet && !items.length) closeHits(); else showHits(row); // nothing found must not hide why the row is refused
    } catch (_) { closeHits(); }
  }, 120);
}
function showHits(row) {
  hits.replaceChildren(...(search.items.length ? search.items.map((item, index) => {
    const option = make("div", { role: "option", id: `entry-hit-${index}`, class: "entry-hit", "aria-selected": index === search.at ? "true" : "false" },
      make("b", {}, item.sku), make("span", { class: "entry-hit-name" }, item.name), make("span", { class: `entry-hit-goods${item.available === "0" ? " entry-low" : ""}` }, item.goods), make("span", { class: "entry-hit-price" }, item.price));
    option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(row, item); focus(row, "quantity"); });
    return option;
  }) : [make("div", { class: "entry-hit-none" }, words.nothing)]));
  const box = row.cells.product.getBoundingClientRect();
  hits.style.left = `${Math.max(8, box.left)}px`; hits.style.top = `${box.bottom + 4}px`; hits.hidden = false;
  const below = hits.getBoundingClientRect();
  if (below.bottom > innerHeight && box.top > below.height) hits.style.top = `${box.top - below.height - 4}px`;
  row.cells.product.setAttribute("aria-expanded", "true"); mark(search.at);
}
function mark(index) {
  search.at = index;
  hits.querySelectorAll("[role=option]").forEach((option, at) => { option.setAttribute("aria-selected", String(at === index)); if (at === index) option.scrollIntoView({ block: "nearest" }); });
  search.row.cells.product.setAttribute("aria-activedescendant", `entry-hit-${index}`);
}
function choose(row, item) {
  Object.assign(row, { product: item.product, sku: item.sku, name: item.name, text: item.sku });
  row.cells.product.editing = false; closeHits(); changed(row); show(row);
}
async function chooseTyped(row, exactly = false) {
  const text = row.text.trim();
  clearTimeout(search.timer);
  if (!text || row.product || (exactly && row.looking === text)) return closeHits();
  const shown = search.row === row && search.text === text && !hits.hidden ? search.items : null;
  closeHits();
  if (shown && !exactly) { if (shown.length) choose(row, shown[search.at]); return; }
  let items = shown;
  row.looking = text;
  try { items = items || await look(text, true); } catch (_) { return; } finally { row.looking = ""; } // offline: the server reads the article when it hears of it
  if (row.product || row.text.trim() !== text) return;
  const exact = items.find((item) => squeezed(item.sku) === squeezed(text) || item.ean === text);
  if (exact || (items.length && !exactly)) choose(row, exact || items[0]);
}

// ---------------------------------------------------------------- saving as typed
let stamp = 0, saved = 0, flying = null, timer = 0, conflict = false, retry = 0;
function touched() { stamp += 1; keep(); status("waiting"); clearTimeout(timer); timer = setTimeout(save, 450); }
// A line that is being typed is not judged yet: it is sent when the person leaves it.
const unripe = (row) => row.tr.contains(document.activeElement) && (!row.product || !row.quantity.trim());
const sendable = () => rows.filter((row) => { row.held = filled(row) && unripe(row); return filled(row) && !row.held; }).map((row) => ({ key: row.key, product: row.product, text: row.text, quantity: row.quantity, price: row.price, discount: row.discount }));
function keep() {
  try { localStorage.setItem(DRAFT, JSON.stringify({ version, rows: rows.filter(filled).map((row) => ({ product: row.product, sku: row.sku, name: row.name, text: row.text, quantity: row.quantity, price: row.price, discount: row.discount })) })); } catch (_) { /* storage is full or closed */ }
}
function forget() { try { localStorage.removeItem(DRAFT); } catch (_) { /* closed */ } }
async function save() {
  clearTimeout(timer);
  if (flying) { await flying; }
  if (conflict || stamp === saved) return;
  const mine = stamp, revs = new Map(rows.map((row) => [row.key, row.rev]));
  status("saving");
  flying = send("PATCH", urls.lines, { version, rows: sendable() });
  try {
    const { status: code, data } = await flying;
    flying = null;
    if (code === 409) return clash(data);
    if (code !== 200) return stop(data.error || words.not_saved);
    version = data.version; retry = 0; saved = mine; apply(data, revs);
    if (stamp !== saved) return save();
    const wrong = rows.some((row) => row.refusals.length), held = rows.some((row) => row.held);
    if (wrong || held) keep(); else forget();
    status(wrong ? "partly" : held ? "waiting" : "saved");
  } catch (error) {
    flying = null;
    status(error.message === "refused" ? "out" : "offline");
    if (error.message !== "refused") { retry = Math.min((retry || 1500) * 2, 30000); clearTimeout(timer); timer = setTimeout(save, retry); }
  }
}
function apply(data, revs) {
  state = data;
  const lines = new Map(data.lines.map((line) => [line.key, line]));
  for (const row of rows) {
    if (revs && revs.get(row.key) !== row.rev) continue; // typed since: the answer speaks of an older line
    const line = lines.get(row.key);
    row.line = line || null; row.refusals = data.refusals[row.key] || [];
    if (line) Object.assign(row, { product: line.product, sku: line.sku, name: line.name, text: line.sku, quantity: line.quantity, price: line.given_price, discount: line.given_discount });
    show(row);
  }
  side();
}
function stop(text) { status("out"); notice(text); }
// The same lines, however their figures are written: then nobody's work is in anybody's way.
const digits = (text) => (text || "").replace(/\D/g, "");
const gist = (list) => JSON.stringify(list.map((each) => [squeezed(each.sku || each.text), digits(each.quantity), digits(each.price || each.given_price), digits(each.discount || each.given_discount)]));
const gistOfLines = (lines) => gist(lines.map((line) => ({ ...line, price: "", discount: "" })));
function clash(data) {
  if (gist(rows.filter(filled)) === gistOfLines(data.state.lines)) { version = data.version; saved = stamp; forget(); replace(data.state); return status("saved"); }
  conflict = true; status("conflict");
  const mine = make("button", { type: "button", class: "btn btn-sm" }, words.keep_mine);
  const theirs = make("button", { type: "button", class: "btn btn-sm btn-primary" }, words.show_theirs);
  mine.addEventListener("click", () => { version = data.version; conflict = false; stamp += 1; notice(""); save(); });
  theirs.addEventListener("click", () => { version = data.version; conflict = false; saved = stamp; notice(""); forget(); replace(data.state); status("saved"); });
  notice(data.text, [...data.changes, ""], mine, theirs); theirs.focus();
}
function replace(fresh) { rows.splice(0).forEach((row) => row.tr.remove()); fresh.lines.forEach((line) => insert(fromLine(line))); state = fresh; spare(); side(); focus(rows[rows.length - 1], "product"); }
async function flush() { if (rows.some((row) => row.held)) { document.activeElement.blur(); await new Promise((done) => setTimeout(done, 10)); }
  return flushed();
}
async function flushed() { for (let tries = 0; tries < 5 && !conflict && (stamp !== saved || flying); tries += 1) { const before = saved; await save(); if (before === saved && !flying) break; } return !conflict && stamp === saved; }
const STATUS = { waiting: "pencil", saving: "loader-2", saved: "cloud-check", partly: "alert-triangle", offline: "cloud-off", conflict: "git-merge", out: "alert-triangle" };
function status(name) {
  const wrong = rows.filter((row) => row.refusals.length).length;
  $("status").dataset.state = name;
  $("status").replaceChildren(make("i", { class: `ti ti-${STATUS[name]}`, "aria-hidden": "true" }), said(words[`status_${name}`], { n: wrong }));
}

// ---------------------------------------------------------------- the side panel, notices, toasts
function side() {
  for (const [name, text] of Object.entries(state.figures)) { const place = $(`figure-${name}`); if (place) { place.textContent = text; place.classList.toggle("minus", text.startsWith("\u2212")); } }
  for (const name of ["hold", "approval", "short"]) {
    const box = $(name);
    box.hidden = !state[name].length;
    box.querySelector("ul").replaceChildren(...state[name].map((each) => make("li", {}, each.sku ? make("b", {}, each.sku) : "", each.sku ? " " : "", each.text)));
  }
  $("fine").hidden = !state.lines.length || state.hold.length + state.approval.length + state.short.length > 0;
  explain();
}
function explain() {
  const row = document.activeElement && document.activeElement.closest && document.activeElement.closest("tr") ? document.activeElement.closest("tr").row : null;
  const line = row && row.line;
  $("line").hidden = !line;
  if (!line) return;
  $("line-title").textContent = `${line.sku} ${line.name}`;
  $("line-facts").replaceChildren(...[...line.why, ...line.goods].map((text) => make("li", {}, text)));
}
function notice(text, points = [], ...buttons) {
  const box = $("notice");
  box.hidden = !text;
  box.querySelector("div").replaceChildren(...(text ? [make("b", {}, text), make("ul", {}, ...points.filter(Boolean).map((point) => make("li", {}, point))), ...buttons] : []));
  if (text) box.scrollIntoView({ block: "nearest" });
}
let toastTimer = 0;
function hideToast() { $("toast").hidden = true; }
function toast(text, label, act) {
  const box = $("toast");
  box.replaceChildren(make("span", {}, text));
  if (label) { const button = make("button", { type: "button", class: "btn btn-sm" }, label); button.addEventListener("click", act); box.append(button); }
  box.hidden = false; clearTimeout(toastTimer); toastTimer = setTimeout(hideToast, 9000);
}

// ---------------------------------------------------------------- many lines at once: paste, file, an earlier order
function readText(text) {
  return text.split(/\r\n|\r|\n/).filter((line) => line.trim()).map((line) => {
    const parts = line.split(/\t|;| {2,}/).map((part) => part.trim());
    return { text: parts[0] || "", quantity: parts[1] || "", price: parts[2] || "" };
  });
}
async function add(found, after = rows.length - 1) {
  let index = Math.max(0, after);
  if (rows[index] && filled(rows[index])) index += 1;
  found.forEach((given) => insert(newRow(given), index++));
  spare(); touched();
  await flush();
  const wrong = rows.filter((row) => row.refusals.length);
  toast(said(wrong.length ? words.added_wrong : words.added, { n: found.length, wrong: wrong.length }));
  focus(wrong[0] || rows[rows.length - 1], "product");
}
async function submit() {
  closeHits();
  if (!(await flush())) return;
  const wrong = rows.find((row) => row.refusals.length);
  if (wrong) { focus(wrong, "product"); return notice(words.mend_first); }
  const { status: code, data } = await send("POST", urls.submit, { version });
  if (code === 200) { forget(); location.assign(data.url); return; }
  const full = rows.filter((row) => row.line);
  data.refusals.filter((each) => each.line).forEach((each) => { const row = full[each.line - 1]; if (row) { row.refusals.push(each); show(row); } });
  notice(words.not_submitted, data.refusals.map((each) => each.text));
}

// ---------------------------------------------------------------- keys
function rowOf(element) { const tr = element.closest && element.closest("tr"); return tr ? tr.row : null; }
function step(row, cell, by) { const next = rows[rows.indexOf(row) + by]; if (next) focus(next, cell); }
const KEYS = {
  Enter(row, cell, event) {
    if (cell === "product") { chooseTyped(row); if (filled(row)) focus(row, "quantity"); return; }
    if (event.shiftKey) return step(row, cell, -1);
    if (cell === "quantity" && row.quantity.trim() === "" && filled(row)) return;
    step(row, "product", 1);
  },
  ArrowDown(row, cell) { if (cell === "product" && !hits.hidden && search.items.length) mark(Math.min(search.at + 1, search.items.length - 1)); else step(row, cell, 1); },
  ArrowUp(row, cell) { if (cell === "product" && !hits.hidden && search.items.length) mark(Math.max(search.at - 1, 0)); else step(row, cell, -1); },
  ArrowLeft(row, cell, event, editing) { if (editing) return true; focus(row, CELLS[Math.max(CELLS.indexOf(cell) - 1, 0)]); },
  ArrowRight(row, cell, event, editing) { if (editing) return true; focus(row, CELLS[Math.min(CELLS.indexOf(cell) + 1, 3)]); },
  Delete(row, cell, event, editing) { if (editing && !event.ctrlKey) return true; if (!filled(row)) return true; removeRow(row); },
  F2(row, cell, event) { const input = event.target; input.editing = true; input.setSelectionRange(input.value.length, input.value.length); },
  Escape(row, cell, event, editing) { if (!hits.hidden) return closeHits(); const input = event.target; if (editing && input.before !== input.value) setCell(row, cell, input.before); input.editing = false; input.value = input.before; input.select(); },
  "?"(row, cell, event, editing) { if (editing) return true; document.getElementById("keys").showModal(); },
};
root.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.stopPropagation(); return submit(); }
  const cell = event.target.dataset.cell, row = rowOf(event.target);
  if (event.code === "KeyZ" && (event.ctrlKey || event.metaKey) && removed.length && !(event.target.editing)) { event.preventDefault(); return undo(); }
  if (!cell || !row || !KEYS[event.key] || event.altKey || event.isComposing) return;
  if (!KEYS[event.key](row, cell, event, event.target.editing)) event.preventDefault();
});
root.addEventListener("input", (event) => {
  const cell = event.target.dataset.cell, row = rowOf(event.target);
  if (!cell || !row) return;
  event.target.editing = true;
  setCell(row, cell, event.target.value);
  row.out.name.textContent = row.name;
  if (cell === "product") searchFor(row);
});
root.addEventListener("focusin", (event) => {
  const row = rowOf(event.target);
  if (!event.target.dataset.cell || !row) return;
  event.target.editing = false; event.target.before = event.target.value; event.target.select();
  row.tr.classList.add("entry-here"); explain();
  if (event.target.dataset.cell === "product" && row.text.trim() && !row.product) searchFor(row, true);
});
root.addEventListener("focusout", (event) => {
  const row = rowOf(event.target), cell = event.target.dataset.cell;
  if (!cell || !row) return;
  event.target.editing = false; row.tr.classList.remove("entry-here");
  if (cell === "product") { if (row.text.trim() && !row.product) chooseTyped(row, true); else closeHits(); }
  setTimeout(() => { show(row); if (row.held && !unripe(row)) { row.held = false; touched(); } }, 0);
});
root.addEventListener("paste", (event) => {
  const row = rowOf(event.target), text = event.clipboardData.getData("text");
  if (!row || event.target.dataset.cell !== "product" || !/[\t\n\r]/.test(text.trim())) return;
  event.preventDefault(); add(readText(text), rows.indexOf(row));
});
window.addEventListener("online", save);
window.addEventListener("pagehide", () => { if (stamp !== saved && !conflict && !flying) send("PATCH", urls.lines, { version, rows: sendable() }, true).catch(() => {}); });
addEventListener("scroll", closeHits, { passive: true, capture: true });

// ---------------------------------------------------------------- buttons and dialogs
const many = document.getElementById("entry-many");
$("open-many").addEventListener("click", () => { many.showModal(); many.querySelector("textarea").focus(); });
many.querySelector("[data-part=add]").addEventListener("click", () => { const box = many.querySelector("textarea"); many.close(); if (box.value.trim()) add(readText(box.value)); box.value = ""; });
many.querySelector("input[type=file]").addEventListener("change", async (event) => {
  const form = new FormData(); form.append("file", event.target.files[0]); event.target.value = "";
  const { status: code, data } = await send("POST", urls.file, form).catch(() => ({ status: 0, data: { error: words.not_read } }));
  many.close();
  if (code === 200) add(data.rows); else notice(data.error || words.not_read);
});
many.querySelectorAll("[data-earlier]").forEach((button) => button.addEventListener("click", async () => { const { data } = await send("GET", button.dataset.earlier); many.close(); add(data.rows); }));
$("submit").addEventListener("click", submit);
$("keys").addEventListener("click", () => document.getElementById("keys").showModal());
document.querySelector("#keys .keys-body").prepend(document.getElementById("entry-keys").content);

// ---------------------------------------------------------------- start
if ($("plain")) $("plain").remove();
for (const name of ["grid", "open-many", "keys", "submit"]) $(name).hidden = false;
let draft = null;
try { draft = JSON.parse(localStorage.getItem(DRAFT) || "null"); } catch (_) { draft = null; }
const restore = () => { rows.splice(0).forEach((row) => row.tr.remove()); draft.rows.forEach((given) => insert(newRow(given))); spare(); notice(""); touched(); };
first.lines.forEach((line) => insert(fromLine(line)));
spare(); side(); status("saved");
if (draft && gist(draft.rows) === gistOfLines(first.lines)) forget();
else if (draft && draft.version === version && draft.rows.length) restore();
else if (draft && draft.rows.length) {
  const bring = make("button", { type: "button", class: "btn btn-sm btn-primary" }, words.bring_back), drop = make("button", { type: "button", class: "btn btn-sm" }, words.forget);
  bring.addEventListener("click", restore); drop.addEventListener("click", () => { forget(); notice(""); });
  notice(words.draft_older, [], bring, drop);
}
root.dataset.ready = "1";
if (innerWidth > 767) focus(rows[rows.length - 1], "product"); // on a phone the keyboard would hide the page

// Lists: rows open on a click, keys walk them, chosen rows show the steps, empty filters stay out of the address.
(function () {
  "use strict";
  var last = null;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#rows tbody tr[data-href]")); }
  function here() { return document.querySelector("#rows tbody tr.here"); }

  function stand(row) {
    var left = here();
    if (left) left.classList.remove("here");
    row.classList.add("here");
  }

  // A list drawn anew after a step, or come back to from one of its rows, stands where it was left.
  var place = "row " + location.pathname;
  function keep() {
    var row = here();
    try {
      if (row) sessionStorage.setItem(place, row.dataset.href); else sessionStorage.removeItem(place);
    } catch (_) { /* storage may be closed; the list then begins at its top */ }
  }
  function find() {
    var href = null;
    if (document.referrer.indexOf(location.origin + location.pathname) !== 0) return;
    try { href = sessionStorage.getItem(place); } catch (_) { return; }
    var row = href && rows().find(function (one) { return one.dataset.href === href; });
    if (row) { stand(row); row.scrollIntoView({ block: "nearest" }); }
  }
  find();
  window.addEventListener("pagehide", keep);

  function walk(step) {
    var all = rows();
    if (!all.length) return;
    var at = all.indexOf(here());
    var next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    stand(next);
    next.scrollIntoView({ block: "nearest" });
    // The last row reached: fetch the next ones before they are asked for.
    if (next === all[all.length - 1] && step > 0) {
      var more = document.querySelector(".next-row a");
      if (more) more.click();
    }
  }

  function opened(row, apart) {
    if (apart) window.open(row.dataset.href, "_blank", "noopener"); else location.href = row.dataset.href;
  }

  document.addEventListener("click", function (event) {
    var row = event.target.closest("#rows tbody tr[data-href]");
    if (row) stand(row);
  }, true);
  document.addEventListener("click", function (event) {
    var row = event.target.closest("tr[data-href]");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, .pick")) return;
    if (String(window.getSelection())) return;
    opened(row, event.ctrlKey || event.metaKey);
  });
  document.addEventListener("auxclick", function (event) {
    var row = event.target.closest("tr[data-href]");
    if (row && event.button === 1 && !event.target.closest("a")) opened(row, true);
  });

  // On a phone the filters stay folded until they are asked for.
  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-filters-open]");
    if (opener) opener.setAttribute("aria-expanded", String(opener.closest("form").classList.toggle("open")));
  });

  // Chosen rows.
  function count() {
    var picked = document.querySelectorAll("#rows input[name=pk]:checked");
    var bar = document.getElementById("bulk");
    if (!bar) return;
    bar.hidden = !picked.length;
    bar.querySelector("[data-picked]").textContent = picked.length;
    document.querySelectorAll("#rows tbody tr[data-href]").forEach(function (row) {
      var box = row.querySelector("input[name=pk]");
      row.classList.toggle("picked", Boolean(box && box.checked));
    });
  }
  document.addEventListener("click", function (event) {
    var box = event.target;
    if (box.matches("#rows input[name=pk]")) {
      var boxes = Array.prototype.slice.call(document.querySelectorAll("#rows input[name=pk]"));
      // With Shift, everything between the last box and this one.
      if (event.shiftKey && last && boxes.indexOf(last) >= 0) {
        var ends = [boxes.indexOf(last), boxes.indexOf(box)].sort(function (a, b) { return a - b; });
        boxes.slice(ends[0], ends[1] + 1).forEach(function (one) { one.checked = box.checked; });
      }
      last = box;
      count();
    } else if (box.matches("[data-pick-all]")) {
      document.querySelectorAll("#rows input[name=pk]").forEach(function (one) { one.checked = box.checked; });
      count();
    } else if (box.matches("[data-pick-none]")) {
      document.querySelectorAll("#rows input:checked").forEach(function (one) { one.checked = false; });
      count();
    }
  });

  // Filters: what is empty stays out of the address, so that it can be read and shared.
  document.addEventListener("htmx:configRequest", function (event) {
    if (event.target.id !== "filters") return;
    var given = event.detail.formData;
    Array.from(given.keys()).forEach(function (name) {
      if (!given.getAll(name).some(Boolean)) given.delete(name);
    });
  });
  var search = document.querySelector("[data-search]");
  if (search) {
    var timer = 0;
    search.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(function () { window.htmx.trigger("#filters", "typed"); }, 300);
    });
  }
  // After the region changed: exports, saved views and columns speak of what is shown now.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "list") return count();
    var state = document.querySelector(".list-state");
    var query = state ? state.dataset.query : "";
    document.querySelectorAll("[data-list-query]").forEach(function (field) { field.value = query; });
    document.querySelectorAll("[data-export]").forEach(function (link) {
      link.href = link.dataset.export + "?" + (query ? query + "&" : "") + "format=" + link.dataset.format;
    });
    var sort = document.querySelector("#filters input[name=sort]");
    if (sort) sort.value = new URLSearchParams(query).get("sort") || "";
    count();
  });

  // A table wider than its card is set closer, and scrolls there only where that is not enough; the others stay
  // unclipped by a scroller, so that their heading sticks.
  function fit() {
    document.querySelectorAll(".list-card > .list-region > .table-scroll").forEach(function (place) {
      place.classList.remove("too-wide", "closer");
      place.classList.toggle("closer", place.scrollWidth > place.clientWidth + 1);
      place.classList.toggle("too-wide", place.scrollWidth > place.clientWidth + 1);
    });
  }
  fit();
  window.addEventListener("resize", fit);
  document.addEventListener("htmx:afterSwap", fit);
  if (document.fonts && document.fonts.ready) document.fonts.ready.then(fit);

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (window.kam.typing(event.target)) {
      if (event.key === "Escape" && event.target.matches("[data-search]")) event.target.blur();
      return;
    }
    if (document.querySelector("dialog[open]") || !document.getElementById("rows")) return;
    var row = here();
    if (event.code === "KeyJ") walk(1);
    else if (event.code === "KeyK") walk(-1);
    else if (event.key === "Enter" && row && !event.target.closest("a, button, summary")) opened(row, false);
    else if (row && /^Digit[1-9]$/.test(event.code)) {
      // What the row offers, in the order in which it stands there.
      var offer = row.querySelectorAll(".row-actions a, .row-actions button")[Number(event.code.slice(5)) - 1];
      if (offer) { event.preventDefault(); offer.focus(); offer.click(); }
    } else if (event.code === "KeyX" && row) { var box = row.querySelector("input[name=pk]"); if (box) box.click(); }
  });
})();

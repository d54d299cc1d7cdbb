// The frame: the menu, dialogs, toasts, counters, and the keys that work everywhere.
(function () {
  "use strict";
  var root = document.documentElement;

  function typing(target) {
    return target.closest && target.closest("input, textarea, select, [contenteditable], .ts-control");
  }
  window.kam = { typing: typing };

  function narrow() {
    var on = root.dataset.menu === "narrow";
    if (on) delete root.dataset.menu; else root.dataset.menu = "narrow";
    try { localStorage.setItem("menu", on ? "wide" : "narrow"); } catch (_) { /* kept for this page only */ }
  }

  document.addEventListener("click", function (event) {
    var at = event.target;
    if (at.closest("[data-menu-toggle]")) return narrow();
    if (at.closest("[data-menu-open]")) { root.toggleAttribute("data-menu-shown"); return event.stopPropagation(); }
    if (root.hasAttribute("data-menu-shown") && !at.closest(".side")) root.removeAttribute("data-menu-shown");
    if (at.closest("[data-help-open]")) return document.getElementById("keys").showModal();
    var toast = at.closest("[data-toast-close]");
    if (toast) return toast.parentElement.remove();
    var closer = at.closest("[data-dialog-close]");
    var dialog = at.closest("dialog");
    if (closer && dialog) { event.preventDefault(); return dialog.close(); }
    // A click beside the box lands on the dialog itself.
    if (dialog && at === dialog) dialog.close();
  });

  // Typing begins at what is wrong, else at the first thing that must be said and is not said yet.
  function begin(dialog) {
    var fields = Array.prototype.slice.call(dialog.querySelectorAll("textarea, input:not([type=hidden]), select"));
    var asked = fields.filter(function (field) { return field.name && !field.disabled; });
    var first = asked.find(function (field) { return field.matches(".is-invalid"); }) ||
      asked.find(function (field) { return field.required && !field.value; }) || asked[0] || dialog.querySelector(".btn-go");
    if (!first) return;
    if (first.tomselect) first.tomselect.focus(); else first.focus();
  }

  // A link or step marked data-dialog has its answer put into the dialog, which opens when it is there.
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "dialog-body") return;
    var dialog = document.getElementById("dialog");
    if (!dialog.open) dialog.showModal();
    // After the searched selects of the answer are made: they stand in for the selects that they hide.
    setTimeout(function () { begin(dialog); });
  });
  document.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id === "refusals") event.detail.target.scrollIntoView({ block: "center" });
  });

  // Success notes leave by themselves; errors stay until they are closed.
  document.querySelectorAll(".toast-note:not(.error)").forEach(function (note) {
    setTimeout(function () { note.remove(); }, 7000);
  });

  // On a phone the open tab may stand beyond the edge of the strip.
  var open = document.querySelector(".doc-tab.active");
  if (open) open.parentElement.scrollLeft = open.offsetLeft - (open.parentElement.clientWidth - open.offsetWidth) / 2;

  // The open tab of a document is marked at once, without waiting for the whole page.
  document.addEventListener("click", function (event) {
    var tab = event.target.closest(".doc-tab");
    if (!tab || event.ctrlKey || event.metaKey) return;
    tab.parentElement.querySelectorAll(".doc-tab").forEach(function (other) {
      other.classList.toggle("active", other === tab);
      if (other === tab) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
    });
  });

  // Counters: the last known ones at once, then fresh ones.
  function show(counts) {
    document.querySelectorAll("[data-counter-key]").forEach(function (place) {
      var badge = place.querySelector(".count");
      var count = counts[place.dataset.counterKey] || 0;
      if (!badge) return;
      badge.hidden = !count;
      badge.textContent = count > 99 ? "99+" : String(count);
    });
  }
  var source = document.body.dataset.counters;
  if (source) {
    try { show(JSON.parse(sessionStorage.getItem("counters") || "{}")); } catch (_) { /* nothing kept */ }
    fetch(source, { headers: { "HX-Request": "true" } })
      .then(function (answer) { return answer.ok && answer.status === 200 ? answer.json() : {}; })
      .then(function (counts) {
        show(counts);
        try { sessionStorage.setItem("counters", JSON.stringify(counts)); } catch (_) { /* not kept */ }
      })
      .catch(function () { /* offline: the figures stay as they were */ });
  }

  // Keys that work everywhere.
  var pending = "";
  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      // With the focus nowhere, as on a page just opened, the form of the page is meant.
      var form = event.target.closest && event.target.closest("form.edit, form.step-form");
      if (!form && event.target === document.body) form = document.querySelector("main form.edit");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    var go = {
      KeyE: "[data-key-edit]", KeyU: "[data-key-back]", KeyN: "[data-key-new]"
    }[event.code];
    if (event.key === "?" || (event.code === "Slash" && event.shiftKey)) { event.preventDefault(); document.getElementById("keys").showModal(); }
    else if (event.code === "BracketLeft") narrow();
    else if (pending === "KeyG" && event.code === "KeyT") document.querySelector(".brand").click();
    else if (go && document.querySelector(go)) { event.preventDefault(); document.querySelector(go).click(); }
    pending = event.code;
  });
})();

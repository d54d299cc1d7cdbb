// Forms: thousands apart in figures, days without points, drafts that survive a closed tab.
(function () {
  "use strict";

  // ---------------------------------------------------------------- figures and days
  document.addEventListener("focusout", function (event) {
    var field = event.target;
    if (!field.matches || !field.matches("[data-figure]") || !field.value) return;
    var bare = field.value.replace(/[\s\u00a0\u202f]/g, "");
    var parts = /^([-\u2212]?)(\d+)([.,]\d+)?$/.exec(bare);
    if (parts) field.value = parts[1] + parts[2].replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (parts[3] || "");
  });
  // 2111 or 211126 becomes 21.11.2026, so that a day needs no points.
  document.addEventListener("focusout", function (event) {
    var field = event.target;
    if (!field.matches || !field.matches("[data-day]")) return;
    var parts = /^(\d{2})[. ]?(\d{2})[. ]?(\d{2}|\d{4})?$/.exec(field.value.trim());
    if (!parts) return;
    var year = parts[3] || String(new Date().getFullYear());
    field.value = parts[1] + "." + parts[2] + "." + (year.length === 2 ? "20" + year : year);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // ---------------------------------------------------------------- drafts
  var form = document.querySelector("form[data-draft]");
  var LEFT_OUT = ["csrfmiddlewaretoken", "once", "version", "seen", "back"];
  // The way into the next page tells that a draft was sent; it is dropped once an answer without the form comes.
  try {
    var sent = sessionStorage.getItem("draft-sent");
    if (sent && !(form && form.dataset.draft === sent)) localStorage.removeItem("draft:" + sent);
    if (sent) sessionStorage.removeItem("draft-sent");
  } catch (_) { /* storage is closed: no drafts */ }
  if (form) {
    var key = "draft:" + form.dataset.draft;
    var note = form.querySelector("[data-draft-note]");
    var text = function () {
      var values = [];
      new FormData(form).forEach(function (value, name) {
        if (LEFT_OUT.indexOf(name) < 0 && typeof value === "string") values.push([name, value]);
      });
      return JSON.stringify(values);
    };
    var first = text();
    var kept = null;
    try { kept = localStorage.getItem(key); } catch (_) { kept = null; }
    if (kept && kept !== first && !document.getElementById("form-errors")) note.hidden = false;

    var timer = 0;
    var keep = function () {
      clearTimeout(timer);
      timer = setTimeout(function () {
        try {
          var now = text();
          if (now !== first) localStorage.setItem(key, now);
        } catch (_) { /* full or closed */ }
      }, 400);
    };
    form.addEventListener("input", keep);
    form.addEventListener("change", keep);
    form.addEventListener("submit", function () {
      try { localStorage.setItem(key, text()); sessionStorage.setItem("draft-sent", form.dataset.draft); } catch (_) { /* closed */ }
      form.querySelectorAll("[data-submit]").forEach(function (button) { setTimeout(function () { button.disabled = true; }, 0); });
    });
    note.querySelector("[data-draft-drop]").addEventListener("click", function () {
      try { localStorage.removeItem(key); } catch (_) { /* closed */ }
      note.hidden = true;
    });
    note.querySelector("[data-draft-restore]").addEventListener("click", function () {
      var values = new Map();
      JSON.parse(kept).forEach(function (pair) { values.set(pair[0], (values.get(pair[0]) || []).concat(pair[1])); });
      Array.prototype.forEach.call(form.elements, function (field) {
        if (!field.name || LEFT_OUT.indexOf(field.name) >= 0 || field.type === "file") return;
        var given = values.get(field.name) || [];
        if (field.type === "checkbox" || field.type === "radio") field.checked = given.indexOf(field.value) >= 0;
        else if (field.tomselect) {
          given.forEach(function (value) { if (value && !field.tomselect.options[value]) field.tomselect.addOption({ value: value, text: "№ " + value }); });
          field.tomselect.setValue(given);
        } else if (given.length) field.value = given[0];
      });
      note.hidden = true;
    });
    var wrong = document.getElementById("form-errors");
    if (wrong) { var bad = form.querySelector(".is-invalid"); (bad || wrong).focus(); }
    window.addEventListener("pageshow", function () {
      form.querySelectorAll("[data-submit]").forEach(function (button) { button.disabled = false; });
    });
  }
})();

// The search palette: asks 300 ms after the last letter, drops answers that came too late, works by keys alone.
(function () {
  "use strict";
  var palette = document.getElementById("palette");
  if (!palette) return;
  var input = document.getElementById("palette-text");
  var found = document.getElementById("palette-found");
  // `shown` is the text that the list answers; `wish` is an Enter pressed before the answer came.
  var timer = 0, asked = 0, chosen = -1, shown = null, wish = null;

  function text() { return input.value.trim(); }

  function open() { if (!palette.open) { palette.showModal(); input.select(); ask(); } }

  function item(data, index) {
    var link = document.createElement("a");
    link.className = "palette-item";
    link.href = data.href;
    link.id = "palette-" + index;
    link.setAttribute("role", "option");
    link.tabIndex = -1;
    var icon = document.createElement("i");
    icon.className = "ti ti-" + data.icon;
    icon.setAttribute("aria-hidden", "true");
    var label = document.createElement("span");
    label.textContent = data.label.charAt(0).toUpperCase() + data.label.slice(1);
    var hint = document.createElement("span");
    hint.className = "cell-hint";
    hint.textContent = data.hint;
    link.append(icon, label, hint);
    return link;
  }

  function show(groups) {
    found.replaceChildren();
    var index = 0;
    groups.forEach(function (group) {
      var title = document.createElement("div");
      title.className = "palette-group";
      title.textContent = group.title.charAt(0).toUpperCase() + group.title.slice(1);
      found.append(title);
      group.items.forEach(function (data) { found.append(item(data, index++)); });
    });
    if (!index) {
      var none = document.createElement("div");
      none.className = "palette-none";
      none.textContent = input.value.trim().length < 2 ? found.dataset.hint : found.dataset.nothing;
      found.append(none);
    }
    choose(index ? 0 : -1);
  }

  function choose(index) {
    var items = found.querySelectorAll(".palette-item");
    chosen = items.length ? (index + items.length) % items.length : -1;
    items.forEach(function (one, at) { one.setAttribute("aria-selected", String(at === chosen)); });
    if (chosen < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", items[chosen].id);
    items[chosen].scrollIntoView({ block: "nearest" });
  }

  function ask() {
    var mine = ++asked;
    var words = text();
    fetch(palette.dataset.url + "?format=json&q=" + encodeURIComponent(words), { headers: { "HX-Request": "true" } })
      .then(function (answer) {
        // The session is over: the reload leads to sign-in and back here.
        if (answer.status === 204) location.reload();
        return answer.json();
      })
      .then(function (data) {
        if (mine !== asked) return;
        shown = words;
        show(data.groups);
        if (wish) go(wish.newTab);
      })
      .catch(function () { wish = null; /* the old answers stay */ });
  }

  // Opens the chosen answer; answers to an earlier text are never opened, the right ones are waited for.
  function go(newTab) {
    wish = null;
    if (shown !== text()) {
      wish = { newTab: newTab };
      clearTimeout(timer);
      return ask();
    }
    var link = found.querySelectorAll(".palette-item")[chosen];
    if (!link) return;
    if (newTab) window.open(link.href, "_blank", "noopener"); else location.href = link.href;
  }

  input.addEventListener("input", function () {
    wish = null;
    clearTimeout(timer);
    timer = setTimeout(ask, 300);
  });
  palette.addEventListener("keydown", function (event) {
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    // A search field would spend the first Esc on clearing itself.
    else if (event.key === "Escape") { event.preventDefault(); palette.close(); }
    else if (event.key === "Enter") {
      event.preventDefault();
      go(event.ctrlKey || event.metaKey);
    }
  });
  palette.addEventListener("click", function (event) { if (event.target === palette) palette.close(); });

  document.addEventListener("click", function (event) {
    var opener = event.target.closest("[data-palette-open]");
    if (!opener || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") { event.preventDefault(); return open(); }
    if (event.code !== "Slash" || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    if (window.kam.typing(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    var search = document.querySelector("[data-search]");
    if (search) { search.focus(); search.select(); } else open();
  });
})();

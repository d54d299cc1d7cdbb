// Runs before the first paint: the theme of the system where the person chose none, and the menu as they left it.
(function () {
  "use strict";
  var root = document.documentElement;
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  function apply() {
    if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
  }
  apply();
  dark.addEventListener("change", apply);
  try {
    if (localStorage.getItem("menu") === "narrow") root.dataset.menu = "narrow";
  } catch (_) { /* storage may be closed; the menu is then wide */ }
})();

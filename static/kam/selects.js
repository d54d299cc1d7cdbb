// Searched selects: the list shown is always the answer to what stands typed, and a list that was left stays shut.
(function () {
  "use strict";

  function asked_of(select, text) {
    var remote = select.dataset.remote;
    var followed = leader(select);
    var of = followed ? "&" + followed.name + "=" + encodeURIComponent(followed.value) : "";
    return remote + (remote.indexOf("?") < 0 ? "?" : "&") + "q=" + encodeURIComponent(text) + of;
  }
  function leader(select) {
    return select.dataset.follows && select.form ? select.form.elements[select.dataset.follows] : null;
  }

  // The word beside the cross, in the reader's language.
  var clear = { title: document.body.dataset.clear };

  function plain(select) {
    return {
      maxOptions: 50, hidePlaceholder: true, allowEmptyOption: false, closeAfterSelect: !select.multiple,
      // No pause between a key and the list: a search that waits would open the list after the person has left it.
      refreshThrottle: 0,
      plugins: select.multiple ? { remove_button: clear } : (select.required ? {} : { clear_button: clear }),
      render: {
        option: function (data, escape) {
          return "<div>" + escape(data.text) + (data.hint ? '<span class="ts-hint">' + escape(data.hint) + "</span>" : "") + "</div>";
        },
        no_results: function (_, escape) {
          return select.dataset.nothing ? '<div class="no-results">' + escape(select.dataset.nothing) + "</div>" : null;
        }
      }
    };
  }

  function remote(select) {
    var options = plain(select);
    var asked = 0;
    var answered = null;  // the text whose answer is shown
    var early = null;     // the text that Enter was pressed for before its answer came

    options.loadThrottle = 300;
    options.searchField = [];
    options.shouldLoad = function () { return true; };
    options.score = function () { return function () { return 1; }; };
    options.load = function (text, done) {
      var mine = ++asked, self = this;
      self.loadedSearches = {};  // the list is of one text only, so every other one is to be asked again
      fetch(asked_of(select, text), { headers: { "HX-Request": "true" } })
        .then(function (answer) { return answer.json(); })
        .then(function (data) {
          if (mine !== asked) return done();
          var meant = early === text;
          if (!meant && text !== self.inputValue()) return done();
          answered = text;
          early = null;
          self.clearOptions(function (option) { return self.items.indexOf(option.value) >= 0; });
          done(data.items);
          if (meant && data.items.length) self.addItem(data.items[0].value);
        })
        .catch(function () { early = null; done(); });
    };

    var made = new window.TomSelect(select, options);

    // An answer fills a list that stands open. It does not open one: the person has chosen, or gone on, or closed it.
    var fill = made.loadCallback;
    made.loadCallback = function (items, groups) {
      var focused = made.isFocused;
      made.isFocused = focused && made.isOpen;
      fill.call(made, items, groups);
      made.isFocused = focused;
    };

    // Enter before the answer would take the first row of another question: it is kept until its own answer comes.
    var key = made.onKeyDown;
    made.onKeyDown = function (event) {
      if (event.key === "Enter" && made.isOpen && made.inputValue() !== answered) {
        early = made.inputValue() || null;
        event.preventDefault();
        return;
      }
      if (event.key === "Escape") early = null;
      key.call(made, event);
    };
    made.on("type", function () { early = null; });
    made.on("item_add", function () { early = null; });

    // The list is asked for on the way in; opened again, it is whole and not what was searched the last time.
    made.on("focus", function () {
      if (answered !== made.inputValue()) made.load(made.inputValue());
    });

    var followed = leader(select);
    if (followed) {
      followed.addEventListener("change", function () {
        asked++;
        early = null;
        answered = null;
        made.clear(true);
        made.clearOptions();
        made.load("");
      });
    }
  }

  function dress(scope) {
    if (!window.TomSelect) return;
    scope.querySelectorAll("select[data-remote], select[data-select]").forEach(function (select) {
      if (select.tomselect) return;
      if (select.dataset.remote) remote(select);
      else new window.TomSelect(select, plain(select));
      // The label names the control now; the select behind it is for the form alone.
      select.setAttribute("aria-hidden", "true");
    });
  }
  dress(document);
  document.addEventListener("htmx:load", function (event) { dress(event.detail.elt); });
})();

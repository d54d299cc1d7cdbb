// A file dropped anywhere on the frame goes into its field.
(function () {
  "use strict";
  document.querySelectorAll(".drop").forEach(function (frame) {
    var field = frame.querySelector("input[type=file]");
    ["dragenter", "dragover"].forEach(function (name) {
      frame.addEventListener(name, function (event) { event.preventDefault(); frame.classList.add("drop-over"); });
    });
    ["dragleave", "drop"].forEach(function (name) {
      frame.addEventListener(name, function () { frame.classList.remove("drop-over"); });
    });
    frame.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      field.files = event.dataTransfer.files;
      field.dispatchEvent(new Event("change", { bubbles: true }));  // as if it had been chosen
    });
  });
})();

// Charts of a dashboard: our palette in both themes, units on the axis, a click opens the rows behind a bar.
(function () {
  "use strict";
  // Okabe and Ito's colours in our order: told apart with any kind of colour vision.
  var LIGHT = ["#1f5fbf", "#d97706", "#1b7f5c", "#a3478f", "#5b6b82"];
  var DARK = ["#6ea8fe", "#f2b45c", "#5fd0a5", "#d98cc8", "#9aa8bc"];
  // Ages of debts, as .age-* has them on the ageing page: the older, the redder and darker.
  var AGE = ["#5b8fd1", "#f2c14e", "#ee964b", "#d9573f", "#8c2f39"];
  var drawn = [];

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

  function short(value, language) {
    var steps = language === "ru" ? [[1e9, " млрд"], [1e6, " млн"], [1e3, " тыс."]] : [[1e9, "B"], [1e6, "M"], [1e3, "K"]];
    for (var i = 0; i < steps.length; i++) {
      if (Math.abs(value) >= steps[i][0]) {
        var text = (value / steps[i][0]).toFixed(1).replace(/\.0$/, "");
        return (language === "ru" ? text.replace(".", ",") : text) + steps[i][1];
      }
    }
    return String(value);
  }

  function options(data) {
    var line = colour("--k-line"), ink = colour("--k-ink-2");
    var dark = document.documentElement.dataset.bsTheme === "dark";
    var whole = new Intl.NumberFormat(data.language === "ru" ? "ru-RU" : "en-GB", { maximumFractionDigits: 2 });
    return {
      color: data.palette === "age" ? AGE : dark ? DARK : LIGHT,
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      animationDuration: 250,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
      grid: { left: 8, right: 12, top: data.series.length > 1 ? 34 : 14, bottom: 4, containLabel: true },
      legend: { show: data.series.length > 1, type: "scroll", pageIconColor: ink, pageTextStyle: { color: ink }, top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 8, textStyle: { color: ink } },
      // Drawn on the canvas: a tooltip made of HTML would need inline styles.
      tooltip: {
        trigger: "axis", renderMode: "richText", axisPointer: { type: data.kind === "line" ? "line" : "shadow" },
        backgroundColor: colour("--k-surface"), borderColor: line, textStyle: { color: colour("--k-ink") },
        valueFormatter: function (value) { return value === null || value === undefined ? "—" : whole.format(value) + " " + data.unit; }
      },
      xAxis: { type: "category", data: data.categories, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: ink, hideOverlap: true } },
      yAxis: { type: "value", splitLine: { lineStyle: { color: colour("--k-line-soft") } }, axisLabel: { color: ink, formatter: function (value) { return short(value, data.language); } } },
      series: data.series.map(function (series) {
        return {
          name: series.name, data: series.values, type: data.kind === "line" ? "line" : "bar",
          stack: data.kind === "stacked" ? "all" : undefined, barMaxWidth: 28, symbol: "circle", symbolSize: 5,
          itemStyle: data.kind === "line" ? {} : { borderRadius: data.kind === "stacked" ? 0 : [3, 3, 0, 0] }, lineStyle: { width: 2 }, cursor: data.hrefs.length ? "pointer" : "default"
        };
      })
    };
  }

  function draw(place) {
    var data = JSON.parse(place.dataset.chart);
    var chart = window.echarts.getInstanceByDom(place) || window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption(options(data), true);
    chart.off("click");
    chart.on("click", function (event) { if (data.hrefs[event.dataIndex]) location.href = data.hrefs[event.dataIndex]; });
    return chart;
  }

  function all() { drawn = Array.prototype.map.call(document.querySelectorAll("[data-chart]"), draw); }
  all();
  window.addEventListener("resize", function () { drawn.forEach(function (chart) { chart.resize(); }); });
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  window.addEventListener("beforeprint", function () { document.querySelectorAll(".chart-table").forEach(function (table) { table.open = true; }); });
  document.addEventListener("click", function (event) { if (event.target.closest("[data-print]")) window.print(); });
  document.addEventListener("change", function (event) { if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit(); });
})();

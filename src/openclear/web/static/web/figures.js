// Charts of figures. Every chart has its table on the page; without this file the tables are there alone.
"use strict";

(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const ink = dark ? "#e6edf3" : "#16202b";
  const line = dark ? "#33424f" : "#d8dee4";
  const accent = dark ? "#73b3e7" : "#005ea2";
  const narrow = innerWidth < 640;
  const figures = JSON.parse(document.getElementById("drawn").textContent);
  const text = { color: ink, fontFamily: '"Public Sans", system-ui, sans-serif' };
  // Drawn on the canvas: tooltips as HTML would come with a style of their own, which our policy refuses.
  const tooltip = { renderMode: "richText", confine: true };
  const base = { animation: false, aria: { enabled: true }, textStyle: text, tooltip, backgroundColor: dark ? "#16212b" : "#ffffff" };
  const axis = { axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } };
  const weekdays = [...Array(7).keys()].map((day) => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "short", timeZone: "UTC" }).format(new Date(Date.UTC(2024, 0, 1 + day))));
  const shades = dark ? ["#16324a", "#9fd0f5"] : ["#e8f1f8", "#0b4a7d"];
  const largest = (rows, place) => Math.max(1, ...rows.map((row) => row[place]));

  const charts = {
    // Days or months; a few points are drawn as points, so that a single one is seen.
    time: (place) => ({
      ...base, grid: { left: 56, right: 12, top: 16, bottom: 28 }, tooltip: { ...tooltip, trigger: "axis" },
      xAxis: { type: "category", data: figures.time.map((row) => row[0].slice(0, place.dataset.step === "day" ? 10 : 7)), ...axis }, yAxis: { type: "value", ...axis },
      series: [{ type: "line", showSymbol: figures.time.length <= 62, areaStyle: { opacity: 0.12 }, itemStyle: { color: accent }, data: figures.time.map((row) => row[1]) }],
    }),
    primary_type: () => ({
      ...base, grid: { left: 8, right: 24, top: 4, bottom: 8, containLabel: true },
      xAxis: { type: "value", splitNumber: narrow ? 2 : 5, ...axis },
      yAxis: { type: "category", inverse: true, data: figures.primary_type.map((row) => row[0]), axisLabel: { color: ink, fontSize: 11, width: narrow ? 130 : 240, overflow: "truncate" } },
      series: [{ type: "bar", itemStyle: { color: accent, borderRadius: 2 }, data: figures.primary_type.map((row) => row[1]) }],
    }),
    hours: () => ({
      ...base, grid: { left: 44, right: 12, top: 8, bottom: 28 },
      xAxis: { type: "category", data: [...Array(24).keys()], ...axis }, yAxis: { type: "category", inverse: true, data: weekdays, ...axis },
      visualMap: { show: false, min: 0, max: largest(figures.hours, 2), inRange: { color: shades } },
      series: [{ type: "heatmap", data: figures.hours, itemStyle: { borderColor: base.backgroundColor, borderWidth: 1 } }],
    }),
    map: async (place) => {
      const outlines = await fetch(place.dataset.outlines).then((answer) => answer.json());
      if (!outlines.features || !outlines.features.length) return null;
      echarts.registerMap("districts", outlines);
      return {
        ...base,
        visualMap: { left: 8, bottom: 8, min: 0, max: largest(figures.district, 1), inRange: { color: shades }, textStyle: { color: ink }, calculable: true },
        series: [{ type: "map", map: "districts", aspectScale: 0.745, layoutCenter: ["50%", "50%"], layoutSize: "98%", label: { show: true, color: ink, fontSize: 11, textBorderColor: base.backgroundColor, textBorderWidth: 2 }, itemStyle: { borderColor: line }, data: figures.district.map((row) => ({ name: row[0], value: row[1] })) }],
      };
    },
  };

  document.querySelectorAll("[data-chart]").forEach(async (place) => {
    const option = await charts[place.dataset.chart](place);
    if (!option) return;
    place.hidden = false;
    const chart = echarts.init(place);
    chart.setOption(option);
    addEventListener("resize", () => chart.resize());
    place.dataset.ready = "yes";
    const button = place.parentElement.querySelector("[data-picture]");
    if (!button) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const way = document.createElement("a");
      way.href = chart.getDataURL({ pixelRatio: 2, backgroundColor: base.backgroundColor });
      way.download = `incidents-by-${button.dataset.picture}.png`;
      way.click();
    });
  });
})();

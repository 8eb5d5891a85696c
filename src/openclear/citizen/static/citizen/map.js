// The map: areas coloured by their counts, blocks as circles. The table on the page has the same numbers.
import * as maplibregl from "../built/maplibre-gl.mjs";

const place = document.getElementById("map");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const shades = dark ? ["#16324a", "#1d4e74", "#2a71a8", "#4b9cd3", "#9fd0f5"] : ["#e8f1f8", "#b9d8ee", "#7fb5dc", "#3f87bd", "#135a94"];

// A row of equal classes: a fifth of the areas in each.
function steps(features) {
  const counts = features.map((feature) => feature.properties.incidents).sort((one, other) => one - other);
  const cuts = [0.2, 0.4, 0.6, 0.8].map((part) => counts[Math.floor(part * counts.length)] ?? 0);
  const colors = [shades[0]];
  let last = -1;
  cuts.forEach((cut, number) => {
    if (cut > last && cut > 0) colors.push(cut, shades[number + 1]);
    last = Math.max(last, cut);
  });
  return colors.length > 1 ? ["step", ["get", "incidents"], ...colors] : shades[0];
}

function bounds(features) {
  const box = new maplibregl.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? box.extend(part) : part.forEach(walk));
  features.forEach((feature) => walk(feature.geometry.coordinates));
  return box;
}

function told(address, name, count) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = name;
  box.append(link, document.createElement("br"), `${count} ${place.dataset.wordsIncidents}`);
  return box;
}

async function draw() {
  const [areas, blocks] = await Promise.all([place.dataset.areas, place.dataset.blocks].map((address) => fetch(address).then((answer) => answer.json())));
  if (!areas.features.length) return;
  place.hidden = false;
  const focus = areas.features.filter((feature) => String(feature.id) === place.dataset.focus);
  const map = new maplibregl.Map({
    container: place,
    bounds: bounds(blocks.features.length && !focus.length && new URLSearchParams(location.search).get("q") ? blocks.features : focus.length ? focus : areas.features),
    fitBoundsOptions: { padding: 24, maxZoom: 15 },
    attributionControl: false,
    cooperativeGestures: true,
    style: {
      version: 8,
      sources: { areas: { type: "geojson", data: areas }, blocks: { type: "geojson", data: blocks } },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": dark ? "#0d1720" : "#f3f6f8" } },
        { id: "areas", type: "fill", source: "areas", paint: { "fill-color": steps(areas.features), "fill-opacity": 0.9 } },
        { id: "edges", type: "line", source: "areas", paint: { "line-color": dark ? "#0d1720" : "#ffffff", "line-width": 1 } },
        { id: "blocks", type: "circle", source: "blocks", paint: { "circle-radius": ["interpolate", ["linear"], ["get", "incidents"], 1, 4, 30, 14], "circle-color": "#c9281a", "circle-opacity": 0.75, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  const popup = (event, content) => new maplibregl.Popup().setLngLat(event.lngLat).setDOMContent(content).addTo(map);
  map.on("click", (event) => {
    const [found] = map.queryRenderedFeatures(event.point, { layers: ["blocks", "areas"] });
    if (!found) return;
    const facts = found.properties;
    const address = found.layer.id === "blocks" ? `${place.dataset.blockPage}?block=${encodeURIComponent(facts.block)}` : place.dataset.areaPage.replace("/1/", `/${facts.code}/`);
    popup(event, told(address, facts.block || facts.name, facts.incidents));
  });
  map.once("idle", () => { place.dataset.drawn = "yes"; });
}

if (place) draw();

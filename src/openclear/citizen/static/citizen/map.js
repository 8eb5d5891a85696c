// The map: areas colored by their counts, blocks as circles, names of streets, and a legend. The tables on the page have the same numbers.
import * as maplibregl from "../built/maplibre-gl.mjs";

const place = document.getElementById("map");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const shades = dark ? ["#16324a", "#1d4e74", "#2a71a8", "#4b9cd3", "#9fd0f5"] : ["#e8f1f8", "#b9d8ee", "#7fb5dc", "#3f87bd", "#135a94"];
const unknown = dark ? "#3a434c" : "#d9dde1";
const circle = "#c9281a";
// From this enlargement on, names of streets are drawn.
const NAMES_FROM = 12;
const RADIUS = [[1, 4], [10, 8], [30, 14]];
const numbers = new Intl.NumberFormat(document.documentElement.lang);

// A row of classes with about as many areas in each: [lowest count, color].
function classes(features) {
  const counts = features.map((feature) => feature.properties.incidents).filter((count) => count !== null).sort((one, other) => one - other);
  if (!counts.length) return [];
  const found = [[counts[0], shades[0]]];
  [0.2, 0.4, 0.6, 0.8].forEach((part, number) => {
    const cut = counts[Math.floor(part * counts.length)];
    if (cut > found.at(-1)[0]) found.push([cut, shades[number + 1]]);
  });
  found.most = counts.at(-1);
  return found;
}

function fill(found) {
  if (!found.length) return unknown;
  const [[, first], ...others] = found;
  const steps = others.length ? ["step", ["get", "incidents"], first, ...others.flat()] : first;
  return ["case", ["==", ["get", "incidents"], null], unknown, steps];
}

function bounds(features) {
  const box = new maplibregl.LngLatBounds();
  const walk = (part) => (typeof part[0] === "number" ? box.extend(part) : part.forEach(walk));
  features.forEach((feature) => walk(feature.geometry.coordinates));
  return box;
}

// Where the name of an area is written: the middle of its largest part. (The map would write it once in each of its tiles.)
function middle(geometry) {
  const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
  const parts = rings.map((ring) => {
    let size = 0, x = 0, y = 0;
    ring.slice(1).forEach(([east, north], number) => {
      const [west, south] = ring[number];
      const cross = west * north - east * south;
      size += cross;
      x += (west + east) * cross;
      y += (south + north) * cross;
    });
    return [Math.abs(size), size ? [x / (3 * size), y / (3 * size)] : ring[0]];
  });
  return parts.sort((one, other) => other[0] - one[0])[0][1];
}

function named(areas) {
  const features = areas.features.map((feature) => ({ type: "Feature", geometry: { type: "Point", coordinates: middle(feature.geometry) }, properties: feature.properties }));
  return { type: "FeatureCollection", features };
}

function told(address, name, count) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = address;
  link.textContent = name;
  box.append(link, document.createElement("br"), count === undefined || count === null ? place.dataset.wordsFew : `${numbers.format(count)} ${place.dataset.wordsIncidents}`);
  return box;
}

function key(list, color, size, text) {
  const item = document.createElement("li");
  const sample = document.createElement("span");
  sample.className = size ? "sample round" : "sample";
  sample.style.backgroundColor = color;
  if (size) sample.style.width = sample.style.height = `${2 * size}px`;
  item.append(sample, text);
  document.getElementById(list).append(item);
}

function legend(found, areas, blocks) {
  found.forEach(([lowest, color], number) => {
    const last = found[number + 1] ? found[number + 1][0] - 1 : found.most;
    key("legend-areas", color, 0, lowest === last ? numbers.format(lowest) : `${numbers.format(lowest)}–${numbers.format(last)}`);
  });
  if (areas.some((feature) => feature.properties.incidents === null)) key("legend-areas", unknown, 0, place.dataset.wordsFew);
  if (blocks.length) RADIUS.forEach(([count, size], number) => key("legend-blocks", circle, size, numbers.format(count) + (number === RADIUS.length - 1 ? "+" : "")));
  else document.getElementById("legend-blocks").previousElementSibling.hidden = true;
  document.getElementById("legend").hidden = false;
}

function layers(found) {
  const text = dark ? "#e6ebf0" : "#1b2733";
  const halo = dark ? "#0d1720" : "#ffffff";
  const font = ["system-ui, sans-serif"];
  return [
    { id: "ground", type: "background", paint: { "background-color": dark ? "#0d1720" : "#f3f6f8" } },
    { id: "areas", type: "fill", source: "areas", paint: { "fill-color": fill(found), "fill-opacity": ["interpolate", ["linear"], ["zoom"], NAMES_FROM, 0.9, NAMES_FROM + 2, 0.45] } },
    { id: "edges", type: "line", source: "areas", paint: { "line-color": dark ? "#0d1720" : "#ffffff", "line-width": 1 } },
    { id: "focus", type: "line", source: "areas", filter: ["==", ["to-string", ["get", "code"]], place.dataset.focus], paint: { "line-color": text, "line-width": 3 } },
    { id: "blocks", type: "circle", source: "blocks", paint: { "circle-radius": ["interpolate", ["linear"], ["get", "incidents"], ...RADIUS.flat()], "circle-color": circle, "circle-opacity": 0.75, "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } },
    { id: "streets", type: "symbol", source: "streets", minzoom: NAMES_FROM, layout: { "text-field": ["get", "street"], "text-font": font, "text-size": 12, "text-anchor": "bottom", "text-offset": [0, -0.6], "text-padding": 8 }, paint: { "text-color": text, "text-halo-color": halo, "text-halo-width": 2 } },
    { id: "names", type: "symbol", source: "names", maxzoom: NAMES_FROM + 1, layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 12, "text-max-width": 7, "text-padding": 4 }, paint: { "text-color": text, "text-halo-color": halo, "text-halo-width": 2 } },
  ];
}

function beginning(areas, blocks) {
  const focus = areas.features.filter((feature) => String(feature.id) === place.dataset.focus);
  if (focus.length) return focus;
  return blocks.features.length && new URLSearchParams(location.search).get("q") ? blocks.features : areas.features;
}

const loaded = (address) => fetch(address).then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(address))));

// The names are loaded when they can be read, once.
function nameStreets(map) {
  if (map.getZoom() < NAMES_FROM || place.dataset.named) return;
  place.dataset.named = "yes";
  loaded(place.dataset.streets).then((streets) => {
    map.getSource("streets").setData(streets);
    map.once("idle", () => { place.dataset.namesDrawn = "yes"; });
  });
}

function answer(map, event) {
  const [found] = map.queryRenderedFeatures(event.point, { layers: ["blocks", "areas"] });
  if (!found) return;
  const facts = found.properties;
  const isBlock = found.layer.id === "blocks";
  const address = new URL(isBlock ? place.dataset.blockPage : place.dataset.areaPage.replace("/1/", `/${facts.code}/`), location);
  address.search = place.dataset.period;
  if (isBlock) address.searchParams.set("block", facts.block);
  new maplibregl.Popup().setLngLat(event.lngLat).setDOMContent(told(address, facts.block || facts.name, facts.incidents)).addTo(map);
}

async function draw() {
  const [areas, blocks] = await Promise.all([place.dataset.areas, place.dataset.blocks].map(loaded));
  if (!areas.features.length) return;
  place.hidden = false;
  const found = classes(areas.features);
  legend(found, areas.features, blocks.features);
  const nothing = { type: "FeatureCollection", features: [] };
  const map = new maplibregl.Map({
    container: place,
    bounds: bounds(beginning(areas, blocks)),
    fitBoundsOptions: { padding: 24, maxZoom: 14 },
    attributionControl: false,
    cooperativeGestures: true,
    style: {
      version: 8,
      sources: { areas: { type: "geojson", data: areas }, blocks: { type: "geojson", data: blocks }, names: { type: "geojson", data: named(areas) }, streets: { type: "geojson", data: nothing } },
      layers: layers(found),
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.on("click", (event) => answer(map, event));
  map.on("load", () => nameStreets(map));
  map.on("zoomend", () => nameStreets(map));
  map.once("idle", () => { place.dataset.drawn = "yes"; });
}

if (place) draw();

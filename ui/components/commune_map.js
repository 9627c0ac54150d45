// A map of communes as plain SVG: no network, no WebGL; every commune can be reached by keyboard.
// All texts are written with textContent or setAttribute, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const MOST_ZOOM = 16;
const STEP = 1.5;
const CHARACTER = 0.56;
const views = new WeakMap();

function add(parent, name, attributes = {}, text = "") {
  const space = parent.namespaceURI === SVG || name === "svg" ? SVG : "http://www.w3.org/1999/xhtml";
  const element = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function button(parent, sign, title, act) {
  const element = add(parent, "button", { type: "button", "aria-label": title, title }, sign);
  element.addEventListener("click", act);
}

// The part of the sheet that is seen: zoom factor, and the middle in sheet coordinates.
function clamp(view, data) {
  view.k = Math.min(MOST_ZOOM, Math.max(1, view.k));
  const halfWidth = data.width / view.k / 2;
  const halfHeight = data.height / view.k / 2;
  view.x = Math.min(data.width - halfWidth, Math.max(halfWidth, view.x));
  view.y = Math.min(data.height - halfHeight, Math.max(halfHeight, view.y));
}

function drawLegend(root, data) {
  const legend = add(root, "div", { class: "legend" });
  if (data.legend.classes.length) {
    const list = add(legend, "ul", { "aria-label": data.legend.title });
    add(list, "li", { class: "head" }, data.legend.title);
    for (const each of data.legend.classes) {
      const item = add(list, "li");
      add(item, "span", { class: each.hatched ? "box hatched" : "box" }).style.backgroundColor =
        each.fill;
      add(item, "span", {}, each.label);
    }
  }
  if (data.legend.line) {
    const list = add(legend, "ul", { "aria-label": data.legend.line });
    const item = add(list, "li");
    const picture = add(item, "svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" });
    add(picture, "line", { x1: -9, y1: 0, x2: 9, y2: 0, class: `line ${data.view}` });
    add(item, "span", {}, data.legend.line);
  }
  if (data.legend.symbols.length) {
    const list = add(legend, "ul", { "aria-label": data.legend.sites });
    add(list, "li", { class: "head" }, data.legend.sites);
    for (const each of data.legend.symbols) {
      const item = add(list, "li");
      const picture = add(item, "svg", { viewBox: "-10 -10 20 20", "aria-hidden": "true" });
      drawSymbol(picture, data.symbols[each.symbol]);
      add(item, "span", {}, each.label);
    }
  }
}

function drawSymbol(parent, symbol) {
  const shape = { d: symbol.d, transform: `scale(${symbol.size})`, "vector-effect": "non-scaling-stroke" };
  add(parent, "path", { ...shape, class: "halo" });
  add(parent, "path", { ...shape, class: "symbol", fill: symbol.fill });
}

function drawPanel(root, data, panel, number, choose, say) {
  const figure = add(root, "figure");
  const title = `${data.id}-${number}`;
  add(figure, "figcaption", { id: title }, panel.title);
  const svg = add(figure, "svg", { role: "group", "aria-labelledby": title });
  const pattern = add(add(svg, "defs"), "pattern", {
    id: `hatch-${number}`, width: 6, height: 6, patternUnits: "userSpaceOnUse",
    patternTransform: "rotate(45)",
  });
  add(pattern, "rect", { width: 1.2, height: 6, fill: "#6a6a6a" });
  add(svg, "path", { d: data.around, class: "around", "aria-hidden": "true" });
  data.communes.forEach((commune, i) => {
    const shape = add(svg, "path", {
      d: commune.d, fill: panel.fills[i], class: "commune", "data-code": commune.code, tabindex: 0,
      role: data.clickable ? "button" : "img", "aria-label": panel.texts[i],
    });
    if (commune.code === data.selected) {
      shape.classList.add("selected");
      if (data.clickable) shape.setAttribute("aria-pressed", "true");
    }
    shape.addEventListener("pointerenter", () => say(panel.texts[i]));
    shape.addEventListener("focus", () => say(panel.texts[i]));
    if (panel.hatched.includes(i)) {
      add(svg, "path", { d: commune.d, fill: `url(#hatch-${number})`, class: "over" });
    }
    if (!data.clickable) return;
    shape.addEventListener("click", () => choose(commune.code));
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(commune.code);
    });
  });
  for (const [d, kind] of [[data.basins, "basin"], [data.outline, "outline"]]) {
    add(svg, "path", { d, class: kind, "aria-hidden": "true" });
  }
  const selected = data.communes.find((commune) => commune.code === data.selected);
  if (selected) add(svg, "path", { d: selected.d, class: "chosen", "aria-hidden": "true" });
  for (const [x1, y1, x2, y2] of panel.lines) {
    const kind = `line ${data.view}`;
    if (x1 === x2 && y1 === y2) add(svg, "circle", { cx: x1, cy: y1, r: 13, class: kind });
    else add(svg, "line", { x1, y1, x2, y2, class: kind });
  }
  for (const [x1, y1, x2, y2] of panel.moves) add(svg, "line", { x1, y1, x2, y2, class: "move" });
  const marks = panel.sites.map((site) => {
    const mark = add(svg, "g", { class: "mark", "aria-hidden": "true" });
    drawSymbol(mark, data.symbols[site.symbol]);
    if (site.count > 1) {
      add(mark, "text", { x: site.symbol === "kept" ? 0 : 11, y: 3.5 }, String(site.count));
    }
    return { ...site, mark };
  });
  const names = add(svg, "g", { class: "names", "aria-hidden": "true" });
  return { svg, marks, names, panel };
}

// Names and symbols keep their size on the screen; names that would overlap are left out.
function placeMarks(drawn, data, view) {
  const shown = drawn.svg.clientWidth || data.width;
  const unit = data.width / view.k / shown;
  const taken = [];
  const beside = new Map();
  for (const { x, y, mark } of drawn.marks) {
    const key = `${x} ${y}`;
    const shift = (beside.get(key) || 0) * 15;
    beside.set(key, (beside.get(key) || 0) + 1);
    mark.setAttribute("transform", `translate(${x + shift * unit} ${y}) scale(${unit})`);
    taken.push([x + (shift - 8) * unit, y - 8 * unit, x + (shift + 8) * unit, y + 8 * unit]);
  }
  drawn.names.replaceChildren();
  const left = view.x - data.width / view.k / 2;
  const top = view.y - data.height / view.k / 2;
  const room = Math.round((shown / 22) * view.k);
  for (const [name, x, y] of drawn.panel.names) {
    if (drawn.names.childElementCount >= room) break;
    const half = (name.length * 11 * CHARACTER * unit) / 2;
    const high = 6 * unit;
    for (const [dx, dy] of [[0, 16 * unit], [0, -15 * unit], [half + 11 * unit, 0], [-half - 11 * unit, 0]]) {
      const box = [x + dx - half, y + dy - high, x + dx + half, y + dy + high];
      const inside = box[0] > left && box[1] > top && box[2] < left + data.width / view.k &&
        box[3] < top + data.height / view.k;
      if (!inside || taken.some((b) => b[0] < box[2] && box[0] < b[2] && b[1] < box[3] && box[1] < b[3])) {
        continue;
      }
      taken.push(box);
      const text = add(drawn.names, "text", { transform: `translate(${x + dx} ${y + dy + 4 * unit}) scale(${unit})` }, name);
      text.setAttribute("text-anchor", "middle");
      break;
    }
  }
}

function follow(drawn, data, view, redraw) {
  const pointers = new Map();
  const { svg } = drawn;
  svg.addEventListener("wheel", (event) => {
    // A wheel alone scrolls the page, as everywhere else.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    view.k *= event.deltaY < 0 ? STEP : 1 / STEP;
    redraw();
  }, { passive: false });
  svg.addEventListener("pointerdown", (event) => pointers.set(event.pointerId, [event.clientX, event.clientY]));
  svg.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = pinch(pointers);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    const unit = data.width / view.k / svg.clientWidth;
    if (pointers.size > 1) view.k *= pinch(pointers) / (before || 1);
    else {
      view.x -= (event.clientX - last[0]) * unit;
      view.y -= (event.clientY - last[1]) * unit;
    }
    redraw();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    svg.addEventListener(name, (event) => pointers.delete(event.pointerId));
  }
}

function pinch(pointers) {
  const [a, b] = [...pointers.values()];
  return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".commune-map");
  const focused = parentElement.activeElement?.dataset?.code;
  const rank = focused
    ? [...root.querySelectorAll("figure")].findIndex((f) => f.contains(parentElement.activeElement))
    : -1;
  const view = views.get(parentElement) || { k: 1, x: data.width / 2, y: data.height / 2 };
  views.set(parentElement, view);
  root.replaceChildren();
  const controls = add(root, "div", { class: "controls" });
  const panels = add(root, "div", { class: "panels" });
  const line = add(root, "p", { class: "said", "aria-live": "polite" }, data.hint);
  const choose = (code) => setTriggerValue("commune", code);
  const say = (text) => { line.textContent = text; };
  const drawn = data.panels.map((panel, i) => drawPanel(panels, data, panel, i, choose, say));
  const redraw = () => {
    clamp(view, data);
    const [width, height] = [data.width / view.k, data.height / view.k];
    for (const each of drawn) {
      each.svg.setAttribute("viewBox", `${view.x - width / 2} ${view.y - height / 2} ${width} ${height}`);
      each.svg.style.aspectRatio = `${data.width} / ${data.height}`;
      each.svg.style.touchAction = view.k > 1 ? "none" : "pan-y";
      placeMarks(each, data, view);
    }
  };
  const zoom = (factor) => { view.k *= factor; redraw(); };
  button(controls, "+", data.words.nearer, () => zoom(STEP));
  button(controls, "−", data.words.farther, () => zoom(1 / STEP));
  button(controls, "⟲", data.words.whole, () => zoom(0));
  drawLegend(root, data);
  for (const each of drawn) follow(each, data, view, redraw);
  const onKey = (event) => {
    if (event.key === "+") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (event.key === "0") zoom(0);
  };
  root.addEventListener("keydown", onKey);
  const observer = new ResizeObserver(redraw);
  for (const each of drawn) observer.observe(each.svg);
  redraw();
  if (rank >= 0) drawn[rank]?.svg.querySelector(`[data-code="${CSS.escape(focused)}"]`)?.focus();
  return () => {
    observer.disconnect();
    root.removeEventListener("keydown", onKey);
  };
}

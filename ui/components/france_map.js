// All communes of France on a canvas; one script with france_shapes.js. Outlines come as files of
// this server, once; with each new question come 16 bits a commune. All texts are written with
// textContent, never as markup.

const NOWHERE = 65534;
const UNKNOWN = 65535;
const MOST_ZOOM = 64;
const STEP = 1.6;
const FINE_FROM = 3; // zoom from which the finer outlines are drawn
const LINES_FROM = 8; // zoom from which every commune has a line around it
const SETTLE_MS = 120;
const files = new Map();
const views = new WeakMap();

function add(parent, name, attributes = {}, text = "") {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function fetched(address, read) {
  if (!files.has(address)) {
    const found = fetch(address).then(async (answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      const plain = answer.body.pipeThrough(new DecompressionStream("gzip"));
      return read(new Response(plain));
    });
    found.catch(() => files.delete(address));
    files.set(address, found);
  }
  return files.get(address);
}

function values(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Uint16Array(bytes.buffer);
}

class Picture {
  constructor(canvas, names, coarse, data, view, words) {
    Object.assign(this, { canvas, names, coarse, data, view, words, fine: null, snapshot: null });
    this.context = canvas.getContext("2d");
    this.cells = cells(coarse.communes, names.size);
    this.shown = { now: values(data.now), planned: values(data.planned) };
    this.classOf = this.classes(this.shown[data.shown]);
    this.selected = names.epcis.indexOf(data.selected);
    this.paths = this.fills(coarse.communes, null);
    this.borders = new Path2D();
    for (let s = 0; s < coarse.borders.shapes; s += 1) trace(this.borders, coarse.borders, s);
    this.ms = 0;
  }

  classes(minutes) {
    const limits = this.data.classes.map((c) => c.upper);
    return Uint8Array.from(minutes, (tenths) => limits.findIndex((upper) => tenths <= upper));
  }

  fills(drawn, box) {
    const paths = this.data.classes.map(() => new Path2D());
    for (let s = 0; s < drawn.shapes; s += 1) {
      if (!box || overlaps(drawn.boxes, s, box)) trace(paths[this.classOf[s]], drawn, s);
    }
    return paths;
  }

  // Pixels of the canvas for one unit of the picture, and its upper left corner.
  frame() {
    const { size } = this.names;
    const least = Math.min(this.canvas.width, this.canvas.height) / size;
    this.view.k = Math.min(MOST_ZOOM, Math.max(1, this.view.k));
    const scale = least * this.view.k;
    const half = [this.canvas.width / scale / 2, this.canvas.height / scale / 2];
    for (const [i, axis] of ["x", "y"].entries()) {
      this.view[axis] = half[i] * 2 >= size
        ? size / 2 : Math.min(size - half[i], Math.max(half[i], this.view[axis]));
    }
    return { scale, left: this.view.x - half[0], top: this.view.y - half[1] };
  }

  draw() {
    const began = performance.now();
    const { context, canvas } = this;
    const frame = this.frame();
    const { scale, left, top } = frame;
    const box = [left, top, left + canvas.width / scale, top + canvas.height / scale];
    const near = this.view.k >= FINE_FROM && this.fine;
    const drawn = near ? this.fine : this.coarse;
    const paths = near ? this.fills(this.fine.communes, box) : this.paths;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    let borders = this.borders;
    if (near) {
      borders = new Path2D();
      for (let s = 0; s < this.fine.borders.shapes; s += 1) {
        if (overlaps(this.fine.borders.boxes, s, box)) trace(borders, this.fine.borders, s);
      }
    }
    // What shows through the seams between two colours is a colour of the map, not the page.
    context.fillStyle = this.data.classes[1].fill;
    context.fill(borders);
    paths.forEach((path, i) => {
      context.fillStyle = this.data.classes[i].fill;
      context.fill(path);
      if (this.view.k < LINES_FROM) return;
      context.strokeStyle = "#ffffff";
      context.lineWidth = 0.7 / scale;
      context.stroke(path);
    });
    // Lines must not darken a small picture, where they stand close together.
    const wide = Math.min(1, (canvas.width * this.view.k) / this.dots / 1600);
    context.strokeStyle = `rgba(26, 26, 26, ${0.25 + 0.5 * wide})`;
    context.lineWidth = ((0.2 + 0.8 * wide) * this.dots) / scale;
    context.stroke(borders);
    if (this.selected >= 0) this.outline(drawn.borders, scale);
    this.snapshot = null;
    this.last = frame;
    this.ms = performance.now() - began;
    canvas.dataset.drawMs = this.ms.toFixed(1);
  }

  outline(drawn, scale) {
    const path = new Path2D();
    trace(path, drawn, this.selected);
    this.context.strokeStyle = "#d55e00";
    this.context.lineWidth = (2.5 * this.dots) / scale;
    this.context.stroke(path);
  }

  // While the picture moves, the last one is moved and scaled; it is drawn anew when it rests.
  move() {
    if (!this.snapshot) {
      this.snapshot = document.createElement("canvas");
      this.snapshot.width = this.canvas.width;
      this.snapshot.height = this.canvas.height;
      this.snapshot.getContext("2d").drawImage(this.canvas, 0, 0);
    }
    const { scale, left, top } = this.frame();
    const ratio = scale / this.last.scale;
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.drawImage(
      this.snapshot, (this.last.left - left) * scale, (this.last.top - top) * scale,
      this.canvas.width * ratio, this.canvas.height * ratio,
    );
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.draw(), SETTLE_MS);
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    const { scale, left, top } = this.frame();
    return [
      left + ((event.clientX - box.left) * this.dots) / scale,
      top + ((event.clientY - box.top) * this.dots) / scale,
    ];
  }

  under(event) {
    const [x, y] = this.place(event);
    const drawn = (this.fine || this.coarse).communes;
    return this.cells.at(x, y).find((s) => holds(drawn, s, x, y));
  }

  text(s) {
    const epci = this.names.epci[s];
    const facts = {
      name: this.names.names[s],
      epci: epci < 0 ? "–" : this.names.epci_names[epci],
      now: this.minutes(this.shown.now[s]),
      planned: this.minutes(this.shown.planned[s]),
    };
    return this.words.said.replace(/\{(\w+)\}/g, (_, name) => facts[name]);
  }

  minutes(tenths) {
    if (tenths === UNKNOWN) return this.words.unknown;
    if (tenths === NOWHERE) return this.words.nowhere;
    const figure = new Intl.NumberFormat(this.data.lang, { maximumFractionDigits: 0 });
    return this.words.minutes.replace("{value}", figure.format(tenths / 10));
  }

  // Bring the chosen EPCI into the middle, once for each choice.
  find() {
    if (this.selected < 0) return;
    const all = this.coarse.borders.boxes.subarray(4 * this.selected, 4 * this.selected + 4);
    this.view.x = (all[0] + all[2]) / 2;
    this.view.y = (all[1] + all[3]) / 2;
    this.view.k = Math.min(24, this.names.size / (3 * Math.max(all[2] - all[0], all[3] - all[1], 1)));
  }
}

function overlaps(boxes, s, box) {
  return boxes[4 * s] <= box[2] && boxes[4 * s + 2] >= box[0] &&
    boxes[4 * s + 1] <= box[3] && boxes[4 * s + 3] >= box[1];
}

function legend(root, data) {
  const list = add(root, "ul", { "aria-label": data.legend });
  add(list, "li", {}, data.legend);
  for (const each of data.classes) {
    const item = add(list, "li");
    add(item, "span", { class: "box" }).style.backgroundColor = each.fill;
    add(item, "span", {}, each.label);
  }
}

function follow(picture, canvas, say, choose, signal) {
  const pointers = new Map();
  let moved = 0;
  const listen = (name, act, more = {}) => canvas.addEventListener(name, act, { signal, ...more });
  const zoom = (factor, event) => {
    const before = event && picture.place(event);
    picture.view.k = factor ? picture.view.k * factor : 1;
    if (before) {
      const after = picture.place(event);
      picture.view.x += before[0] - after[0];
      picture.view.y += before[1] - after[1];
    }
    picture.move();
  };
  listen("wheel", (event) => {
    // A wheel alone scrolls the page, as everywhere else.
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? STEP : 1 / STEP, event);
  }, { passive: false });
  listen("pointerdown", (event) => {
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    moved = 0;
  });
  listen("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) {
      const s = picture.under(event);
      if (s !== undefined) say(picture.text(s));
      return;
    }
    const before = pinch(pointers);
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    moved += Math.abs(event.clientX - last[0]) + Math.abs(event.clientY - last[1]);
    if (pointers.size > 1) picture.view.k *= pinch(pointers) / (before || 1);
    else {
      const unit = picture.dots / picture.frame().scale;
      picture.view.x -= (event.clientX - last[0]) * unit;
      picture.view.y -= (event.clientY - last[1]) * unit;
    }
    if (moved > 4) picture.move();
  });
  for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
    listen(name, (event) => pointers.delete(event.pointerId));
  }
  listen("click", (event) => {
    const s = moved > 4 ? undefined : picture.under(event);
    if (s === undefined) return;
    say(picture.text(s));
    if (picture.names.epci[s] >= 0) choose(picture.names.epcis[picture.names.epci[s]]);
  });
  listen("keydown", (event) => {
    const far = (0.2 * picture.names.size) / picture.view.k;
    const steps = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if (event.key === "+") zoom(STEP);
    else if (event.key === "-") zoom(1 / STEP);
    else if (event.key === "0") zoom(0);
    else if (steps[event.key]) {
      event.preventDefault();
      picture.view.x += steps[event.key][0];
      picture.view.y += steps[event.key][1];
      picture.move();
    }
  });
  return zoom;
}

function pinch(pointers) {
  const [a, b] = [...pointers.values()];
  return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".france-map");
  const view = views.get(parentElement) || { k: 1, x: 8192, y: 8192, found: "" };
  views.set(parentElement, view);
  const end = new AbortController();
  root.replaceChildren();
  const controls = add(root, "div", { class: "controls" });
  const figure = add(root, "figure");
  add(figure, "figcaption", {}, data.title);
  const canvas = add(figure, "canvas", { role: "img", "aria-label": data.title, tabindex: 0 });
  const line = add(root, "p", { class: "said", "aria-live": "polite" }, data.words.loading);
  const say = (text) => { line.textContent = text; };
  legend(root, data);
  const observer = new ResizeObserver(() => picture && fit());
  let picture = null;
  const fit = () => {
    const width = root.clientWidth;
    const dots = Math.min(2, window.devicePixelRatio || 1);
    const high = Math.round(Math.min(width, window.innerHeight * 0.85));
    if (!width || (canvas.width === Math.round(width * dots) && picture.dots === dots && picture.last)) return;
    canvas.width = Math.round(width * dots);
    canvas.height = Math.round(high * dots);
    canvas.style.height = `${high}px`;
    picture.dots = dots;
    picture.draw();
  };
  const read = async () => {
    if (!("DecompressionStream" in window)) throw new Error(data.words.old);
    const bytes = async (answer) => level(new Uint8Array(await answer.arrayBuffer()));
    const [names, coarse] = await Promise.all([
      fetched(`${data.files}france.json.gz`, (answer) => answer.json()),
      fetched(`${data.files}france-coarse.gz`, bytes),
    ]);
    if (end.signal.aborted) return;
    picture = new Picture(canvas, names, coarse, data, view, data.words);
    if (data.selected && data.selected !== view.found) picture.find();
    view.found = data.selected;
    const zoom = follow(picture, canvas, say, (epci) => setTriggerValue("epci", epci), end.signal);
    for (const [sign, title, factor] of [
      ["+", data.words.nearer, STEP], ["−", data.words.farther, 1 / STEP], ["⟲", data.words.whole, 0],
    ]) {
      const button = add(controls, "button", { type: "button", "aria-label": title, title }, sign);
      button.addEventListener("click", () => zoom(factor));
    }
    fit();
    observer.observe(root);
    say(data.words.hint);
    picture.fine = await fetched(`${data.files}france-fine.gz`, bytes);
    if (!end.signal.aborted && view.k >= FINE_FROM) picture.draw();
  };
  read().catch((error) => say(error.message));
  return () => {
    end.abort();
    observer.disconnect();
    if (picture) clearTimeout(picture.resting);
  };
}

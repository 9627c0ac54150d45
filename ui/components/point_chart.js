// Points on two axes as plain SVG: each can be clicked, or reached by Tab and chosen with Enter.
// All texts are written with textContent or setAttribute, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const SIZE = { width: 640, height: 380, left: 104, right: 24, top: 20, bottom: 58 };

function add(parent, name, attributes = {}, text = "") {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text) element.textContent = text;
  parent.appendChild(element);
  return element;
}

function scale(values, from, to) {
  const low = Math.min(...values);
  const range = Math.max(...values) - low || 1;
  return (value) => from + ((value - low + 0.04 * range) / (1.08 * range)) * (to - from);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".point-chart");
  root.replaceChildren();
  const { width, height, left, right, top, bottom } = SIZE;
  const svg = add(root, "svg", {
    viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.title,
  });
  const all = [...data.points, ...(data.today ? [data.today] : [])];
  const x = scale(all.map((p) => p.x), left, width - right);
  const y = scale(all.map((p) => p.y), height - bottom, top);
  add(svg, "path", { d: `M${left},${top}V${height - bottom}H${width - right}`, class: "axis" });
  for (const tick of data.xTicks) {
    add(svg, "path", { d: `M${x(tick.at)},${height - bottom}v5`, class: "axis" });
    add(svg, "text", { x: x(tick.at), y: height - bottom + 19, class: "tick middle" }, tick.text);
  }
  for (const tick of data.yTicks) {
    add(svg, "path", { d: `M${left},${y(tick.at)}h-5`, class: "axis" });
    add(svg, "text", { x: left - 9, y: y(tick.at) + 4, class: "tick end" }, tick.text);
  }
  add(svg, "text", { x: (left + width - right) / 2, y: height - 12, class: "title middle" }, data.xTitle);
  add(svg, "text", {
    transform: `translate(14 ${(top + height - bottom) / 2}) rotate(-90)`, class: "title middle",
  }, data.yTitle);
  if (data.today) {
    const mark = add(svg, "path", {
      d: "M-7,0L0,-7L7,0L0,7Z", transform: `translate(${x(data.today.x)} ${y(data.today.y)})`,
      class: "today", role: "img", "aria-label": data.today.text,
    });
    add(mark, "title", {}, data.today.text);
  }
  const said = document.createElement("p");
  said.setAttribute("aria-live", "polite");
  said.textContent = data.hint;
  for (const point of data.points) {
    const mark = add(svg, "circle", {
      cx: x(point.x), cy: y(point.y), r: point.knee ? 9 : 7, class: point.knee ? "point knee" : "point",
      tabindex: 0, role: "button", "aria-label": point.text,
    });
    add(mark, "title", {}, point.text);
    const say = () => { said.textContent = point.text; };
    mark.addEventListener("pointerenter", say);
    mark.addEventListener("focus", say);
    mark.addEventListener("click", () => setTriggerValue("point", point.id));
    mark.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      setTriggerValue("point", point.id);
    });
  }
  root.appendChild(said);
}

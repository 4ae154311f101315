// One picture: uncompressed pixels on a canvas, at its true proportions, with window and level,
// zoom, and what reports draw on it.

import { all, first } from "./data.js";
import { h, svg } from "./dom.js";

const number = (set, tag, otherwise) => {
  const value = Number(first(set, tag));
  return Number.isFinite(value) ? value : otherwise;
};

/** Stored values as numbers that window and level are about (PS3.3 C.11.1). */
const samples = (set, bytes) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wide = number(set, "00280100", 8) > 8;
  const signed = number(set, "00280103", 0) === 1;
  const stored = number(set, "00280101", wide ? 16 : 8);
  const slope = number(set, "00281053", 1);
  const intercept = number(set, "00281052", 0);
  const total = wide ? bytes.byteLength >> 1 : bytes.byteLength;
  const values = new Float32Array(total);
  const shift = 32 - stored;
  for (let i = 0; i < total; ++i) {
    const raw = wide ? view.getUint16(2 * i, true) : bytes[i];
    values[i] = (signed ? (raw << shift) >> shift : raw) * slope + intercept;
  }
  return values;
};

const fullRange = (values) => {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { center: (low + high + 1) / 2, width: Math.max(high - low + 1, 1) };
};

/** Width over height of a pixel: spacing is rows, then columns (PS3.3 10.7.1.3). */
const pixelAspect = (set) => {
  const [down, across] = [all(set, "00280030"), all(set, "00181164"), all(set, "00182010"), all(set, "00280034")].find((pair) => pair.length === 2) ?? [1, 1];
  return Number(across) / Number(down) || 1;
};

const paint = (set, values, { center, width }, inverted) => {
  const columns = number(set, "00280011", 1), rows = number(set, "00280010", 1);
  const colour = number(set, "00280002", 1) === 3;
  const flip = (first(set, "00280004") === "MONOCHROME1") !== inverted;
  const planar = number(set, "00280006", 0) === 1;
  const image = new ImageData(columns, rows);
  const out = new Uint32Array(image.data.buffer);
  const low = center - 0.5 - (width - 1) / 2, scale = 255 / Math.max(width - 1, 1);
  const level = (value) => Math.max(0, Math.min(255, (value - low) * scale));
  const total = rows * columns;
  for (let i = 0; i < total; ++i) {
    const [a, b, c] = !colour ? [values[i], values[i], values[i]]
      : planar ? [values[i], values[i + total], values[i + 2 * total]] : [values[3 * i], values[3 * i + 1], values[3 * i + 2]];
    if (colour) {
      out[i] = 0xff000000 | (c << 16) | (b << 8) | a;
    } else {
      const grey = flip ? 255 - level(a) : level(a);
      out[i] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
    }
  }
  return image;
};

export const createViewer = () => {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const overlay = svg("svg", { "aria-hidden": "true" });
  const labels = h("div", { "aria-hidden": "true" });
  const plate = h("div", { class: "plate" }, canvas, overlay, labels);
  const hud = h("div", { class: "hud", "aria-hidden": "true" });
  const stage = h("div", { class: "stage", tabindex: "0", role: "img", "aria-label": "Picture" }, plate, hud);
  const center = h("input", { type: "range", "aria-label": "Window centre", step: "any" });
  const width = h("input", { type: "range", "aria-label": "Window width", step: "any", min: "1" });
  const state = { set: null, values: null, window: { center: 128, width: 256 }, preset: null, inverted: false, boxes: [], shown: true, tool: "window", zoom: 1, x: 0, y: 0, fit: [1, 1] };

  const press = (title, key, action, pressed) => {
    const button = h("button", { type: "button", title: key ? `${title} (${key})` : title, onclick: action }, title);
    if (pressed !== undefined) button.setAttribute("aria-pressed", String(pressed));
    return button;
  };
  const tool = (name) => {
    state.tool = name;
    stage.dataset.tool = name;
    windowing.setAttribute("aria-pressed", String(name === "window"));
    panning.setAttribute("aria-pressed", String(name === "pan"));
  };
  const windowing = press("Window", "w", () => tool("window"), true);
  const panning = press("Pan", "p", () => tool("pan"), false);
  const boxes = press("Boxes", "b", () => toggleBoxes(), true);
  const inverting = press("Invert", "i", () => invert(), false);
  const tools = h("div", { class: "tools", role: "group", "aria-label": "Picture tools" },
    windowing, panning, press("−", "-", () => zoomBy(1 / 1.25)), press("+", "+", () => zoomBy(1.25)), boxes, inverting, press("Reset", "0", () => reset()),
    h("div", { class: "levels" }, h("span", {}, "Centre"), center, h("span", {}, "Width"), width));

  const place = () => {
    plate.style.width = `${state.fit[0]}px`;
    plate.style.height = `${state.fit[1]}px`;
    plate.style.transform = `translate(${state.x}px, ${state.y}px) scale(${state.zoom})`;
    for (const label of labels.children) label.style.transform = `scale(${1 / state.zoom}) translateY(-100%)`;
    const { center: c, width: w } = state.window;
    hud.textContent = state.set ? `C ${c.toFixed(0)}  W ${w.toFixed(0)}   ${(state.zoom * 100).toFixed(0)} %` : "";
  };
  const fit = () => {
    if (!state.set) return;
    const columns = number(state.set, "00280011", 1) * pixelAspect(state.set), rows = number(state.set, "00280010", 1);
    const scale = Math.min(stage.clientWidth / columns, stage.clientHeight / rows);
    state.fit = [columns * scale, rows * scale];
    state.zoom = 1;
    state.x = (stage.clientWidth - state.fit[0]) / 2;
    state.y = (stage.clientHeight - state.fit[1]) / 2;
    place();
  };
  const draw = () => {
    if (!state.set) return;
    canvas.width = number(state.set, "00280011", 1);
    canvas.height = number(state.set, "00280010", 1);
    canvas.getContext("2d").putImageData(paint(state.set, state.values, state.window, state.inverted), 0, 0);
    center.value = state.window.center;
    width.value = state.window.width;
    place();
  };
  let pending = false;
  const drawSoon = () => {
    if (pending) return;
    pending = true;
    requestAnimationFrame(() => { pending = false; draw(); });
  };
  const zoomBy = (factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) => {
    const zoom = Math.max(0.5, Math.min(24, state.zoom * factor));
    state.x = x - (x - state.x) * zoom / state.zoom;
    state.y = y - (y - state.y) * zoom / state.zoom;
    state.zoom = zoom;
    place();
  };
  const reset = () => {
    state.window = { ...state.preset };
    state.inverted = false;
    inverting.setAttribute("aria-pressed", "false");
    fit();
    draw();
  };
  const invert = () => {
    state.inverted = !state.inverted;
    inverting.setAttribute("aria-pressed", String(state.inverted));
    draw();
  };
  const toggleBoxes = () => {
    state.shown = !state.shown;
    boxes.setAttribute("aria-pressed", String(state.shown));
    overlay.style.display = labels.style.display = state.shown ? "" : "none";
  };
  const drawBoxes = () => {
    const columns = number(state.set, "00280011", 1), rows = number(state.set, "00280010", 1);
    overlay.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    overlay.setAttribute("preserveAspectRatio", "none");
    overlay.replaceChildren(...state.boxes.flatMap(({ id, box: [x, y, w, h_], colour }) => {
      const where = { x, y, width: w, height: h_, "data-box": id };
      const line = svg("rect", where);
      line.style.stroke = colour;
      return [svg("rect", { ...where, class: "under" }), line];
    }));
    labels.replaceChildren(...state.boxes.map(({ box: [x, y], colour, label }) =>
      h("div", { class: "tag", style: { left: `${100 * x / columns}%`, top: `${100 * y / rows}%`, color: colour } }, h("span", {}, label))));
    place();
  };

  // Pointers: one drags, two pinch.
  const pointers = new Map();
  let last = null;
  stage.addEventListener("pointerdown", (event) => {
    if (!state.set) return;
    stage.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, event);
    last = null;
  });
  stage.addEventListener("pointermove", (event) => {
    if (!pointers.has(event.pointerId)) return;
    const before = pointers.get(event.pointerId);
    pointers.set(event.pointerId, event);
    const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
    if (pointers.size === 2) {
      const [a, b] = [...pointers.values()];
      const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
      const area = stage.getBoundingClientRect();
      if (last) zoomBy(apart / last, (a.clientX + b.clientX) / 2 - area.left, (a.clientY + b.clientY) / 2 - area.top);
      last = apart;
    } else if (state.tool === "pan" || event.shiftKey || event.buttons === 4) {
      state.x += dx;
      state.y += dy;
      place();
    } else {
      const step = state.preset.width / 400;
      state.window = { center: state.window.center - dy * step, width: Math.max(1, state.window.width + dx * step) };
      drawSoon();
    }
  });
  for (const over of ["pointerup", "pointercancel"]) {
    stage.addEventListener(over, (event) => { pointers.delete(event.pointerId); last = null; });
  }
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const area = stage.getBoundingClientRect();
    zoomBy(Math.exp(-event.deltaY / 500), event.clientX - area.left, event.clientY - area.top);
  }, { passive: false });
  stage.addEventListener("dblclick", reset);
  const pan = (dx, dy) => { state.x += dx; state.y += dy; place(); };
  const keys = {
    "+": () => zoomBy(1.25), "=": () => zoomBy(1.25), "-": () => zoomBy(1 / 1.25), 0: reset, i: invert, b: toggleBoxes, w: () => tool("window"), p: () => tool("pan"),
    ArrowLeft: () => pan(40, 0), ArrowRight: () => pan(-40, 0), ArrowUp: () => pan(0, 40), ArrowDown: () => pan(0, -40),
  };
  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key] || !state.set) return;
    event.preventDefault();
    keys[event.key]();
  });
  center.addEventListener("input", () => { state.window.center = Number(center.value); drawSoon(); });
  width.addEventListener("input", () => { state.window.width = Number(width.value); drawSoon(); });
  const resized = new ResizeObserver(fit);
  resized.observe(stage);

  return {
    element: [stage, tools],
    show(set, bytes, title) {
      state.set = set;
      state.values = samples(set, bytes);
      const range = fullRange(state.values);
      const given = { center: number(set, "00281050", NaN), width: number(set, "00281051", NaN) };
      state.preset = Number.isFinite(given.center) && given.width >= 1 ? given : range;
      state.window = { ...state.preset };
      center.min = range.center - range.width / 2;
      center.max = range.center + range.width / 2;
      width.max = Math.max(range.width, state.preset.width) * 1.5;
      stage.setAttribute("aria-label", title);
      fit();
      draw();
      stage.dataset.ready = "true";
    },
    /** Until the next picture is there. */
    clear() {
      state.set = state.values = null;
      state.boxes = [];
      pointers.clear();
      canvas.width = canvas.height = 1;
      overlay.replaceChildren();
      labels.replaceChildren();
      stage.setAttribute("aria-label", "No picture");
      delete stage.dataset.ready;
      place();
    },
    /** [{ id, box: [x, y, width, height], colour, label }] */
    boxes(drawn) {
      state.boxes = drawn;
      if (state.set) drawBoxes();
    },
    highlight(id) {
      for (const rect of overlay.querySelectorAll("rect:not(.under)")) rect.classList.toggle("hot", rect.dataset.box === String(id));
    },
    stop: () => resized.disconnect(),
  };
};

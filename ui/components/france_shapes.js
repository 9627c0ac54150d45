// Outlines of all communes, as data/builder/france_map.py writes them: read, traced, found again.

const CELLS = 96; // the picture is cut into CELLS x CELLS to find the commune under the pointer

function outlines(bytes, start) {
  const head = new DataView(bytes.buffer, bytes.byteOffset + start, 12);
  const [shapes, rings, points] = [0, 4, 8].map((at) => head.getUint32(at, true));
  let at = start + 12;
  const counts = new Uint16Array(bytes.slice(at, at + 2 * (shapes + rings)).buffer);
  at += 2 * (shapes + rings);
  const xy = new Int16Array(2 * points);
  const last = [0, 0];
  for (let i = 0; i < 2 * points; i += 1) {
    let value = 0;
    let shift = 0;
    let byte;
    do {
      byte = bytes[at];
      at += 1;
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    last[i & 1] += value & 1 ? -((value + 1) >> 1) : value >> 1;
    xy[i] = last[i & 1];
  }
  const ringAt = new Uint32Array(shapes + 1);
  for (let s = 0; s < shapes; s += 1) ringAt[s + 1] = ringAt[s] + counts[s];
  const pointAt = new Uint32Array(rings + 1);
  for (let r = 0; r < rings; r += 1) pointAt[r + 1] = pointAt[r] + counts[shapes + r];
  const boxes = new Int16Array(4 * shapes);
  for (let s = 0; s < shapes; s += 1) {
    let [west, north, east, south] = [32767, 32767, -1, -1];
    for (let p = pointAt[ringAt[s]]; p < pointAt[ringAt[s + 1]]; p += 1) {
      west = Math.min(west, xy[2 * p]);
      east = Math.max(east, xy[2 * p]);
      north = Math.min(north, xy[2 * p + 1]);
      south = Math.max(south, xy[2 * p + 1]);
    }
    boxes.set([west, north, east, south], 4 * s);
  }
  return { drawn: { shapes, ringAt, pointAt, xy, boxes }, next: at };
}

function level(bytes) {
  const communes = outlines(bytes, 0);
  const borders = outlines(bytes, communes.next);
  return { communes: communes.drawn, borders: borders.drawn };
}

function trace(path, drawn, s) {
  for (let r = drawn.ringAt[s]; r < drawn.ringAt[s + 1]; r += 1) {
    const from = drawn.pointAt[r];
    path.moveTo(drawn.xy[2 * from], drawn.xy[2 * from + 1]);
    for (let p = from + 1; p < drawn.pointAt[r + 1]; p += 1) {
      path.lineTo(drawn.xy[2 * p], drawn.xy[2 * p + 1]);
    }
    path.closePath();
  }
}

function holds(drawn, s, x, y) {
  const [west, north, east, south] = drawn.boxes.subarray(4 * s, 4 * s + 4);
  if (x < west || x > east || y < north || y > south) return false;
  let inside = false;
  for (let r = drawn.ringAt[s]; r < drawn.ringAt[s + 1]; r += 1) {
    for (let p = drawn.pointAt[r], q = drawn.pointAt[r + 1] - 1; p < drawn.pointAt[r + 1]; q = p, p += 1) {
      const [ax, ay, bx, by] = [drawn.xy[2 * p], drawn.xy[2 * p + 1], drawn.xy[2 * q], drawn.xy[2 * q + 1]];
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
    }
  }
  return inside;
}

function cells(drawn, size) {
  const found = Array.from({ length: CELLS * CELLS }, () => []);
  const cell = (v) => Math.min(CELLS - 1, Math.max(0, Math.floor((v / size) * CELLS)));
  for (let s = 0; s < drawn.shapes; s += 1) {
    const [west, north, east, south] = drawn.boxes.subarray(4 * s, 4 * s + 4);
    for (let row = cell(north); row <= cell(south); row += 1) {
      for (let column = cell(west); column <= cell(east); column += 1) found[row * CELLS + column].push(s);
    }
  }
  return { at: (x, y) => found[cell(y) * CELLS + cell(x)] };
}


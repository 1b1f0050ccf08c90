// node oracle.js MODEL ROWS SEED: compares `tc0 eval` with ONNX Runtime, bit for
// bit, on the rows recorded beside the model and on ROWS others. TC0 and
// ONNXRUNTIME in the environment say where they are. tools/oracle.sh calls it.
'use strict';
const fs = require('fs');
const path = require('path');
const {execFileSync} = require('child_process');
const ort = require(process.env.ONNXRUNTIME);

const [model, rowsText, seedText] = process.argv.slice(2);
const tc0 = (args, input) => execFileSync(process.env.TC0, args,
    {input, maxBuffer: 1 << 30, stdio: ['pipe', 'pipe', 'inherit']}).toString();

// ---- Random numbers ----

let state = Number(seedText) >>> 0;
function random() { // mulberry32, in [0, 1)
  state = (state + 0x6D2B79F5) >>> 0;
  let t = state;
  t = Math.imul(t ^ (t >>> 15), t | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const between = (lo, hi) => lo + Math.floor(random() * (hi - lo + 1));

function neighbour(x, steps) { // of a float32
  const f = new Float32Array([x]);
  const bits = new Int32Array(f.buffer);
  if (f[0] !== 0)
    bits[0] += steps;
  return f[0];
}

// ---- Inputs ----

const INTEGERS = {
  uint8: [0, 255], int8: [-128, 127], bool: [0, 1], uint16: [0, 65535],
  int16: [-32768, 32767], int32: [-2147483648, 2147483647], int64: [-8, 8],
};
const ARRAYS = {
  float32: Float32Array, uint8: Uint8Array, int8: Int8Array, bool: Uint8Array,
  uint16: Uint16Array, int16: Int16Array, int32: Int32Array,
  int64: BigInt64Array,
};

// Where a float input is quantised, tc0 says how: its steps are where rounding
// may go wrong.
function gridOf(notes, name) {
  for (const note of notes) {
    const m = note.match(/^the circuit's input (.*) is the model's input quantised: round\(x \/ ([^)]*)\) ([+-]) (\d+), from (-?\d+) to (-?\d+)$/);
    if (m && m[1] === name)
      return {scale: Number(m[2]), zero: Number(m[3] + m[4]),
              lo: Number(m[5]), hi: Number(m[6])};
  }
  return {scale: 1 / 16, zero: 0, lo: -128, hi: 127};
}

const KINDS = {
  anywhere: g => (random() * 1.4 - 0.2) * (g.hi - g.lo) + g.lo,
  levels: g => between(g.lo, g.hi),
  halves: g => between(g.lo - 1, g.hi) + 0.5,
  extremes: g => random() < 0.5 ? g.lo : g.hi,
  least: g => g.lo,
  greatest: g => g.hi,
  zero: g => g.zero,
};
const FLOAT_KINDS = [...Object.keys(KINDS), 'beside halves', 'wild'];

function drawFloat(kind, g) {
  if (kind === 'wild')
    return Math.fround((random() < 0.5 ? -1 : 1) * Math.pow(10, random() * 83 - 45));
  const at = KINDS[kind === 'beside halves' ? 'halves' : kind](g);
  const x = Math.fround((at - g.zero) * Math.fround(g.scale));
  return kind === 'beside halves' ? neighbour(x, random() < 0.5 ? -1 : 1) : x;
}

function drawInteger(kind, [lo, hi]) {
  return kind === 'least' ? lo : kind === 'greatest' ? hi :
      kind === 'extremes' ? (random() < 0.5 ? lo : hi) :
      kind === 'zero' ? 0 : between(lo, hi);
}

function drawRow(inputs, i) {
  const kind = FLOAT_KINDS[i % FLOAT_KINDS.length];
  return inputs.map(input => Array.from({length: input.n}, () =>
    input.type === 'float32' ? drawFloat(kind, input.grid) :
        drawInteger(kind, INTEGERS[input.type])));
}

// ---- What was recorded: protocol buffers of one tensor each ----

function readTensor(file) {
  const b = fs.readFileSync(file);
  const t = {raw: null, floats: [], integers: [], type: 0};
  let at = 0;
  const varint = () => {
    let v = 0n;
    for (let shift = 0n;; shift += 7n) {
      const byte = b[at++];
      v |= BigInt(byte & 127) << shift;
      if (!(byte & 128))
        return BigInt.asIntN(64, v);
    }
  };
  while (at < b.length) {
    const tag = Number(varint()), field = tag >> 3, wire = tag & 7;
    if (wire === 0) {
      const v = varint();
      if (field === 2)
        t.type = Number(v);
      else if (field === 5 || field === 7)
        t.integers.push(Number(v));
      continue;
    }
    const end = wire === 2 ? Number(varint()) + at : at + (wire === 1 ? 8 : 4);
    if (field === 9)
      t.raw = b.subarray(at, end);
    for (; field === 4 && at < end; at += 4)
      t.floats.push(b.readFloatLE(at));
    while ((field === 5 || field === 7) && at < end)
      t.integers.push(Number(varint()));
    at = end;
  }
  return valuesOf(t);
}

function valuesOf(t) {
  const name = {1: 'float32', 2: 'uint8', 3: 'int8', 4: 'uint16', 5: 'int16',
                6: 'int32', 7: 'int64', 9: 'bool'}[t.type];
  if (!t.raw)
    return t.type === 1 ? t.floats : t.integers;
  const bytes = Uint8Array.from(t.raw); // aligned
  return Array.from(new ARRAYS[name](bytes.buffer), Number);
}

function readRecorded(inputs, outputs) {
  const folder = path.dirname(model), rows = [];
  for (const set of fs.readdirSync(folder).filter(f => /^test_data_set_/.test(f)).sort()) {
    const read = (kind, ports) => ports.map((port, k) =>
      readTensor(path.join(folder, set, `${kind}_${k}.pb`)));
    const x = read('input', inputs), y = read('output', outputs);
    const n = x[0].length / inputs[0].n;
    const cut = (values, ports, i) => values.map((v, k) =>
      v.slice(i * ports[k].n, (i + 1) * ports[k].n));
    for (let i = 0; i < n; i++)
      rows.push({x: cut(x, inputs, i), recorded: cut(y, outputs, i)});
  }
  return rows;
}

// ---- The two of them ----

// A length that is not fixed is 1: a row is a batch of one.
const portsOf = all => all.map(({name, type, shape}) => {
  const dims = shape.map(d => typeof d === 'number' ? d : 1);
  return {name, type, dims, n: dims.reduce((a, b) => a * b, 1)};
});

async function runOnnx(session, inputs, outputs, x) {
  const feeds = {};
  inputs.forEach((input, k) => {
    const array = ARRAYS[input.type];
    const values = input.type === 'int64' ? x[k].map(BigInt) : x[k];
    feeds[input.name] = new ort.Tensor(input.type, array.from(values), input.dims);
  });
  const result = await session.run(feeds);
  return outputs.map(o => Array.from(result[o.name].data, Number));
}

// A bus of one value may have no number.
function columnsOf(header, port) {
  return Array.from({length: port.n}, (_, i) => {
    const at = header.indexOf(port.name + i);
    return at < 0 && port.n === 1 ? header.indexOf(port.name) : at;
  });
}

function runCircuit(inputs, outputs, rows) {
  const header = inputs.flatMap(p => Array.from({length: p.n}, (_, i) => `"${p.name}${i}"`));
  const number = v => Object.is(v, -0) ? '-0' : String(v);
  const csv = [header, ...rows.map(r => r.x.flat().map(number))].join('\n') + '\n';
  const lines = tc0(['eval', model, '-i', '-', '--quiet'], csv).trimEnd().split('\n')
      .map(line => line.split(',').map(cell => cell.replace(/"/g, '')));
  const columns = outputs.map(o => columnsOf(lines[0], o));
  return lines.slice(1).map(cells => outputs.map((o, k) =>
    columns[k].map(c => o.type === 'float32' ? Math.fround(cells[c]) : Number(cells[c]))));
}

// Bits, but for the sign of 0, which integers do not have.
function compare(outputs, a, b, what, row, report) {
  outputs.forEach((o, k) => a[k].forEach((v, i) => {
    report.values++;
    if (v !== b[k][i] && report.differences++ < 3)
      console.log(`  ${o.name}[${i}] of row ${row + 1} is ${v} in onnxruntime, ` +
                  `but ${b[k][i]} ${what}`);
  }));
}

async function main() {
  const about = JSON.parse(tc0(['inspect', model, '--json', '--quiet']));
  if (!about.exact) {
    console.log(`${model}: a float model, which is not compared`);
    return 0;
  }
  const session = await ort.InferenceSession.create(model, {logSeverityLevel: 3});
  const inputs = portsOf(session.inputMetadata), outputs = portsOf(session.outputMetadata);
  inputs.forEach(i => { i.grid = gridOf(about.notes, i.name); });
  const rows = readRecorded(inputs, outputs), recorded = rows.length;
  for (let i = 0; i < Number(rowsText); i++)
    rows.push({x: drawRow(inputs, i)});
  const ours = runCircuit(inputs, outputs, rows);
  const report = {values: 0, differences: 0};
  for (let i = 0; i < rows.length; i++) {
    const theirs = await runOnnx(session, inputs, outputs, rows[i].x);
    compare(outputs, theirs, ours[i], 'in tc0', i, report);
    if (rows[i].recorded)
      compare(outputs, theirs, rows[i].recorded, 'as recorded', i, report);
  }
  console.log(`${model}: ${recorded} recorded rows, ${rows.length - recorded} others, ` +
              `${report.values} values, ${report.differences} differ`);
  return report.differences ? 1 : 0;
}

main().then(status => process.exit(status), error => {
  console.log(`${model}: not run: ${error.message.split('\n')[0]}`);
  process.exit(2);
});

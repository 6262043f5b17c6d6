'use strict';

// Everything here is made of what /api/v1 says (docs/page.md). Without this script the page shows the connections of its moment.
const $ = id => document.getElementById(id);
const states = { frames: new Map(), isns: [], offset: 0, time: null };
const MOST_ISNS = 500, MOST_HANDSHAKES = 4, INTERVAL = 1000;

const get = async path => (await fetch('/api/v1/' + path)).json();

const element = (name, attributes = {}, text) => {
  const made = name in svgNames ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};
const svgNames = { svg: 1, line: 1, text: 1, circle: 1, path: 1, g: 1, title: 1 };

const relative = () => $('relative').checked;
const number = value => value.toLocaleString('en');
const less = (value, base) => (value - base) >>> 0;

// One row for each object; a cell is text, or a number to be aligned.
const fill = (table, rows) => {
  const body = table.tBodies[0];
  body.replaceChildren(...rows.map(cells => {
    const row = element('tr');
    for (const cell of cells)
      row.append(element('td', typeof cell === 'number' ? { class: 'number' } : {}, typeof cell === 'number' ? number(cell) : cell));
    return row;
  }));
};

const showDevice = device => {
  states.time = { device: device.time, here: performance.now() };
  $('title').textContent = 'HandshakeNano on ' + device.board;
  const seconds = Math.floor(device.time / 1e6);
  const entries = {
    Board: device.board,
    Version: device.version,
    Name: device.name ?? 'none',
    Address: [device.address ? device.address + (device.leaseTime ? ` (DHCP, for ${device.leaseTime === 2 ** 32 - 1 ? 'ever' : number(device.leaseTime) + ' s'})` : '') : 'none', ...device.ipv6Addresses].join(', '),
    Ethernet: device.physicalAddress ?? 'none',
    Link: (device.linkUp ? 'up' : 'down') + ', MTU ' + device.mtu,
    Memory: device.freeMemory === undefined ? 'not known' : number(device.freeMemory) + ' bytes free',
    Uptime: `${Math.floor(seconds / 86400)} d ${new Date(seconds * 1000).toISOString().slice(11, 19)}`,
  };
  $('device').replaceChildren(...Object.entries(entries).flatMap(([term, text]) => [element('dt', {}, term), element('dd', {}, text)]));
};

const showConnections = answer => {
  $('summary').textContent = `${answer.open} of ${answer.capacity} connections, ${answer.timeWait} in TIME-WAIT`;
  fill($('connections'), answer.connections.map(one => [
    one.state,
    (one.remoteAddress.includes(':') ? `[${one.remoteAddress}]` : one.remoteAddress) + ':' + one.remotePort,
    String(one.localPort),
    one.iss, one.irs,
    one.roundTripTime ? (one.roundTripTime / 1000).toFixed(1) + ' ms' : '',
    Math.max(less(one.sndUna, one.iss) - 1, 0), Math.max(less(one.rcvNxt, one.irs) - 1, 0),
  ]));
};

const showCounters = counters => fill($('counters'), Object.entries(counters));

// A TCP segment out of the first bytes of a frame; null if it is none.
const parse = frame => {
  const bytes = Uint8Array.from(frame.bytes.match(/../g) ?? [], pair => parseInt(pair, 16));
  const view = new DataView(bytes.buffer);
  if (bytes.length < 54) return null;
  const type = view.getUint16(12);
  let at, from, to;
  if (type === 0x0800 && bytes[23] === 6) {
    at = 14 + 4 * (bytes[14] & 15);
    from = bytes.slice(26, 30).join('.');
    to = bytes.slice(30, 34).join('.');
  } else if (type === 0x86DD && bytes[20] === 6) {
    at = 54;
    const groups = start => Array.from({ length: 8 }, (_, i) => view.getUint16(start + 2 * i).toString(16)).join(':').replace(/\b(0(:|$)){2,}/, ':');
    from = groups(22);
    to = groups(38);
  } else {
    return null;
  }
  if (at + 20 > bytes.length) return null;
  const flags = bytes[at + 13];
  return {
    time: frame.time, sent: frame.sent, syn: (flags & 2) !== 0, ack: (flags & 16) !== 0,
    flags: ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG'].filter((_, bit) => flags & 1 << bit).join(','),
    seq: view.getUint32(at + 4), acknowledges: view.getUint32(at + 8),
    // One name for both directions.
    peer: frame.sent ? `${to} ${view.getUint16(at + 2)}` : `${from} ${view.getUint16(at)}`,
    port: frame.sent ? view.getUint16(at) : view.getUint16(at + 2),
  };
};

const handshakes = [];

const takeFrames = answer => {
  for (const frame of answer.frames) {
    if (states.frames.has(frame.number)) continue;
    states.frames.set(frame.number, true);
    const segment = parse(frame);
    if (!segment) continue;
    if (segment.sent && segment.syn) {
      states.isns.push({ time: segment.time, isn: segment.seq });
      if (states.isns.length > MOST_ISNS) states.isns.shift();
    }
    const key = segment.peer + ' ' + segment.port;
    let shake = handshakes.find(one => one.key === key);
    if (segment.syn && !segment.ack && (!shake || shake.segments.length > 2)) {
      shake = { key, peer: segment.peer, port: segment.port, segments: [] };
      handshakes.unshift(shake);
      handshakes.length = Math.min(handshakes.length, MOST_HANDSHAKES);
    }
    if (shake && shake.segments.length < 3) shake.segments.push(segment);
  }
  // Numbers only grow: what is far behind does not come again.
  if (states.frames.size > 1000) states.frames = new Map([...states.frames].slice(-200));
};

const drawLadders = () => {
  $('ladders').replaceChildren(...handshakes.map(shake => {
    const height = 50 + 44 * shake.segments.length;
    const svg = element('svg', { viewBox: `0 0 640 ${height}`, role: 'img' });
    const initial = {};
    for (const one of shake.segments) if (one.syn) initial[one.sent] = one.seq;
    const shown = (value, sent) => relative() && initial[sent] !== undefined ? less(value, initial[sent]) : value;
    const texts = shake.segments.map(one =>
      `${one.flags} seq ${shown(one.seq, one.sent)}${one.ack ? ' ack ' + shown(one.acknowledges, !one.sent) : ''}`);
    svg.append(element('title', {}, `Handshake with ${shake.peer}: ${texts.join('; ')}`));
    svg.append(element('text', { x: 60, y: 16 }, `${shake.peer.replace(' ', ' port ')}`), element('text', { x: 580, y: 16, 'text-anchor': 'end' }, `device port ${shake.port}`));
    for (const x of [100, 540]) svg.append(element('line', { x1: x, x2: x, y1: 26, y2: height - 8, 'stroke-width': 2 }));
    shake.segments.forEach((one, i) => {
      const y = 50 + 44 * i, [from, to] = one.sent ? [540, 100] : [100, 540], side = Math.sign(to - from);
      const group = element('g', { class: one.sent ? 'us' : 'them' });
      group.append(
        element('line', { class: one.sent ? 'us' : 'them', x1: from, y1: y, x2: to, y2: y + 14, 'stroke-width': 2 }),
        element('path', { d: `M${to} ${y + 14}l${-12 * side} -5.5l0 10z` }));
      svg.append(group, element('text', { x: 320, y: y - 3, 'text-anchor': 'middle' }, texts[i]));
      svg.append(element('text', { class: 'faint', x: one.sent ? 548 : 92, y: y + 4, 'text-anchor': one.sent ? 'start' : 'end' },
        i === 0 ? '0 ms' : `+${((one.time - shake.segments[0].time) / 1000).toFixed(1)} ms`));
    });
    return svg;
  }));
  $('no-ladder').hidden = handshakes.length > 0;
};

const drawScatter = () => {
  const svg = $('scatter'), points = states.isns;
  svg.replaceChildren(element('title', {}, `${points.length} initial sequence numbers of this device over time`));
  if (points.length === 0) return;
  const first = points[0].time, span = Math.max(points[points.length - 1].time - first, 1e6);
  svg.append(element('line', { x1: 40, x2: 40, y1: 10, y2: 190 }), element('line', { x1: 40, x2: 630, y1: 190, y2: 190 }),
    element('text', { class: 'faint', x: 36, y: 20, 'text-anchor': 'end' }, '2³²'), element('text', { class: 'faint', x: 36, y: 194, 'text-anchor': 'end' }, '0'),
    element('text', { class: 'faint', x: 630, y: 208, 'text-anchor': 'end' }, `${Math.round(span / 1e6)} s`));
  for (const point of points)
    svg.append(element('circle', { class: 'us', cx: 40 + 590 * (point.time - first) / span, cy: 190 - 180 * point.isn / 2 ** 32, r: 3 }));
};

// RFC 6528: the clock ticks every 4 microseconds; the hidden part of each connection is added to it.
const showClock = () => {
  if (states.time)
    $('clock').textContent = number(Math.floor((states.time.device + 1000 * (performance.now() - states.time.here)) / 4) % 2 ** 32);
};

const refresh = async () => {
  try {
    takeFrames(await get('handshakes'));
    showDevice(await get('device'));
    showConnections(await get('connections'));
    showCounters(await get('counters'));
    drawLadders();
    drawScatter();
    $('status').textContent = '';
  } catch {
    $('status').textContent = 'The device does not answer. This page tries again every second.';
  }
  setTimeout(refresh, INTERVAL);
};

for (const section of document.querySelectorAll('[data-live]')) section.hidden = false;
$('relative').addEventListener('change', drawLadders);
if (!matchMedia('(prefers-reduced-motion: reduce)').matches) setInterval(showClock, 100);
else setInterval(showClock, 1000);
refresh();

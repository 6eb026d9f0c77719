// What a screenshot shows, as far as a test can tell without knowing it: its size, and that it is not blank.
"use strict";
const { inflateSync } = require("node:zlib");

// The size of a PNG of eight bits per channel, and how many different colours its rows begin to show.
function look(png) {
  if (png.readUInt32BE(0) !== 0x89504e47) throw new Error("not a PNG");
  const [width, height, depth, kind] = [png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]];
  const channels = { 2: 3, 6: 4 }[kind];
  if (depth !== 8 || channels === undefined) throw new Error(`a PNG of kind ${kind} with ${depth} bits`);
  const parts = [];
  for (let place = 8; place < png.length;) {
    const length = png.readUInt32BE(place);
    if (png.toString("latin1", place + 4, place + 8) === "IDAT") parts.push(png.subarray(place + 8, place + 8 + length));
    place += 12 + length;
  }
  const rows = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const colours = new Map();
  let above = Buffer.alloc(stride);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)];
    const row = Buffer.from(rows.subarray(y * (stride + 1) + 1, (y + 1) * (stride + 1)));
    unfilter(filter, row, above, channels);
    for (let x = 0; x < stride; x += channels) {
      const colour = (row[x] << 16) | (row[x + 1] << 8) | row[x + 2];
      colours.set(colour, (colours.get(colour) ?? 0) + 1);
    }
    above = row;
  }
  const [ground] = [...colours].sort((one, other) => other[1] - one[1])[0];
  const brightness = ((ground >> 16) + ((ground >> 8) & 255) + (ground & 255)) / 3;
  return { width, height, colours: colours.size, brightness, drawn: 1 - colours.get(ground) / (width * height) };
}

// Undoes the filter of a row, by the five rules of PNG.
function unfilter(filter, row, above, channels) {
  for (let place = 0; place < row.length; place++) {
    const left = place < channels ? 0 : row[place - channels];
    const up = above[place];
    const corner = place < channels ? 0 : above[place - channels];
    row[place] += [0, left, up, (left + up) >> 1, nearest(left, up, corner)][filter];
  }
}

function nearest(left, up, corner) {
  const guess = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value));
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

module.exports = { look };

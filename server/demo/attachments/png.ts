/** PNG images (RFC 2083): true colour, eight bits, made from a function of the place. */
import { crc32, deflateSync } from 'node:zlib';
import type { Random } from '#server/demo/random.ts';

export type Colour = readonly [red: number, green: number, blue: number];

export function printPng(width: number, height: number, colourAt: (x: number, y: number) => Colour): Buffer {
  const rowOctets = 1 + width * 3;
  const raw = Buffer.alloc(rowOctets * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const [red, green, blue] = colourAt(x, y);
      const place = y * rowOctets + 1 + x * 3;
      raw[place] = red;
      raw[place + 1] = green;
      raw[place + 2] = blue;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A bar chart on white: one bar a value (0 to 1), with a base line. */
export function printChart(values: readonly number[], colour: Colour): Buffer {
  const [width, height, margin] = [480, 240, 20];
  const step = (width - 2 * margin) / values.length;
  return printPng(width, height, (x, y) => {
    if (y === height - margin) return [80, 80, 80];
    const bar = Math.floor((x - margin) / step);
    const value = x < margin ? undefined : values[bar];
    if (value === undefined || y > height - margin) return [255, 255, 255];
    const isGap = (x - margin) % step > step * 0.7;
    return !isGap && height - margin - y < value * (height - 2 * margin) ? colour : [255, 255, 255];
  });
}

/**
 * A landscape of hills under a sky, standing in for a photograph. With grain it compresses as badly as a real one:
 * some 600 kB instead of 7.
 */
export function printLandscape(shift: number, grain?: Random): Buffer {
  const [width, height] = [640, 420];
  if (grain !== undefined) {
    const speckle = (value: number): number => Math.max(0, Math.min(255, value + grain.between(-14, 14)));
    return printPng(width, height, (x, y) => {
      const [red, green, blue] = landscapeAt(x, y, height, shift);
      return [speckle(red), speckle(green), speckle(blue)];
    });
  }
  return printPng(width, height, (x, y) => landscapeAt(x, y, height, shift));
}

function landscapeAt(x: number, y: number, height: number, shift: number): Colour {
  for (let hill = 3; hill >= 0; hill -= 1) {
    const crest =
      height * (0.45 + hill * 0.12) + 26 * Math.sin((x + shift * 37) / (60 + hill * 25) + hill * 1.7 + shift);
    if (y > crest) return [40 + hill * 22, 90 + hill * 25, 60 + Math.floor((y - crest) / 9)];
  }
  return [140 + Math.floor(y / 6), 185 + Math.floor(y / 9), 230];
}

/** The made-up academy's emblem: a folded sheet in a disc. */
export function printEmblem(): Buffer {
  const size = 96;
  return printPng(size, size, (x, y) => {
    const distance = Math.hypot(x - size / 2, y - size / 2);
    if (distance > 46) return [255, 255, 255];
    if (distance > 42) return [38, 70, 110];
    if (x > 24 && x < 72 && y > 34 && y < 64)
      return Math.abs(x - 48) < (y - 34) * 0.9 && y < 56 ? [214, 226, 240] : [255, 255, 255];
    return [52, 100, 160];
  });
}

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/**
 * Logos as PNG (ISO/IEC 15948): the chunks that draw are kept, and no others, so that neither a camera's notes nor what
 * hides behind the picture travels with it. What the header claims is compared with what the data holds by whoever
 * inflates it (server/brand/logo.ts): `rawOctets` is the one length that fits.
 */
import { joinOctets } from '#formats/octets/join.ts';

import { BadLogo, logoSideAtMost } from './logo.ts';

export interface PngLogo {
  readonly width: number;
  readonly height: number;
  /** The file as it is kept. */
  readonly octets: Uint8Array;
  /** What the picture is made of, deflated (RFC 1950). */
  readonly deflated: Uint8Array;
  /** Its length when it is inflated: every row with its filter. */
  readonly rawOctets: number;
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const kept = new Set(['IHDR', 'PLTE', 'tRNS', 'gAMA', 'sRGB', 'IDAT', 'IEND']);
const chunksAtMost = 2000;

/** Depths that a colour type may have, and how many samples a pixel of it has. */
const colourTypes: ReadonlyMap<number, { readonly depths: readonly number[]; readonly samples: number }> = new Map([
  [0, { depths: [1, 2, 4, 8, 16], samples: 1 }],
  [2, { depths: [8, 16], samples: 3 }],
  [3, { depths: [1, 2, 4, 8], samples: 1 }],
  [4, { depths: [8, 16], samples: 2 }],
  [6, { depths: [8, 16], samples: 4 }],
]);

/** @throws {BadLogo} */
export function readPng(octets: Uint8Array): PngLogo {
  if (!signature.every((octet, index) => octets[index] === octet)) throw new BadLogo('notAnImage');
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const pieces: Uint8Array[] = [octets.subarray(0, 8)];
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  let at = 8;
  for (let chunks = 0; ; chunks += 1) {
    if (at + 12 > octets.length || chunks > chunksAtMost) throw new BadLogo('broken', 'it ends too soon');
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > octets.length) throw new BadLogo('broken', 'a chunk is longer than the file');
    const type = String.fromCodePoint(...octets.subarray(at + 4, at + 8));
    if (view.getUint32(end - 4) !== crcOf(octets.subarray(at + 4, end - 4))) throw new BadLogo('broken', `crc ${type}`);
    const content = octets.subarray(at + 8, end - 4);
    if ((chunks === 0) !== (type === 'IHDR')) throw new BadLogo('broken', type);
    if (type === 'IHDR') header = readHeader(content);
    if (type === 'IDAT') data.push(content);
    if (kept.has(type)) pieces.push(octets.subarray(at, end));
    else if (/^[A-Z]/.test(type)) throw new BadLogo('broken', `chunk ${type}`);
    at = end;
    if (type === 'IEND') break;
  }
  if (!header || data.length === 0) throw new BadLogo('empty');
  const { width, height } = header;
  return { width, height, octets: joinOctets(pieces), deflated: joinOctets(data), rawOctets: rawOctetsOf(header) };
}

interface Header {
  readonly width: number;
  readonly height: number;
  readonly bitsAPixel: number;
  readonly isInterlaced: boolean;
}

function readHeader(content: Uint8Array): Header {
  if (content.length !== 13) throw new BadLogo('broken', 'IHDR');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  if (width === 0 || height === 0) throw new BadLogo('wrongSize', 'no size');
  if (width > logoSideAtMost || height > logoSideAtMost) throw new BadLogo('tooLarge', `${width} × ${height} pixels`);
  const depth = view.getUint8(8);
  const type = colourTypes.get(view.getUint8(9));
  const interlace = view.getUint8(12);
  if (!type?.depths.includes(depth) || view.getUint8(10) !== 0 || view.getUint8(11) !== 0 || interlace > 1)
    throw new BadLogo('broken', 'IHDR');
  return { width, height, bitsAPixel: depth * type.samples, isInterlaced: interlace === 1 };
}

/** Where each of the seven passes begins, and how far apart its pixels are: x, y, then the steps. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function rawOctetsOf({ width, height, bitsAPixel, isInterlaced }: Header): number {
  const octets = (columns: number, rows: number) =>
    columns === 0 ? 0 : rows * (1 + Math.ceil((columns * bitsAPixel) / 8));
  if (!isInterlaced) return octets(width, height);
  const counted = passes.map(([x, y, across, down]) =>
    octets(Math.ceil(Math.max(0, width - x) / across), Math.ceil(Math.max(0, height - y) / down)),
  );
  return counted.reduce((sum, one) => sum + one, 0);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, octet) => {
  let value = octet;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xed_b8_83_20 ^ (value >>> 1) : value >>> 1;
  return value;
});

function crcOf(octets: Uint8Array): number {
  let value = 0xff_ff_ff_ff;
  for (const octet of octets) value = (crcTable[(value ^ octet) & 0xff] ?? 0) ^ (value >>> 8);
  return (value ^ 0xff_ff_ff_ff) >>> 0;
}

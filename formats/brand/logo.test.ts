/** Logos: what is kept of pictures, what is left out of hostile ones, and which are not taken at all. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';

import { BadLogo, logoKindOf, logoOctetsAtMost } from './logo.ts';
import { readPng } from './png.ts';
import { readSvg } from './svg.ts';

const octetsOf = (text: string) => new TextEncoder().encode(text);
const svg = (inner: string, more = '') =>
  octetsOf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" ${more}>${inner}</svg>`);
const shape = '<path d="M0 0h40v20z" fill="#7a1f3d"/>';
const faultOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    if (!(error instanceof BadLogo)) throw error;
    return error.fault;
  }
};

describe('an SVG', () => {
  it('is written anew, with its size, shapes, gradients and words', () => {
    const { text, left } = readSvg(
      octetsOf(
        `<?xml version="1.0" encoding="UTF-8"?><!-- made by hand -->
        <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
        <svg width="80px" height="40" xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">
        <metadata>x</metadata><title>Académie &amp; rectorat</title>
        <defs><linearGradient id="a"><stop offset="0" style="stop-color:#fff;-inkscape-x:1"/></linearGradient>
        <linearGradient id="b" xlink:href="#a"/></defs>
        <g class="k" style="fill:url(#b); stroke : none"><rect width="80" height="40"/></g></svg>`,
      ),
    );
    assert.deepEqual(left, []);
    assert.ok(text.startsWith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 40" width="80" height="40">'));
    assert.ok(text.includes('<title>Académie &amp; rectorat</title>'));
    assert.ok(text.includes('<linearGradient id="b" href="#a"/>'));
    assert.ok(text.includes('<g fill="url(#b)" stroke="none"><rect width="80" height="40"/></g>'));
    assert.ok(text.includes('<stop offset="0" stop-color="#fff"/>'));
    assert.equal(readSvg(octetsOf(text)).text, text);
  });

  for (const { given, named } of [
    { given: '<script>alert(1)</script>', named: 'script' },
    { given: '<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>', named: 'script' },
    {
      given: '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><i/></body></foreignObject>',
      named: 'foreignObject',
    },
    { given: '<image href="https://espion.example/a.png"/>', named: 'image' },
    { given: '<use href="#x"/>', named: 'use' },
    { given: '<a href="javascript:alert(1)"><path d="M0 0"/></a>', named: 'a' },
    { given: '<style>path{fill:url(https://espion.example/)}</style>', named: 'style' },
    { given: '<animate attributeName="href" to="javascript:alert(1)"/>', named: 'animate' },
    { given: '<set attributeName="onload" to="alert(1)"/>', named: 'set' },
    { given: '<rect onload="alert(1)" width="1" height="1"/>', named: 'onload' },
    { given: '<rect fill="url(https://espion.example/#a)"/>', named: 'fill' },
    { given: '<rect style="fill:url(//espion.example)"/>', named: 'fill' },
    { given: '<rect style="background-image:url(x)"/>', named: 'background-image' },
    { given: '<rect fill="u\\72l(//espion.example)"/>', named: 'fill' },
    { given: '<linearGradient id="q" href="https://espion.example/#a"/>', named: 'href' },
    { given: '<rect filter="url(#a)"/>', named: 'filter' },
    { given: '<clipPath id="c"><rect clip-path="url(#d)"/></clipPath>', named: 'clip-path' },
    { given: '<?xml-stylesheet href="https://espion.example/a.css"?>', named: '?xml-stylesheet' },
  ])
    it(`leaves out ${given.slice(0, 60)}`, () => {
      const { text, left } = readSvg(svg(given + shape));
      assert.deepEqual(left, [named]);
      assert.ok(text.includes('M0 0h40v20z'));
      assert.doesNotMatch(text, /espion|alert|script|<use|<image|onload|<a |\?xml/i);
    });

  it('keeps what looks like a page in its words as words', () => {
    const { text } = readSvg(svg(`<title><![CDATA[</title><script>alert(1)</script>]]></title>${shape}`));
    assert.ok(text.includes('<title>&lt;/title&gt;&lt;script&gt;'));
  });

  for (const { fault, because, given } of [
    {
      fault: 'entities',
      because: 'it defines entities',
      given: octetsOf(
        `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><svg viewBox="0 0 1 1"><title>&b;</title></svg>`,
      ),
    },
    { fault: 'entities', because: 'it uses one nobody knows', given: svg(`<title>&file;</title>${shape}`) },
    { fault: 'entities', because: 'a word of ours is no entity', given: svg(`<title>&toString;</title>${shape}`) },
    { fault: 'entities', because: 'a number is no character', given: svg(`<title>&#0;</title>${shape}`) },
    { fault: 'tooLarge', because: 'it is too deep', given: svg('<g>'.repeat(40) + shape + '</g>'.repeat(40)) },
    { fault: 'tooLarge', because: 'it has too many elements', given: svg('<g/>'.repeat(5001) + shape) },
    { fault: 'tooLarge', because: 'it refers too often', given: svg('<g fill="url(#a)"/>'.repeat(201) + shape) },
    { fault: 'broken', because: 'an element does not end', given: svg(`<g>${shape}`) },
    { fault: 'broken', because: 'an attribute stands twice', given: svg(`<g id="a" id="b">${shape}</g>`) },
    { fault: 'broken', because: 'something follows', given: octetsOf('<svg viewBox="0 0 1 1"/><svg/>') },
    { fault: 'broken', because: 'it is no UTF-8', given: Uint8Array.of(0x3c, 0x73, 0xff, 0xfe) },
    {
      fault: 'broken',
      because: 'it is of another charset',
      given: octetsOf('<?xml version="1.0" encoding="UTF-7"?><svg/>'),
    },
    { fault: 'notAnImage', because: 'it is a page', given: octetsOf('<html><body/></html>') },
    { fault: 'wrongSize', because: 'it has no size', given: octetsOf(`<svg>${shape}</svg>`) },
    { fault: 'wrongSize', because: 'its size is nothing', given: octetsOf(`<svg viewBox="0 0 0 10">${shape}</svg>`) },
    { fault: 'empty', because: 'nothing that is drawn is left', given: svg('<image href="a.png"/>') },
  ])
    it(`is not taken: ${because}`, () =>
      assert.equal(
        faultOf(() => readSvg(given)),
        fault,
      ));

  it('is read in a moment, whatever it repeats', () => {
    const started = process.cpuUsage().user;
    for (const piece of ['<!--', '<?', '&', '<a ', '<![CDATA[', '</', 'a="', ' '])
      faultOf(() => readSvg(svg(piece.repeat(Math.floor(logoOctetsAtMost / piece.length)))));
    assert.ok(process.cpuUsage().user - started < 2_000_000);
  });
});

const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, crc] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  crc.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, crc]);
};
const header = (width: number, height: number, more: readonly number[] = [8, 6, 0, 0, 0]) => {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set(more, 8);
  return chunk('IHDR', data);
};
const spoilt = (octets: Buffer) => octets.fill(1, octets.length - 4);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const end = chunk('IEND', Buffer.alloc(0));
const data = (octets: number) => chunk('IDAT', deflateSync(Buffer.alloc(octets)));
const png = (...chunks: readonly Uint8Array[]) => Buffer.concat([signature, ...chunks]);

describe('a PNG', () => {
  it('keeps what draws, and nothing else that travelled with it', () => {
    const secret = Buffer.from('GPS 47.32 5.04');
    const given = png(header(4, 3), chunk('tEXt', secret), chunk('eXIf', secret), data(3 * 17), end, secret);
    const { octets, width, height, rawOctets } = readPng(given);
    assert.deepEqual([width, height, rawOctets], [4, 3, 3 * 17]);
    assert.deepEqual(Buffer.from(octets), png(header(4, 3), data(3 * 17), end));
  });

  it('knows how much an interlaced picture holds', () => {
    // 5 × 5, one bit: passes of 1×1, 1×1, 2×1, 1×2 … each row with its filter.
    const { rawOctets } = readPng(png(header(5, 5, [1, 0, 0, 0, 1]), data(1), end));
    assert.equal(rawOctets, 2 + 2 + 2 + 2 * 2 + 2 + 3 * 2 + 2 * 2);
  });

  for (const { fault, because, given } of [
    { fault: 'tooLarge', because: 'it says that it is huge', given: png(header(60_000, 60_000), data(10), end) },
    { fault: 'wrongSize', because: 'it says that it is nothing', given: png(header(0, 4), data(10), end) },
    { fault: 'broken', because: 'it has no such colours', given: png(header(4, 4, [16, 3, 0, 0, 0]), data(10), end) },
    { fault: 'broken', because: 'a sum is wrong', given: png(spoilt(header(4, 4)), data(10), end) },
    { fault: 'broken', because: 'it has no end', given: png(header(4, 4), data(10)) },
    {
      fault: 'broken',
      because: 'a chunk reaches beyond it',
      given: png(header(4, 4), Buffer.from('ffffffff49444154', 'hex')),
    },
    { fault: 'broken', because: 'two headers', given: png(header(4, 4), header(9, 9), data(10), end) },
    {
      fault: 'broken',
      because: 'a critical chunk nobody knows',
      given: png(header(4, 4), chunk('EVIL', end), data(10), end),
    },
    { fault: 'empty', because: 'there is no picture', given: png(header(4, 4), end) },
  ])
    it(`is not taken: ${because}`, () =>
      assert.equal(
        faultOf(() => readPng(given)),
        fault,
      ));
});

it('the kind of a file is told by its octets', () => {
  assert.equal(logoKindOf(png(end)), 'png');
  assert.equal(logoKindOf(octetsOf('\uFEFF \n<svg/>')), 'svg');
  assert.equal(
    faultOf(() => logoKindOf(octetsOf('GIF89a'))),
    'notAnImage',
  );
  assert.equal(
    faultOf(() => logoKindOf(new Uint8Array(logoOctetsAtMost + 1))),
    'tooLarge',
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crc32, inflateRawSync, inflateSync } from 'node:zlib';
import { makeAttachmentPool } from './pool.ts';

const pool = makeAttachmentPool(1);
const all = Object.values(pool).flat();

test('the same seed gives the same files', () => {
  const again = Object.values(makeAttachmentPool(1)).flat();
  for (const [index, file] of all.entries()) assert.ok(again[index]?.content.equals(file.content), file.fileName);
});

test('a PDF names every object at its place, and its streams inflate to text', () => {
  const files = all.filter((file) => file.type === 'application/pdf');
  assert.ok(files.length >= 10);
  for (const { content, fileName } of files) {
    const text = content.toString('latin1');
    assert.ok(text.startsWith('%PDF-1.4\n') && text.endsWith('%%EOF\n'), fileName);
    const start = Number(/startxref\n(\d+)\n/u.exec(text)?.[1]);
    assert.equal(text.slice(start, start + 5), 'xref\n');
    const offsets = [...text.slice(start).matchAll(/^(\d{10}) 00000 n $/gmu)].map((match) => Number(match[1]));
    for (const [index, offset] of offsets.entries())
      assert.ok(text.startsWith(`${index + 1} 0 obj\n`, offset), `${fileName} object ${index + 1}`);
    for (const match of text.matchAll(/\/Length (\d+) \/Filter \/FlateDecode >>\nstream\n/gu)) {
      const from = match.index + match[0].length;
      assert.match(inflateSync(content.subarray(from, from + Number(match[1]))).toString('latin1'), /^BT /u);
    }
  }
});

test('a PNG has chunks with right checksums and as many octets as its size asks', () => {
  const files = all.filter((file) => file.type === 'image/png');
  assert.ok(files.length >= 6);
  for (const { content } of files) {
    assert.equal(content.readUInt32BE(0), 0x89504e47);
    const parts: Buffer[] = [];
    const types: string[] = [];
    for (let offset = 8; offset < content.length;) {
      const length = content.readUInt32BE(offset);
      types.push(content.toString('latin1', offset + 4, offset + 8));
      assert.equal(content.readUInt32BE(offset + 8 + length), crc32(content.subarray(offset + 4, offset + 8 + length)));
      if (types.at(-1) === 'IDAT') parts.push(content.subarray(offset + 8, offset + 8 + length));
      offset += 12 + length;
    }
    assert.deepEqual(types, ['IHDR', 'IDAT', 'IEND']);
    const [width, height] = [content.readUInt32BE(16), content.readUInt32BE(20)];
    assert.equal(inflateSync(Buffer.concat(parts)).length, height * (1 + width * 3));
  }
});

test('a zip (also DOCX, XLSX, ODT) opens from its central directory, each entry with its checksum', () => {
  const files = all.filter((file) => /officedocument|opendocument|zip/u.test(file.type));
  assert.ok(files.length >= 9);
  for (const { content, fileName } of files) {
    const entries = readZip(content);
    assert.ok(entries.size >= 3, fileName);
    if (fileName.endsWith('.docx'))
      assert.match(entries.get('word/document.xml') ?? '', /<w:t xml:space="preserve">Pro|Question/u);
    if (fileName.endsWith('.odt')) assert.equal(content.toString('latin1', 30, 38), 'mimetype');
    if (fileName.endsWith('.xlsx')) assert.match(entries.get('xl/worksheets/sheet1.xml') ?? '', /Rédaction/u);
  }
});

test('a WAV says its own length, and a winmail.dat begins with its signature and holds right checksums', () => {
  for (const { content } of pool.sound) {
    assert.equal(content.readUInt32LE(4), content.length - 8);
    assert.equal(content.toString('latin1', 8, 16), 'WAVEfmt ');
  }
  const content = pool.winmail[0]?.content ?? Buffer.alloc(0);
  assert.equal(content.readUInt32LE(0), 0x223e9f78);
  for (let offset = 6; offset < content.length;) {
    const length = content.readUInt32LE(offset + 5);
    const sum = content.subarray(offset + 9, offset + 9 + length).reduce((left, right) => (left + right) & 0xffff, 0);
    assert.equal(content.readUInt16LE(offset + 9 + length), sum);
    offset += 11 + length;
  }
});

test('base64 lines are at most 76 characters and give the file back', () => {
  for (const { base64, content } of all) {
    assert.ok(base64.split('\r\n').every((line) => line.length <= 76));
    assert.ok(Buffer.from(base64, 'base64').equals(content));
  }
});

function readZip(archive: Buffer): ReadonlyMap<string, string> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = new Map<string, string>();
  let offset = archive.readUInt32LE(end + 16);
  for (let count = archive.readUInt16LE(end + 10); count > 0; count -= 1) {
    assert.equal(archive.toString('latin1', offset, offset + 4), 'PK\x01\x02');
    const [packed, nameLength, local] = [
      archive.readUInt32LE(offset + 20),
      archive.readUInt16LE(offset + 28),
      archive.readUInt32LE(offset + 42),
    ];
    const name = archive.toString('utf8', offset + 46, offset + 46 + nameLength);
    const data = archive.subarray(local + 30 + nameLength, local + 30 + nameLength + packed);
    const content = archive.readUInt16LE(offset + 10) === 0 ? data : inflateRawSync(data);
    assert.equal(crc32(content), archive.readUInt32LE(offset + 16));
    entries.set(name, content.toString('utf8'));
    offset += 46 + nameLength;
  }
  return entries;
}

/**
 * A winmail.dat as Outlook sends it ([MS-OXTNEF]): signature, key, then attributes of level, id, length, data and
 * checksum (sum of the octets modulo 65,536). It holds a subject and one attached text file.
 */

const MESSAGE_LEVEL = 1;
const ATTACHMENT_LEVEL = 2;

export function printTnef(subject: string, fileName: string, content: Buffer): Buffer {
  const rendering = Buffer.alloc(14);
  rendering.writeUInt16LE(1, 0);
  rendering.writeInt32LE(-1, 2);
  return Buffer.concat([
    Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]),
    attribute(MESSAGE_LEVEL, 0x00089006, Buffer.from([0, 0, 1, 0])),
    attribute(MESSAGE_LEVEL, 0x00069007, Buffer.from([0xe4, 0x04, 0, 0, 0, 0, 0, 0])),
    attribute(MESSAGE_LEVEL, 0x00018004, terminated(subject)),
    attribute(ATTACHMENT_LEVEL, 0x00069002, rendering),
    attribute(ATTACHMENT_LEVEL, 0x00018010, terminated(fileName)),
    attribute(ATTACHMENT_LEVEL, 0x0006800f, content),
  ]);
}

function attribute(level: number, id: number, data: Buffer): Buffer {
  const out = Buffer.alloc(11 + data.length);
  out.writeUInt8(level, 0);
  out.writeUInt32LE(id, 1);
  out.writeUInt32LE(data.length, 5);
  data.copy(out, 9);
  let sum = 0;
  for (const octet of data) sum = (sum + octet) & 0xffff;
  out.writeUInt16LE(sum, 9 + data.length);
  return out;
}

function terminated(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'latin1');
}

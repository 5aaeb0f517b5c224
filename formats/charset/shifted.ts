/**
 * The two 7-bit charsets that shift between ASCII and a double-byte set, which TextDecoder refuses: HZ (RFC 1843) and
 * ISO-2022-KR (RFC 1557). Both are put in their 8-bit form, which TextDecoder reads.
 */
import type { DecodedText } from './types.ts';

const TILDE = 0x7e;
const LINE_FEED = 0x0a;
const SHIFT_OUT = 0x0e;
const SHIFT_IN = 0x0f;
const ESCAPE = 0x1b;

const gbk = new TextDecoder('gbk');
const eucKr = new TextDecoder('euc-kr');

/** HZ: `~{` opens GB 2312, `~}` closes it, `~~` is a tilde, `~` before a line end joins the lines. */
export function decodeHz(bytes: Uint8Array): DecodedText {
  const eightBit = new Uint8Array(bytes.length);
  let length = 0;
  let isDouble = false;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    const next = bytes[at + 1];
    if (octet === TILDE && (next === 0x7b || next === 0x7d || next === LINE_FEED || (next === TILDE && !isDouble))) {
      if (next === TILDE) eightBit[length++] = TILDE;
      else if (next !== LINE_FEED) isDouble = next === 0x7b;
      at++;
      continue;
    }
    // A line never ends inside GB text: a lost `~}` must not spoil the lines after it.
    if (octet === LINE_FEED) isDouble = false;
    eightBit[length++] = isDouble && octet > 0x20 ? octet | 0x80 : octet;
  }
  return finish(gbk.decode(eightBit.subarray(0, length)));
}

/** ISO-2022-KR: one `ESC $ ) C` before all Korean, then SO and SI around it. */
export function decodeIso2022Kr(bytes: Uint8Array): DecodedText {
  const eightBit = new Uint8Array(bytes.length);
  let length = 0;
  let isDouble = false;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === ESCAPE && bytes[at + 1] === 0x24 && bytes[at + 2] === 0x29 && bytes[at + 3] === 0x43) {
      at += 3;
      continue;
    }
    if (octet === SHIFT_OUT || octet === SHIFT_IN) {
      isDouble = octet === SHIFT_OUT;
      continue;
    }
    if (octet === LINE_FEED) isDouble = false;
    eightBit[length++] = isDouble && octet > 0x20 ? octet | 0x80 : octet;
  }
  return finish(eucKr.decode(eightBit.subarray(0, length)));
}

function finish(text: string): DecodedText {
  return { text, isEncodingProblem: text.includes('\ufffd') };
}

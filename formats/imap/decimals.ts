/** Many numbers in decimal at once: by their digits into octets, twice as fast as text after text. */

/** Below this many the octets are not worth their making. */
const worthOctets = 64;
/** A space and ten digits: no number of IMAP's has more. */
const widest = 11;
const ascii = new TextDecoder('utf-8');
const space = 0x20;
const zero = 0x30;

/** Each after a space: ` 1 2 17`. @param numbers whole, from 0 to 2³² − 1. */
export function printDecimals(numbers: Uint32Array): string {
  if (numbers.length < worthOctets) return Array.from(numbers, (number) => ` ${number}`).join('');
  const octets = new Uint8Array(numbers.length * widest);
  let end = 0;
  for (let index = 0; index < numbers.length; index += 1) {
    let left = numbers[index] ?? 0;
    octets[end] = space;
    end += 1 + digitsOf(left);
    let at = end - 1;
    do {
      const tens = (left / 10) >>> 0;
      octets[at] = zero + (left - tens * 10);
      at -= 1;
      left = tens;
    } while (left > 0);
  }
  return ascii.decode(octets.subarray(0, end));
}

function digitsOf(number: number): number {
  if (number < 10) return 1;
  if (number < 100) return 2;
  if (number < 1_000) return 3;
  if (number < 10_000) return 4;
  if (number < 100_000) return 5;
  let digits = 6;
  for (let bound = 1_000_000; bound <= number; bound *= 10) digits += 1;
  return digits;
}

/** What a logo may be, and why one is not taken. */

/** Of the file as it is given, and as it is kept. */
export const logoOctetsAtMost = 131_072;
/** Of either side, in pixels. */
export const logoSideAtMost = 1024;

export type LogoKind = 'svg' | 'png';

export const logoTypes = { svg: 'image/svg+xml', png: 'image/png' } as const satisfies Record<LogoKind, string>;

/** Closed: each has its words for people. */
export type LogoFault =
  | 'tooLarge' // octets, pixels, elements
  | 'notAnImage' // neither of the two kinds
  | 'broken' // it begins as one, and is not one to its end
  | 'entities' // a document that defines or uses entities of its own
  | 'wrongSize' // no size, or another one than it says
  | 'empty'; // nothing that may be drawn is left

export class BadLogo extends Error {
  override readonly name = 'BadLogo';
  readonly fault: LogoFault;

  constructor(fault: LogoFault, message: string = fault) {
    super(message);
    this.fault = fault;
  }
}

/** By its first octets; a name or a declared type proves nothing. @throws {BadLogo} `tooLarge`, `notAnImage`. */
export function logoKindOf(octets: Uint8Array): LogoKind {
  if (octets.length > logoOctetsAtMost) throw new BadLogo('tooLarge', `${octets.length} octets`);
  if (octets[0] === 0x89 && octets[1] === 0x50) return 'png';
  const start = new TextDecoder()
    .decode(octets.subarray(0, 256))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (start.startsWith('<')) return 'svg';
  throw new BadLogo('notAnImage');
}

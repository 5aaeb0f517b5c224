/** A logo as somebody gave it, made one that may be shown: read by our own readers, and written anew. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

import { BadLogo, type LogoKind, logoKindOf, logoOctetsAtMost } from '#formats/brand/logo.ts';
import { readPng } from '#formats/brand/png.ts';
import { readSvg } from '#formats/brand/svg.ts';

export interface SoundLogo {
  readonly kind: LogoKind;
  readonly octets: Uint8Array;
  readonly hash: string;
  /** What was left out of it, by name. */
  readonly left: readonly string[];
}

const inflated = promisify(inflate);

/** @throws {BadLogo} */
export async function readLogo(given: Uint8Array): Promise<SoundLogo> {
  const kind = logoKindOf(given);
  if (kind === 'svg') {
    const { text, left } = readSvg(given);
    const octets = Buffer.from(text, 'utf8');
    if (octets.length > logoOctetsAtMost) throw new BadLogo('tooLarge', `${octets.length} octets`);
    return { kind, octets, hash: hashOf(octets), left };
  }
  const { octets, deflated, rawOctets } = readPng(given);
  // One octet more than fits is enough to know: a picture that claims to be small unfolds no further.
  const raw = await inflated(deflated, { maxOutputLength: rawOctets + 1 }).catch((error: unknown) => {
    throw new BadLogo(isTooLong(error) ? 'wrongSize' : 'broken', 'its data');
  });
  if (raw.length !== rawOctets) throw new BadLogo('wrongSize', `${raw.length} octets where ${rawOctets} fit`);
  return { kind, octets, hash: hashOf(octets), left: [] };
}

function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

export function hashOf(octets: Uint8Array): string {
  return createHash('sha256').update(octets).digest('hex');
}

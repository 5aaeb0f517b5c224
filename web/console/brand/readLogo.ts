/** Reads a logo with the very readers of the server, so that the preview shows what will be kept. Loaded when one is chosen. */
import { BadLogo, logoKindOf, logoTypes } from '#formats/brand/logo.ts';
import type { LogoFault } from '#formats/brand/logo.ts';
import { readPng } from '#formats/brand/png.ts';
import { readSvg } from '#formats/brand/svg.ts';
import type { ChosenLogo } from './brand.ts';

export function readLogoHere(octets: Uint8Array<ArrayBuffer>): ChosenLogo | LogoFault {
  try {
    const kind = logoKindOf(octets);
    const type = logoTypes[kind];
    const base64 = base64Of(octets);
    if (kind === 'svg') {
      const { text, left } = readSvg(octets);
      return { url: URL.createObjectURL(new Blob([text], { type })), base64, left };
    }
    readPng(octets);
    return { url: URL.createObjectURL(new Blob([octets], { type })), base64, left: [] };
  } catch (error) {
    if (error instanceof BadLogo) return error.fault;
    throw error;
  }
}

/** More arguments than this at once some browsers do not take. */
const pieceOctets = 8192;

function base64Of(octets: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < octets.length; at += pieceOctets)
    binary += String.fromCodePoint(...octets.subarray(at, at + pieceOctets));
  return btoa(binary);
}

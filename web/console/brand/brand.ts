/** How the institution looks, as the console asks for it and sends it. */
import type { Look } from '#formats/brand/accent.ts';
import { logoOctetsAtMost } from '#formats/brand/logo.ts';
import type { LogoFault } from '#formats/brand/logo.ts';
import { refusable } from '#web/console/console.ts';
import type { AccountId } from '#web/sync/records.ts';
import { list, text, textOr } from '#web/sync/shape.ts';
import type { JsonObject } from '#web/sync/shape.ts';
import type { Sync } from '#web/sync/sync.ts';

export interface ShownBrand {
  /** '': the institution's own name. */
  readonly displayName: string;
  /** Of each look; '': the house's. */
  readonly accents: Readonly<Record<Look, string>>;
  /** undefined: none. */
  readonly logoUrl: string | undefined;
  readonly hostnames: readonly string[];
}

/** A text says why not. @throws as `client.request` does. */
export async function fetchBrand(sync: Sync, accountId: AccountId): Promise<ShownBrand | string> {
  const answer = await refusable(async () => (await sync.client.request([['Brand/get', { accountId }, 'g']])).of('g'));
  if (typeof answer === 'string') return answer;
  return {
    displayName: textOr(answer['displayName'], ''),
    accents: { light: textOr(answer['accentLight'], ''), dark: textOr(answer['accentDark'], '') },
    logoUrl: textOr(answer['logoUrl'], undefined),
    hostnames: list(answer['hostnames'], text),
  };
}

/** @returns undefined when it was done; else the type of what stood in the way. */
export async function askBrand(
  sync: Sync,
  method: 'Brand/change' | 'Brand/reset' | 'Brand/addHostname' | 'Brand/removeHostname',
  args: JsonObject,
): Promise<string | undefined> {
  const answer = await refusable(async () => (await sync.client.request([[method, args, 'c']])).of('c'));
  return typeof answer === 'string' ? answer : undefined;
}

export interface ChosenLogo {
  /** As it will be kept: what is left out is gone from it already. */
  readonly url: string;
  readonly base64: string;
  readonly left: readonly string[];
}

/** Reads a file as the server will. @returns a text for what is wrong with it. */
export async function chooseLogo(file: File): Promise<ChosenLogo | LogoFault> {
  if (file.size > logoOctetsAtMost) return 'tooLarge';
  const { readLogoHere } = await import('./readLogo.ts');
  return readLogoHere(new Uint8Array(await file.arrayBuffer()));
}

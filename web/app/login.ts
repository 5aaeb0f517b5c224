/** Logging in and out of the browser session: a cookie that scripts cannot read. */
import { readDoorAnnouncement, readHouseState } from '#web/announcements/announcements.ts';
import type { DoorAnnouncement, HouseState } from '#web/announcements/announcements.ts';
import { readContact } from '#web/entry/readContact.ts';
import type { SupportContact } from '#web/entry/readContact.ts';
import { whenAnswered } from '#web/sync/sessionFetch.ts';
import { isObject, numberOr, textOr } from '#web/sync/shape.ts';
import { readSteps } from './steps/steps.ts';
import type { LoginStep } from './steps/steps.ts';

/** What the login page says about the house, before anybody is known. */
export interface HouseInfo extends HouseState {
  readonly announcements: readonly DoorAnnouncement[];
  readonly tenantName: string;
  readonly isDemonstration: boolean;
  readonly accounts: readonly DemonstrationAccount[];
  readonly contact: SupportContact | undefined;
  readonly providers: readonly DoorProvider[];
  /** Name and password stand behind a button. */
  readonly isDirectHidden: boolean;
  /** Where forgotten passwords are got back, where that is not here. */
  readonly recovery: Elsewhere | undefined;
  /** Who keeps the passwords of some, and where those are changed. */
  readonly directories: readonly Elsewhere[];
}

export interface Elsewhere {
  readonly name: string;
  readonly url: string;
}

/** Another identity provider that lets people in here. */
export interface DoorProvider {
  readonly id: string;
  readonly name: string;
  /** Of the addresses of its people, lower case. */
  readonly domains: readonly string[];
}

export interface DemonstrationAccount {
  readonly userName: string;
  readonly password: string;
  readonly displayName: string;
  /** Somebody who has not come in yet: what `password` is. */
  readonly newcomer: 'numen' | 'provisional' | undefined;
}

export const lockedReasons = ['locked', 'blocked', 'suspended', 'closed', 'provisionalExpired', 'maintenance'] as const;
export type LockedBecause = (typeof lockedReasons)[number];

export type LoginOutcome =
  /** `steps`: what is left to do before the session is open. */
  | { readonly kind: 'ok'; readonly steps: readonly LoginStep[] }
  | { readonly kind: 'refused' }
  /** The password is right, and the account may not be used: why, and whom to call. */
  | { readonly kind: 'locked'; readonly because: LockedBecause; readonly contact: SupportContact | undefined }
  /** The password is right, and the browser keeps no session: it refuses cookies, or its clock ends them at once. */
  | { readonly kind: 'noCookie' }
  | { readonly kind: 'clock'; readonly aheadMinutes: number }
  | { readonly kind: 'tryLater'; readonly afterSeconds: number }
  | { readonly kind: 'unreachable' };

const headers = { 'content-type': 'application/json', 'x-pli-client': 'web' };

export async function logIn(userName: string, password: string): Promise<LoginOutcome> {
  try {
    const response = await fetch('/auth/login', {
      method: 'POST',
      headers,
      body: JSON.stringify({ userName, password }),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return (await findObstacle(response)) ?? { kind: 'ok', steps: readSteps(answer) };
    if (response.status === 429) {
      return {
        kind: 'tryLater',
        afterSeconds: numberOr(isObject(answer) ? answer['retryAfterSeconds'] : undefined, 60),
      };
    }
    if (response.status === 423) return readLocked(answer);
    return response.status >= 500 ? { kind: 'unreachable' } : { kind: 'refused' };
  } catch {
    return { kind: 'unreachable' };
  }
}

function readLocked(answer: unknown): LoginOutcome {
  const given = isObject(answer) ? answer : {};
  const because = lockedReasons.find((it) => it === given['because']) ?? 'locked';
  return { kind: 'locked', because, contact: readContact(given['contact']) };
}

/** A clock that is wrong by less ends no session. */
const clockMs = 5 * 60_000;

/** Why a session that was opened just now will not be there. The server is asked only where something looks wrong. */
async function findObstacle(response: Response): Promise<LoginOutcome | undefined> {
  const aheadMs = Date.now() - Date.parse(response.headers.get('date') ?? '');
  const isSkewed = Math.abs(aheadMs) > clockMs;
  if (navigator.cookieEnabled && !isSkewed) return undefined;
  const state: unknown = await fetch('/auth/state').then((it) => it.json());
  if (isObject(state) && state['isKnown'] === true) return undefined;
  return isSkewed ? { kind: 'clock', aheadMinutes: Math.round(aheadMs / 60_000) } : { kind: 'noCookie' };
}

/** The provider one came by, and where the browser goes to leave it too. */
export interface LeftProvider {
  readonly name: string;
  readonly url: string;
}

let left: LeftProvider | undefined;

/** Of the session that ended last in this page: the provider that one may still want to leave. */
export function lastLeft(): LeftProvider | undefined {
  return left;
}

export type LogoutOutcome =
  /** `elsewhere`: where the browser has to go now, to a provider that is left whenever we are. */
  | { readonly kind: 'left'; readonly elsewhere: string | undefined }
  /** The session is still open. */
  | { readonly kind: 'unreachable' };

/** What the page has asked for is answered first: afterwards it would be a stranger's. */
export async function logOut(): Promise<LogoutOutcome> {
  await whenAnswered();
  const response = await fetch('/auth/logout', { method: 'POST', headers, body: '{}' }).catch(() => undefined);
  if (!response || response.status >= 500) return { kind: 'unreachable' };
  left = undefined;
  const answer: unknown = await response.json().catch(() => undefined);
  const provider = isObject(answer) && isObject(answer['provider']) ? answer['provider'] : undefined;
  const url = textOr(provider?.['url'], '');
  if (!provider || !/^https?:/.test(url)) return { kind: 'left', elsewhere: undefined };
  if (provider['isAsked'] !== true) return { kind: 'left', elsewhere: url };
  left = { name: textOr(provider['name'], ''), url };
  return { kind: 'left', elsewhere: undefined };
}

const elsewhereIn = (value: Readonly<Record<string, unknown>>): Elsewhere => ({
  name: textOr(value['name'], ''),
  url: textOr(value['url'], ''),
});

export async function fetchHouseInfo(): Promise<HouseInfo | undefined> {
  try {
    const response = await fetch('/auth/info');
    const value: unknown = response.ok ? await response.json() : undefined;
    if (!isObject(value)) return undefined;
    const accounts = Array.isArray(value['accounts']) ? value['accounts'].filter(isObject) : [];
    const providers = Array.isArray(value['providers']) ? value['providers'].filter(isObject) : [];
    const recovery = isObject(value['recovery']) ? value['recovery'] : undefined;
    return {
      ...readHouseState(value),
      announcements: Array.isArray(value['announcements']) ? value['announcements'].map(readDoorAnnouncement) : [],
      contact: readContact(value['contact']),
      providers: providers.map((it) => ({
        id: textOr(it['id'], ''),
        name: textOr(it['name'], ''),
        domains: Array.isArray(it['domains']) ? it['domains'].map(String) : [],
      })),
      isDirectHidden: value['isDirectHidden'] === true,
      recovery: recovery && elsewhereIn(recovery),
      directories: Array.isArray(value['directories']) ? value['directories'].filter(isObject).map(elsewhereIn) : [],
      tenantName: textOr(value['tenantName'], ''),
      isDemonstration: value['isDemonstration'] === true,
      accounts: accounts.map((it) => ({
        userName: textOr(it['userName'], ''),
        password: textOr(it['password'], ''),
        displayName: textOr(it['displayName'], textOr(it['userName'], '')),
        newcomer: (['numen', 'provisional'] as const).find((kind) => kind === it['newcomer']),
      })),
    };
  } catch {
    return undefined;
  }
}

/** Whom to call, as the server says it. */
import { isObject, textOr } from '#web/sync/shape.ts';

export interface SupportContact {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly hours: string;
  /** '' or `http(s)://…`. */
  readonly web: string;
}

export function readContact(value: unknown): SupportContact | undefined {
  if (!isObject(value)) return undefined;
  const text = (key: string): string => textOr(value[key], '');
  return {
    name: text('name'),
    phone: text('phone'),
    email: text('email'),
    hours: text('hours'),
    web: webAddress(text('web')),
  };
}

function webAddress(given: string): string {
  return /^https?:\/\//i.test(given) ? given : '';
}

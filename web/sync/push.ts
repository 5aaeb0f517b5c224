/**
 * Hears of changes by EventSource (RFC 8620 §7.3). The browser reconnects after a lost line but gives up on an HTTP
 * error, and neither notices a line that has silently died: a ping every 30 s and a watch over it cover both.
 */
import { pauseMs } from './connection.ts';
import { expand } from './session.ts';
import { isObject } from './shape.ts';

/** Per account, per type: the new state. */
export type StateChange = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface PushParts {
  /** The session's template, asked anew at each connection. */
  readonly url: () => string | undefined;
  readonly onChange: (changed: StateChange) => void;
  /** Called at each connection after the first: what happened in between was not heard. */
  readonly onReconnect: () => void;
  readonly onDown: () => void;
}

export interface Push {
  open(): void;
  close(): void;
}

const pingSeconds = 30;
const silenceMs = pingSeconds * 1000 * 2.5;

export function createPush({ url, onChange, onReconnect, onDown }: PushParts): Push {
  let source: EventSource | undefined;
  let watch: ReturnType<typeof setTimeout> | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let attempt = 0;
  let hasOpened = false;

  function heard(): void {
    clearTimeout(watch);
    watch = setTimeout(() => again(), silenceMs);
  }

  function again(): void {
    source?.close();
    source = undefined;
    clearTimeout(watch);
    clearTimeout(retry);
    onDown();
    retry = setTimeout(open, pauseMs(attempt));
    attempt += 1;
  }

  function open(): void {
    if (source) return;
    const template = url();
    if (!template) return;
    clearTimeout(retry);
    const opened = new EventSource(expand(template, { types: '*', closeafter: 'no', ping: String(pingSeconds) }));
    source = opened;
    opened.addEventListener('open', () => {
      attempt = 0;
      heard();
      if (hasOpened) onReconnect();
      hasOpened = true;
    });
    opened.addEventListener('ping', heard);
    opened.addEventListener('state', (event) => {
      heard();
      const changed = readStateChange(event.data);
      if (changed) onChange(changed);
    });
    opened.addEventListener('error', () => {
      if (source === opened) again();
    });
  }

  return {
    open,
    close() {
      source?.close();
      source = undefined;
      clearTimeout(watch);
      clearTimeout(retry);
    },
  };
}

/** Reads the data of a `state` event (RFC 8620 §7.1); anything else is ignored. */
export function readStateChange(data: unknown): StateChange | undefined {
  if (typeof data !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return undefined;
  }
  if (!isObject(value) || !isObject(value['changed'])) return undefined;
  const changed: Record<string, Record<string, string>> = {};
  for (const [accountId, states] of Object.entries(value['changed'])) {
    const byType: Record<string, string> = {};
    for (const [type, state] of Object.entries(isObject(states) ? states : {})) {
      if (typeof state === 'string') byType[type] = state;
    }
    changed[accountId] = byType;
  }
  return changed;
}

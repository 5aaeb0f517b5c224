/**
 * Where a draft stands between the screen and the server, as a machine without clocks: what happens goes in, what to
 * do next comes out of `nextSaveIn`. Every version typed gets a number; saved is the one the server holds.
 */
export type SaveState = {
  /** The version on the screen, and the one the server holds; both 0 at the start. */
  readonly typed: number;
  readonly saved: number;
  readonly savedAtMs: number | undefined;
  readonly activity:
    | { readonly kind: 'idle' }
    | { readonly kind: 'saving'; readonly version: number }
    /** The line is down; saved as soon as it is back. */
    | { readonly kind: 'offline' }
    /** The server refused: `type` is its SetError's (RFC 8620 §5.3). */
    | { readonly kind: 'refused'; readonly type: string };
  /** Somebody else has changed or removed the draft we replaced; both are kept. */
  readonly hasConflict: boolean;
};

export type SaveEvent =
  | { readonly kind: 'typed' }
  | { readonly kind: 'sent' }
  | { readonly kind: 'saved'; readonly atMs: number; readonly wasReplaced: boolean }
  | { readonly kind: 'unreachable' }
  | { readonly kind: 'refused'; readonly type: string }
  | { readonly kind: 'heeded' };

/** After a change it is waited this long for the next one, but never longer than the second from the first. */
export const quietMs = 2_000;
export const longestMs = 10_000;

export const initialSaveState: SaveState = {
  typed: 0,
  saved: 0,
  savedAtMs: undefined,
  activity: { kind: 'idle' },
  hasConflict: false,
};

export function nextSaveState(state: SaveState, event: SaveEvent): SaveState {
  switch (event.kind) {
    case 'typed': {
      // A change may be what makes the server accept it: a refusal is no reason not to ask again.
      const activity = state.activity.kind === 'refused' ? ({ kind: 'idle' } as const) : state.activity;
      return { ...state, typed: state.typed + 1, activity };
    }
    case 'sent':
      return { ...state, activity: { kind: 'saving', version: state.typed } };
    case 'saved': {
      const saved = state.activity.kind === 'saving' ? state.activity.version : state.typed;
      return {
        ...state,
        saved: Math.max(state.saved, saved),
        savedAtMs: event.atMs,
        activity: { kind: 'idle' },
        hasConflict: state.hasConflict || !event.wasReplaced,
      };
    }
    case 'unreachable':
      return { ...state, activity: { kind: 'offline' } };
    case 'refused':
      return { ...state, activity: { kind: 'refused', type: event.type } };
    case 'heeded':
      return { ...state, hasConflict: false };
  }
}

export function isUnsaved(state: SaveState): boolean {
  return state.typed > state.saved;
}

/** Milliseconds until the next save should begin; undefined when there is nothing to do, or it is under way. */
export function nextSaveIn(
  state: SaveState,
  times: { readonly nowMs: number; readonly firstMs: number; readonly lastMs: number },
): number | undefined {
  if (!isUnsaved(state) || state.activity.kind === 'saving' || state.activity.kind === 'refused') return undefined;
  return Math.max(0, Math.min(times.lastMs + quietMs, times.firstMs + longestMs) - times.nowMs);
}

/** Where the client begins: the session is asked for before anything is drawn, so that the inbox is there a turn sooner. */
import '#web/ui/tokens.css';
import '#web/ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { sessionFetch } from '#web/sync/sessionFetch.ts';
import { createSync } from '#web/sync/sync.ts';
import { memoryWriteStorage, openWriteStorage } from '#web/sync/writeStorage.ts';
import { App } from './App.tsx';
import { applyPreferences } from './preferences.ts';

applyPreferences();

const sync = createSync({
  fetch: sessionFetch,
  openStorage: 'indexedDB' in globalThis ? openWriteStorage : memoryWriteStorage,
  channel: new BroadcastChannel('pli'),
  withPush: true,
});
globalThis.addEventListener('online', () => sync.wake());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') sync.wake();
});

void sync.begin();
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App sync={sync} />
    </StrictMode>,
  );
}

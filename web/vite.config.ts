/** Builds the web client: `vite build web` → web/dist, hashed file names, nothing inlined (the CSP forbids it). */
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: ['chrome111', 'firefox115', 'safari16.4'],
    // The polyfill would be an inline script; every browser we build for has module preload.
    modulePreload: { polyfill: false },
    // One sheet: it is small, and a part that comes late, after a lost line, must not come without its looks.
    cssCodeSplit: false,
    // A data: URL is refused as a font or script source by the CSP, and is never cached on its own.
    assetsInlineLimit: 0,
    // What the first screen needs comes in one file, whoever else uses it too: a request each for a button, an icon and a
    // dictionary costs more than their octets.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /node_modules[\\/](?:react|react-dom|scheduler|wouter)[\\/]|web[\\/](?:ui|sync)[\\/]|web[\\/]words[\\/](?:words|catalogue|language|fr|en|lists)\.ts|web[\\/]app[\\/](?:login|steps[\\/]steps|Login|DoorPage|preferences)/,
            },
            {
              // The other ways in, all of which the door shows at once where they are there.
              name: 'door',
              test: /node_modules[\\/]@simplewebauthn[\\/]|lucide-react[\\/].*[\\/](?:key-round|log-in|log-out)\.|web[\\/](?:factors[\\/](?:PasskeyDoor|browserKey|factors\.module)|entry[\\/](?:OtherWays|refused|Contact|readContact|entry\.module)|words[\\/](?:security|federation|entry)\.ts)/,
            },
          ],
        },
      },
    },
  },
});

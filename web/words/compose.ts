/** The words of writing. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  { unavailable: 'La rédaction n’est pas disponible ici.' },
  { unavailable: 'Writing is not available here.' },
);

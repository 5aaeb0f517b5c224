/** The words of everything that is loaded at once. Late features have catalogues of their own beside this file. */
import { catalogue } from './catalogue.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

export const t = catalogue(fr, en);

/**
 * The name and logo of the house, as the page brought them in its head (server/protocols/http/client.ts): by the host
 * one came by, before anything is asked. Its colours came the same way, as a style sheet.
 */

export interface Brand {
  readonly name: string;
  /** undefined: it has a name and no logo. */
  readonly logo: string | undefined;
}

const said = document.querySelector<HTMLMetaElement>('meta[name="pli-house"]');
const logo = said?.dataset['logo'] ?? '';

/** undefined where the house looks like everybody's. */
export const brand: Brand | undefined = said?.content
  ? { name: said.content, logo: /^\/brand\/logo\/[\w.]+$/.test(logo) ? logo : undefined }
  : undefined;

/** What stands at the end of every page's title. */
export const houseName = brand?.name ?? 'Pli';

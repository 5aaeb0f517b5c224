/**
 * The page of one school: A4, cut along the dashed lines, one slip a person. No script, nothing from elsewhere, everything
 * somebody typed escaped; in French, and in English for those who ask for it. Pure.
 */
import type { Slip, UnitSlips } from '#server/directory/slips.ts';

export type SlipLanguage = 'fr' | 'en';

export interface SlipPage {
  readonly institution: string;
  /** What people type: `https://mail.example.org`. */
  readonly url: string;
  /** IANA, for the last day of a password. */
  readonly timeZone: string;
  readonly language: SlipLanguage;
}

const words = {
  fr: {
    title: 'Messagerie professionnelle : fiches de remise',
    none: 'Sans unité',
    count: (count: number) => `${count} ${count > 1 ? 'fiches' : 'fiche'}, à découper et à remettre en main propre.`,
    user: 'Identifiant',
    address: 'Adresse',
    password: 'Mot de passe provisoire',
    until: (day: string) => `valable jusqu’au ${day}`,
    go: (url: string) => `Ouvrez ${url}, « Première connexion », puis saisissez l’identifiant.`,
    numen: 'Votre NUMEN sert de premier mot de passe.',
    given: 'Le mot de passe provisoire vous a déjà été remis.',
    directory: (name: string) => `Votre mot de passe est celui de ${name}.`,
    change: 'Vous choisirez aussitôt le vôtre. Personne ne vous le demandera jamais.',
    help: 'Aide',
  },
  en: {
    title: 'Work mail: hand-over slips',
    none: 'No unit',
    count: (count: number) => `${count} ${count > 1 ? 'slips' : 'slip'}, to cut out and to hand over in person.`,
    user: 'User name',
    address: 'Address',
    password: 'Provisional password',
    until: (day: string) => `until ${day}`,
    go: (url: string) => `Open ${url}, “First login”, then type the user name.`,
    numen: 'Your NUMEN serves as the first password.',
    given: 'You were given the provisional password already.',
    directory: (name: string) => `Your password is that of ${name}.`,
    change: 'You will choose your own at once. Nobody will ever ask you for it.',
    help: 'Help',
  },
} as const;

const style = `
@page { size: A4; margin: 10mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 190mm; font: 10pt/1.35 system-ui, sans-serif; color: #000; background: #fff; }
h1 { margin: 0 0 1mm; font-size: 13pt; }
header p { margin: 0 0 3mm; }
ul { margin: 0; padding: 0; list-style: none; display: grid; grid-template-columns: 1fr 1fr; border-block-start: 1px dashed #555; }
li { padding: 4mm; min-height: 62mm; break-inside: avoid; border-block-end: 1px dashed #555; overflow-wrap: anywhere; }
li:nth-child(odd) { border-inline-end: 1px dashed #555; }
h2 { margin: 0 0 1.5mm; font-size: 12pt; }
dl { margin: 0 0 1.5mm; display: grid; grid-template-columns: auto 1fr; gap: 0 3mm; }
dt { color: #333; }
dd { margin: 0; font-weight: 600; }
.key { font: 600 11.5pt/1.4 ui-monospace, monospace; }
li p { margin: 0 0 1mm; }
small { font-size: 8.5pt; }
@media (max-width: 40rem) { ul { grid-template-columns: 1fr; } li:nth-child(odd) { border-inline-end: 0; } body { padding: 0 4mm; } }
`;

export function printSlips({ unit, contact, slips }: UnitSlips, page: SlipPage): string {
  const say = words[page.language];
  const name = unit?.name ?? say.none;
  const heading = `${page.institution} — ${name}${unit?.code ? ` (${unit.code.toUpperCase()})` : ''}`;
  const help = contact ? [contact.name, contact.phone, contact.email].filter((one) => one !== '').join(', ') : '';
  const one = (slip: Slip): string =>
    slipText(slip, page, help === '' ? '' : `${say.help}${page.language === 'fr' ? ' : ' : ': '}${help}`);
  return `<!doctype html>
<html lang="${page.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(`${say.title}, ${name}`)}</title>
<style>${style}</style>
</head>
<body>
<header><h1>${escaped(heading)}</h1><p>${escaped(say.count(slips.length))}</p></header>
<main><ul>
${slips.map(one).join('\n')}
</ul></main>
</body>
</html>
`;
}

function slipText(slip: Slip, { url, language, timeZone, institution }: SlipPage, help: string): string {
  const say = words[language];
  const { key } = slip;
  const lines = [
    [say.user, slip.userName],
    [say.address, slip.email],
  ].map(([term = '', value = '']) => `<dt>${escaped(term)}</dt><dd>${escaped(value)}</dd>`);
  const secret =
    key.kind === 'provisional'
      ? `<p>${escaped(say.password)}${key.until === null ? '' : `, ${escaped(say.until(dayOf(key.until, language, timeZone)))}`}<br><span class="key">${escaped(key.password)}</span></p>`
      : `<p>${escaped(key.kind === 'directory' ? say.directory(key.name) : say[key.kind])}</p>`;
  return `<li>
<h2>${escaped(`${slip.givenName} ${slip.familyName}`.trim())}</h2>
<dl>${lines.join('')}</dl>
${secret}
<p>${escaped(say.go(url))} ${key.kind === 'directory' ? '' : escaped(say.change)}</p>
<p><small>${escaped([institution, help].filter((text) => text !== '').join('. '))}</small></p>
</li>`;
}

function dayOf(at: number, language: SlipLanguage, timeZone: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'fr-FR', { dateStyle: 'long', timeZone }).format(at);
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (sign) => entities[sign] ?? '');
}

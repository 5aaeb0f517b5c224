/**
 * Whether a text speaks of an attachment. Only what the person wrote is asked (ownText), never a quote. Words of the
 * administration's French and of English; a sentence that says there is none does not count.
 */
const patterns: readonly RegExp[] = [
  /\bci[- ]?(?:joint|jointe|joints|jointes|annexé|annexée|annexés|annexées)(?![\p{L}])/u,
  /\bpi[eè]ces?[- ]jointes?\b/u,
  /(?<![\p{L}\d.])p\.?\s?j\.?(?=$|[\s:;,.)])/u,
  /\b(?:en|les?|la|des?|mes|vos|ses|nos|leurs?|l['’]) ?(?:annexes?|pj)\b/u,
  /\b(?:je|nous) (?:te |vous |lui |leur )?(?:joins|joignons)\b/u,
  /\b(?:vous |te )?trouver(?:ez|as) (?:ici |donc |également )*(?:en (?:pi[eè]ces? jointes?|annexe|attaché)|ci[- ]?(?:joint|annex)\p{L}*)/u,
  /\bfichiers? (?:joints?|attachés?)(?![\p{L}])/u,
  /\b(?:document|tableau|formulaire|dossier|courrier|compte[- ]rendu|note|circulaire|liste|planning)s? (?:est |sont )?(?:joint|jointe|joints|jointes|en pièce)(?![\p{L}])/u,
  /\battach(?:ed|ment|ments|ing)\b/u,
  /\benclosed\b/u,
  /\b(?:see|find) (?:the )?(?:attached|enclosed)\b/u,
];

const denials =
  /\b(?:sans|aucune?|pas de|plus de|oublié|manquait|no|without|any) (?:de )?(?:pi[eè]ces?[- ]jointes?|attachments?|pj)\b/gu;

/** The first words that promise an attachment, as written; undefined when there are none. */
export function promisedAttachment(text: string): string | undefined {
  const plain = text
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('\u00a0', ' ')
    .replaceAll('‑', '-')
    .replaceAll(denials, ' ');
  let first: RegExpExecArray | undefined;
  for (const pattern of patterns) {
    const found = pattern.exec(plain);
    if (found && (!first || found.index < first.index)) first = found;
  }
  return first?.[0];
}

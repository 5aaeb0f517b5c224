/**
 * Letters written by machines: newsletters of lists (List-Id, List-Unsubscribe, tables, remote images and a tracking
 * pixel that the client must block, colours that dark mode must cope with) and spam with links that lead nowhere
 * (.invalid, RFC 2606 §2).
 */
import { escapeXml } from './attachments/office.ts';
import { capitalise, hex, tidy, traceOf } from './conversation.ts';
import type { Correspondent } from './correspondent.ts';
import { factsOf } from './facts.ts';
import type { Letter } from './print-message.ts';
import type { Random } from './random.ts';
import { type Bulletin, SPAM } from './topics/circulars.ts';
import type { PlannedUnit } from './units.ts';

export function writeBulletin(bulletin: Bulletin, unit: PlannedUnit, sentAt: number, random: Random): Letter {
  const fill = factsOf(random, unit, sentAt);
  const domain = bulletin.isLocal ? 'ac-valmont.example' : `${bulletin.list}.example`;
  const subject = capitalise(tidy(random.pick(bulletin.subjects).render(random, fill)));
  const items = bulletin.items.map((item) => tidy(item.render(random, fill)));
  const host = `https://images.${bulletin.list}.example`;
  const list: Correspondent = {
    party: { name: bulletin.senderName, address: `${bulletin.list}@${domain}` },
    owner: undefined,
    civility: undefined,
    givenName: bulletin.senderName,
    signature: [],
  };
  const messageId = `${hex(random)}.${hex(random)}@${domain}`;
  return {
    messageId,
    inReplyTo: undefined,
    references: [],
    sentAt,
    from: list.party,
    to: [{ name: bulletin.listName, address: `${bulletin.list}@${domain}` }],
    cc: [],
    subject,
    body: {
      kind: 'alternative',
      text: `${subject}\n\n${items.map((item) => `* ${item}`).join('\n\n')}\n\n-- \nPour ne plus recevoir cette lettre : https://${bulletin.list}.example/desabonnement\n`,
      html: bulletinHtml(bulletin, subject, items, host, messageId),
      images: [],
    },
    attachments: [],
    forwarded: [],
    trace: bulletin.isLocal ? [] : traceOf(undefined, list, sentAt, random),
    fields: [
      ['List-Id', `<${bulletin.list}.${domain}>`],
      [
        'List-Unsubscribe',
        `<https://${bulletin.list}.example/desabonnement?m=${hex(random)}>,\r\n <mailto:${bulletin.list}-quitter@${domain}?subject=desabonnement>`,
      ],
      ['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click'],
      ['Precedence', 'bulk'],
      ['Auto-Submitted', 'auto-generated'],
    ],
  };
}

function bulletinHtml(
  bulletin: Bulletin,
  subject: string,
  items: readonly string[],
  host: string,
  messageId: string,
): string {
  const { page, band, text } = bulletin.colours;
  const rows = items.map(
    (item, index) =>
      `<tr><td width="140" valign="top" style="padding:12px 0 12px 20px"><img src="${host}/vignette-${index + 1}.jpg" width="120" height="80" alt=""></td><td valign="top" style="padding:12px 20px;font:15px/1.5 Arial,sans-serif;color:${text}">${escapeXml(item)}<br><a href="https://${bulletin.list}.example/article/${index + 1}" style="color:${band}">Lire la suite</a></td></tr>`,
  );
  return `<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>${escapeXml(subject)}</title></head>
<body style="margin:0;background-color:${page}" bgcolor="${page}">
<table width="100%" cellpadding="0" cellspacing="0" bgcolor="${page}"><tr><td align="center">
<table width="600" cellpadding="0" cellspacing="0" bgcolor="#ffffff" style="background-color:#ffffff">
<tr><td colspan="2" bgcolor="${band}" style="padding:20px;color:#ffffff;font:bold 22px Arial,sans-serif"><img src="${host}/logo.png" width="48" height="48" alt=""> ${escapeXml(bulletin.listName)}</td></tr>
<tr><td colspan="2" style="padding:20px 20px 0;font:bold 18px Arial,sans-serif;color:${text}">${escapeXml(subject)}</td></tr>
${rows.join('\n')}
<tr><td colspan="2" style="padding:20px;font:12px Arial,sans-serif;color:#777777">Message de démonstration. <a href="https://${bulletin.list}.example/desabonnement" style="color:#777777">Se désabonner</a></td></tr>
</table></td></tr></table>
<img src="${host}/suivi.gif?m=${encodeURIComponent(messageId)}" width="1" height="1" alt="">
</body></html>`;
}

export function writeSpam(reader: Correspondent, unit: PlannedUnit, sentAt: number, random: Random): Letter {
  const kind = random.pick(SPAM);
  const fill = factsOf(random, unit, sentAt);
  const sender: Correspondent = {
    party: { name: kind.senderName, address: kind.address },
    owner: undefined,
    civility: undefined,
    givenName: kind.senderName,
    signature: [],
  };
  const text = tidy(random.pick(kind.bodies).render(random, fill));
  const trap = `${kind.link}?u=${hex(random)}`;
  return {
    messageId: `${hex(random)}@${kind.address.slice(kind.address.indexOf('@') + 1)}`,
    inReplyTo: undefined,
    references: [],
    sentAt,
    from: sender.party,
    to: [{ name: '', address: reader.party.address }],
    cc: [],
    subject: capitalise(tidy(random.pick(kind.subjects).render(random, fill))),
    body: {
      kind: 'html',
      html: `<html><body bgcolor="#ffffff"><p><font face="Arial" size="4" color="#cc0000"><b>${escapeXml(kind.senderName)}</b></font></p><p>Cher client, chère cliente,</p><p>${escapeXml(text)}</p><p><a href="${trap}" style="background:#0a58ca;color:#fff;padding:10px 20px;text-decoration:none">${escapeXml(`https://www.ac-valmont.example/compte`)}</a></p></body></html>`,
    },
    attachments: [],
    forwarded: [],
    trace: traceOf(reader, sender, sentAt, random, 'fail'),
    fields: [],
  };
}

/** The words of the status page. */
import type { PageLanguage } from './html.ts';

interface Words {
  readonly title: string;
  readonly state: Readonly<Record<'open' | 'readOnly' | 'closed' | 'down', string>>;
  readonly detail: Readonly<Record<'open' | 'readOnly' | 'closed' | 'down', string>>;
  readonly planned: string;
  readonly from: string;
  readonly until: string;
  readonly kind: string;
  readonly kinds: Readonly<Record<'readOnly' | 'closed', string>>;
  readonly others: string;
  readonly toLogin: string;
  readonly toHelp: string;
}

export const statusWords: Readonly<Record<PageLanguage, Words>> = {
  fr: {
    title: 'État du service',
    state: {
      open: 'Tout fonctionne',
      readOnly: 'Maintenance : lecture seule',
      closed: 'Maintenance : service fermé',
      down: 'Service perturbé',
    },
    detail: {
      open: 'La messagerie est ouverte.',
      readOnly:
        'Vous pouvez lire, chercher et recevoir vos messages. Rien ne peut être envoyé ni modifié pour le moment ; ce que vous écrivez attend dans votre navigateur.',
      closed:
        'La messagerie rouvrira à la fin de la maintenance. Les messages qu’on vous envoie ne sont pas perdus : ils vous seront remis à la réouverture.',
      down: 'Nos données ne répondent pas en ce moment. Nos équipes en sont averties.',
    },
    planned: 'Maintenance prévue',
    from: 'Début',
    until: 'Fin prévue',
    kind: 'Pendant ce temps',
    kinds: { readOnly: 'lecture seule', closed: 'service fermé' },
    others: 'Établissements en maintenance',
    toLogin: 'Page de connexion',
    toHelp: 'Aide et assistance',
  },
  en: {
    title: 'Service status',
    state: {
      open: 'Everything works',
      readOnly: 'Maintenance: read only',
      closed: 'Maintenance: closed',
      down: 'Service disturbed',
    },
    detail: {
      open: 'The mail service is open.',
      readOnly:
        'You can read, search and receive messages. Nothing can be sent or changed for now; what you write waits in your browser.',
      closed:
        'The mail service opens again when the maintenance ends. Messages sent to you are not lost: you get them then.',
      down: 'Our data does not answer right now. Our teams have been told.',
    },
    planned: 'Planned maintenance',
    from: 'Begins',
    until: 'Expected end',
    kind: 'Meanwhile',
    kinds: { readOnly: 'read only', closed: 'closed' },
    others: 'Institutions under maintenance',
    toLogin: 'Login page',
    toHelp: 'Help and support',
  },
};

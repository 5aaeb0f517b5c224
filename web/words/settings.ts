/** The words of the settings; those the login page has too are with the words of the whole client. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    look: 'Apparence et clavier',
    density: 'Densité de la liste',
    'density.comfortable': 'Confortable',
    'density.compact': 'Compacte',
    keys: 'Raccourcis clavier à une touche (la touche ? en donne la liste)',
    identity: 'Expéditeur {email}',
    name: 'Nom affiché',
    signature: 'Signature',
    saved: 'Réglages enregistrés',
    language: 'Langue',
    'language.browser': 'Celle du navigateur',
    title: 'Réglages',
    programs: 'Utiliser un autre logiciel',
    programsText: 'Thunderbird, Outlook, téléphone : les réglages à recopier et un mot de passe par appareil.',
  },
  {
    look: 'Look and keyboard',
    density: 'Density of the list',
    'density.comfortable': 'Comfortable',
    'density.compact': 'Compact',
    keys: 'Single-key shortcuts (the ? key lists them)',
    identity: 'Sender {email}',
    name: 'Display name',
    signature: 'Signature',
    saved: 'Settings saved',
    language: 'Language',
    'language.browser': 'The browser’s',
    title: 'Settings',
    programs: 'Use another program',
    programsText: 'Thunderbird, Outlook, phone: the settings to copy, and a password for each device.',
  },
);

/** The words of the console's menu: one entry a screen, under headings. */
import { catalogue } from './catalogue.ts';

export const t = catalogue(
  {
    nav: 'Console',
    open: 'Menu de la console : {screen}',
    'group.people': 'Personnes et demandes',
    'group.organisation': 'Organisation',
    'group.security': 'Sécurité',
    'group.service': 'Service',
    people: 'Personnes',
    bulk: 'Actions groupées',
    units: 'Unités',
    roles: 'Rôles',
    audit: 'Journal',
    providers: 'Fournisseurs d’identité',
    clients: 'Services connectés',
    announcements: 'Annonces',
    maintenance: 'Maintenance',
  },
  {
    nav: 'Console',
    open: 'Console menu: {screen}',
    'group.people': 'People and requests',
    'group.organisation': 'Organisation',
    'group.security': 'Security',
    'group.service': 'Service',
    people: 'People',
    bulk: 'Bulk actions',
    units: 'Units',
    roles: 'Roles',
    audit: 'Audit log',
    providers: 'Identity providers',
    clients: 'Connected services',
    announcements: 'Announcements',
    maintenance: 'Maintenance',
  },
);

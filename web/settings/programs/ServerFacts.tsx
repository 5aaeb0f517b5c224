/** Addresses, servers, ports and security, each with its copy button: for programs that ask. */
import page from '#web/settings/page/page.module.css';
import { Part } from '#web/settings/page/SettingsPage.tsx';
import { classes } from '#web/ui/classes.ts';
import { t } from '#web/words/programs.ts';
import { Copyable } from './Copyable.tsx';
import type { Facts, Service } from './facts.ts';
import css from './programs.module.css';

export function ServerFacts({ email, services, webUrl }: Pick<Facts, 'email' | 'services' | 'webUrl'>) {
  const best = (['imap', 'submission'] as const).flatMap((kind) => services.find((it) => it.kind === kind) ?? []);
  const others = services.filter((it) => !best.includes(it));
  return (
    <Part id="programs-facts" title={t('factsTitle')}>
      <div className={css['facts']}>
        <Group title={t('identity')} rows={[[t('email'), email]]} />
        {best.map((service) => (
          <ServiceGroup key={service.kind} service={service} />
        ))}
      </div>
      <details className={classes(page['fold'], css['others'])}>
        <summary>{t('others')}</summary>
        <div className={css['facts']}>
          {others.map((service) => (
            <ServiceGroup key={`${service.kind} ${service.port}`} service={service} isOther />
          ))}
          <Group title={t('web')} rows={[[t('address'), webUrl]]} />
        </div>
      </details>
    </Part>
  );
}

function ServiceGroup({ service, isOther = false }: { readonly service: Service; readonly isOther?: boolean }) {
  const { kind, host, port, security } = service;
  // The same service stands above under its plain name.
  const isSecond = isOther && kind !== 'sieve' && security === 'starttls';
  const title = isSecond ? t('withStarttls', { service: t(kind) }) : t(kind);
  return (
    <Group
      title={title}
      rows={[
        [t('server'), host],
        [t('port'), String(port)],
      ]}
      said={[
        [t('security'), security === 'tls' ? t('security.tls') : t('security.starttls')],
        [t('authentication'), t('authentication.password')],
      ]}
    />
  );
}

type Row = readonly [name: string, value: string];

interface GroupProps {
  readonly title: string;
  /** What is copied. */
  readonly rows: readonly Row[];
  /** What is chosen from a list in every program. */
  readonly said?: readonly Row[];
}

function Group({ title, rows, said = [] }: GroupProps) {
  return (
    <div className={css['group']}>
      <h3>{title}</h3>
      <dl>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Copyable name={`${title}, ${name}`} value={value} />
            </dd>
          </div>
        ))}
        {said.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Other identity providers: those a tenant believes, whom they know as whom, logins under way there, and what came of them. */
import type { ColumnTypes } from '#server/store/migrate.ts';

export const name = '0010-federation';

export function statements({ text, clustered }: ColumnTypes): readonly string[] {
  return [
    // kind: oidc, cas, saml. position: the order of the buttons. settings: JSON. secret: what we prove ourselves with
    // there (a client secret; of SAML the key we sign with), sealed with a key that is not in the database.
    `create table identity_provider (
      tenant_id bigint not null, id bigint not null, kind ${text} not null, name ${text} not null,
      position integer not null, is_enabled integer not null, settings ${text} not null, secret ${text},
      created_at bigint not null, updated_at bigint not null, primary key (tenant_id, id))${clustered}`,

    // subject: what the provider calls the person, for ever.
    `create table identity_link (
      tenant_id bigint not null, provider_id bigint not null, subject ${text} not null, person_id bigint not null,
      created_at bigint not null, used_at bigint not null, primary key (tenant_id, provider_id, subject))${clustered}`,
    `create unique index identity_link_person on identity_link (tenant_id, person_id, provider_id)`,

    // A browser that was sent to a provider. browser_hash: of its cookie. return_to: a path of ours. proof: of SAML what the
    // provider said, sealed, until the browser itself comes for it. outcome: JSON, why nobody came in.
    `create table federated_login (
      tenant_id bigint not null, state_hash ${text} not null, provider_id bigint not null, browser_hash ${text} not null,
      return_to ${text} not null, created_at bigint not null, expires_at bigint not null, spent_at bigint,
      proof ${text}, outcome ${text}, primary key (tenant_id, state_hash))${clustered}`,
    `create index federated_login_expiry on federated_login (expires_at)`,

    // Of a session: which provider vouched for it. sid_hash: of the provider's own name of its session. details: sealed JSON,
    // what the provider wants to hear when the person leaves.
    `create table federated_session (
      tenant_id bigint not null, session_id ${text} not null, provider_id bigint not null, person_id bigint not null,
      subject ${text} not null, sid_hash ${text} not null, level ${text}, details ${text} not null,
      created_at bigint not null, expires_at bigint not null, primary key (tenant_id, session_id))${clustered}`,
    `create index federated_session_sid on federated_session (tenant_id, provider_id, sid_hash)`,
    `create index federated_session_subject on federated_session (tenant_id, provider_id, subject)`,
    `create index federated_session_expiry on federated_session (expires_at)`,
  ];
}

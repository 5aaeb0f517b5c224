/** Where everything stands. Apart from provider.ts, which loads the library. */

/** Pages of the web client. */
export const pages = {
  interaction: '/openid/interaction',
  logout: '/openid/logout',
  loggedOut: '/openid/logged-out',
  error: '/openid/error',
} as const;

export const routes = {
  authorization: '/openid/auth',
  token: '/openid/token',
  userinfo: '/openid/userinfo',
  jwks: '/openid/jwks',
  revocation: '/openid/revoke',
  introspection: '/openid/introspect',
  end_session: '/openid/end',
} as const;

export const sessionCookie = 'pli_openid';

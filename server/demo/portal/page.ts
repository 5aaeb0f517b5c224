/** The pages of the portal of the demonstration, in French and English: plain HTML, plainly marked as a demonstration. */

const words = {
  fr: {
    title: 'Cerbère (démonstration)',
    demo: 'Démonstration : ce portail est fictif. Il ne connaît que les comptes de démonstration.',
    intro: 'Identifiez-vous pour continuer vers la messagerie.',
    userName: 'Identifiant',
    password: 'Mot de passe',
    submit: 'S’identifier',
    refused: 'Identifiant ou mot de passe incorrect.',
    tryLater: 'Trop d’essais. Réessayez dans quelques minutes.',
    locked: 'Ce compte ne peut pas être utilisé en ce moment.',
    out: 'Vous avez quitté le portail, et la messagerie avec lui.',
    in: 'Vous êtes identifié sur le portail.',
    leave: 'Quitter le portail',
    back: 'Retour à la messagerie',
  },
  en: {
    title: 'Cerbère (demonstration)',
    demo: 'Demonstration: this portal is made up. It knows the demonstration accounts alone.',
    intro: 'Identify yourself to go on to the mail.',
    userName: 'User name',
    password: 'Password',
    submit: 'Identify myself',
    refused: 'Wrong user name or password.',
    tryLater: 'Too many attempts. Try again in some minutes.',
    locked: 'This account cannot be used at the moment.',
    out: 'You have left the portal, and the mail with it.',
    in: 'The portal knows you.',
    leave: 'Leave the portal',
    back: 'Back to the mail',
  },
} as const;

export type PortalFault = 'refused' | 'tryLater' | 'locked';

export type PortalPage =
  | { readonly kind: 'form'; readonly service: string; readonly fault?: PortalFault | undefined }
  | { readonly kind: 'in' }
  | { readonly kind: 'out' };

/** @param language what the browser asks for first. @param nonce of the one style sheet. */
export function printPortal(page: PortalPage, language: 'fr' | 'en', nonce: string): string {
  const said = words[language];
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${said.title}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<p class="demo">${said.demo}</p>
<h1>${said.title}</h1>
${contentOf(page, said)}
</main>
</body>
</html>
`;
}

function contentOf(page: PortalPage, said: (typeof words)['fr' | 'en']): string {
  const back = `<p><a href="/">${said.back}</a></p>`;
  switch (page.kind) {
    case 'out':
      return `<p role="status">${said.out}</p>\n${back}`;
    case 'in':
      return `<p>${said.in}</p>\n<p><a href="/portail-demo/logout">${said.leave}</a></p>\n${back}`;
    case 'form':
      return `<p>${said.intro}</p>
${page.fault ? `<p role="alert">${said[page.fault]}</p>` : ''}
<form method="post" action="/portail-demo/login">
<input type="hidden" name="service" value="${escape(page.service)}">
<label for="u">${said.userName}</label>
<input id="u" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required>
<label for="p">${said.password}</label>
<input id="p" name="password" type="password" autocomplete="current-password" required>
<button type="submit">${said.submit}</button>
</form>`;
  }
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const style = `
body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; background: light-dark(#f5f5fe, #1b1b35); color: light-dark(#161616, #eee); }
main { max-width: 24rem; margin: 0 auto; padding: 1.5rem 1rem; display: grid; gap: 0.75rem; }
h1 { margin: 0; font-size: 1.5rem; }
p { margin: 0; }
.demo { padding: 0.5rem 0.75rem; border: 2px dashed light-dark(#6a6af4, #8585f6); }
[role=alert] { padding: 0.5rem 0.75rem; border-inline-start: 4px solid light-dark(#ce0500, #ff5655); }
form { display: grid; gap: 0.5rem; }
input, button { font: inherit; padding: 0.5rem; border-radius: 0.25rem; border: 1px solid light-dark(#666, #aaa); background: light-dark(#fff, #161616); color: inherit; }
button { margin-top: 0.5rem; background: light-dark(#000091, #8585f6); color: light-dark(#fff, #161616); cursor: pointer; }
a { color: light-dark(#000091, #aaaaff); }
:focus-visible { outline: 3px solid light-dark(#0a76f6, #76aaff); outline-offset: 2px; }
`;
